import threading

import numpy as np
import pytest

from vision.errors import CameraError
from vision.stream import FollowedCamera


class Shutter:
    """Gives numbered pictures, as many as a test lets it; after `last` it fails or has no more."""

    name = "cam"

    def __init__(self, last=100, error=None):
        self.gate = threading.Semaphore(0)
        self.last, self.error = last, error
        self.number = 0
        self.closed = False

    def follow(self):
        self.gate.acquire()
        if self.number == self.last:
            if self.error is not None:
                raise self.error
            return None
        self.number += 1
        return np.full((90, 160, 3), self.number, np.uint8)

    def close(self):
        self.closed = True


def test_a_picture_is_one_begun_after_it_was_asked_for():
    shutter = Shutter()
    camera = FollowedCamera(shutter, lambda: 77)
    assert camera.glance() is None
    taken = []
    asking = threading.Thread(target=lambda: taken.append(camera.take()))
    asking.start()
    shutter.gate.release(2)
    asking.join(20)
    assert taken[0][0, 0, 0] == 2
    picture, t_us = camera.glance()
    assert picture.shape == (180, 320, 3)
    assert (picture[0, 0, 0], t_us) == (2, 77)
    shutter.gate.release(9)
    camera.close()
    assert shutter.closed


def test_the_end_of_the_pictures_and_a_cable_pulled_are_told():
    for error in (None, CameraError("the camera cam gives no picture any more")):
        shutter = Shutter(1, error)
        camera = FollowedCamera(shutter, lambda: 0)
        shutter.gate.release(9)
        if error is None:
            assert camera.take() is None
        else:
            with pytest.raises(CameraError, match="no picture any more"):
                camera.take()
        camera.close()
