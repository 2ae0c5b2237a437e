"""`qiyou play` names in one sentence what is missing, and reads the newest picture of a camera."""

import itertools
import os

import numpy as np
import pytest
import serial

from host.arm.robot import DEFAULT_FILE
from host.arm.robot import load as load_robot
from host.game.errors import PlayError
from host.game.home import HomeCamera, PlayOptions, check_ports, open_camera, run_play


class StillTime:
    def now_us(self):
        return 77


def test_missing_controllers_are_named_before_anything_starts(tmp_path):
    with pytest.raises(PlayError, match=r"arm controller at .* hand controller at .*--twin"):
        run_play(PlayOptions(tmp_path / "game"))
    assert not (tmp_path / "game").exists()


def robot_file_with(folder, arm, hand):
    text = DEFAULT_FILE.read_text().replace("/dev/qiyou-arm", str(arm)).replace("/dev/qiyou-hand", str(hand))
    path = folder / "mine.toml"
    path.write_text(text)
    return path


@pytest.fixture
def terminals():
    """Two pseudo-terminals that stand for the controllers' ports."""
    pairs = [os.openpty(), os.openpty()]
    yield [os.ttyname(port) for _, port in pairs]
    for end in itertools.chain(*pairs):
        os.close(end)


def test_a_port_that_another_program_has_is_named(tmp_path, terminals):
    robot = load_robot(robot_file_with(tmp_path, *terminals))
    check_ports(robot)
    with (
        serial.Serial(terminals[1], exclusive=True),
        pytest.raises(PlayError, match=rf"{terminals[1]} \(hand controller\) is in use by another program"),
    ):
        check_ports(robot)
    check_ports(robot)


def test_a_port_that_is_a_file_is_named(tmp_path, terminals):
    (tmp_path / "note").write_text("no port")
    with pytest.raises(PlayError, match=r"note \(arm controller\) is not a serial port"):
        check_ports(load_robot(robot_file_with(tmp_path, tmp_path / "note", terminals[1])))


def test_one_missing_controller_is_named_alone(tmp_path, terminals):
    with pytest.raises(PlayError, match="cannot play: there is no hand controller at /dev/none; plug"):
        check_ports(load_robot(robot_file_with(tmp_path, terminals[0], "/dev/none")))


def test_with_both_ports_there_a_missing_camera_is_named_before_a_game_begins(tmp_path, terminals):
    file = robot_file_with(tmp_path, *terminals)
    with pytest.raises(PlayError, match="no camera 63"):
        run_play(PlayOptions(tmp_path / "game", file, camera=63))
    assert not (tmp_path / "game").exists()


def test_a_missing_camera_is_named():
    with pytest.raises(PlayError, match="no camera 63"):
        open_camera(63)


def test_old_pictures_in_the_buffer_are_passed_over():
    pictures = iter(np.full((2, 2, 3), number, np.uint8) for number in range(10))
    camera = HomeCamera(lambda: next(pictures), StillTime(), "cam")
    frame = camera.take()
    assert frame.image[0, 0, 0] == 4
    assert frame.t_us == 77
    assert camera.take().image[0, 0, 0] > 4


def test_a_camera_that_went_away_is_named():
    with pytest.raises(PlayError, match="cam gives no picture"):
        HomeCamera(lambda: None, StillTime(), "cam").take()
