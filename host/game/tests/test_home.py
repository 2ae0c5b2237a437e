"""`qiyou play` names in one sentence what is missing, and reads the newest picture of a camera."""

import itertools
import os

import numpy as np
import pytest
import serial

from host.arm.robot import DEFAULT_FILE
from host.arm.robot import load as load_robot
from host.game.errors import PlayError
from host.game.home import HomeCamera, PlayOptions, check_ports, run_play
from vision import CameraError


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
    with pytest.raises(PlayError, match="cannot be reached: there is no hand controller at /dev/none; plug"):
        check_ports(load_robot(robot_file_with(tmp_path, terminals[0], "/dev/none")))


def test_with_both_ports_there_a_missing_camera_is_named_before_a_game_begins(tmp_path, terminals):
    file = robot_file_with(tmp_path, *terminals)
    with pytest.raises(PlayError, match="no camera 63"):
        run_play(PlayOptions(tmp_path / "game", file, camera=63))
    assert not (tmp_path / "game").exists()


class Shutter:
    """A camera that gives what it is told."""

    name = "cam"

    def __init__(self, *pictures):
        self.pictures = list(pictures)

    def take(self):
        picture = self.pictures.pop(0)
        if isinstance(picture, Exception):
            raise picture
        return picture

    def close(self):
        pass


def noise(number):
    return np.random.default_rng(number).integers(0, 255, (90, 160, 3), np.uint8)


def test_a_frame_carries_its_picture_and_the_time():
    frame = HomeCamera(Shutter(noise(1)), StillTime()).take()
    assert np.array_equal(frame.image, noise(1))
    assert (frame.t_us, frame.source) == (77, "cam")


def test_a_camera_that_went_away_is_named():
    camera = HomeCamera(Shutter(CameraError("the camera cam gives no picture any more")), StillTime())
    with pytest.raises(PlayError, match="The camera cam gives no picture any more; go on with --resume"):
        camera.take()
    with pytest.raises(PlayError, match="no more pictures in cam"):
        HomeCamera(Shutter(None), StillTime()).take()


def test_a_frozen_camera_ends_the_play_before_an_old_picture_is_acted_upon():
    camera = HomeCamera(Shutter(*[noise(1)] * 9), StillTime())
    for _ in range(3):
        camera.take()
    with pytest.raises(PlayError, match="same picture"):
        camera.take()
