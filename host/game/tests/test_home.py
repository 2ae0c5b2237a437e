"""`qiyou play` names in one sentence what is missing, and reads the newest picture of a camera."""

import numpy as np
import pytest

from host.arm.robot import load as load_robot
from host.game.errors import PlayError
from host.game.home import HomeCamera, PlayOptions, missing_ports, open_camera, run_play


class StillTime:
    def now_us(self):
        return 77


def test_missing_controllers_are_named_before_anything_starts(tmp_path):
    with pytest.raises(PlayError, match=r"arm controller at .* hand controller at .*--twin"):
        run_play(PlayOptions(tmp_path / "game"))
    assert not (tmp_path / "game").exists()
    assert len(missing_ports(load_robot())) == 2


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
