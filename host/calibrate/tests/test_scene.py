"""Looking at a board that is nearly empty."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from host.arm.robot import load as load_robot
from host.calibrate.scene import Scene
from vision.reading import Frame, Reading

CORNERS = ((140.0, 60.0), (680.0, 60.0), (680.0, 660.0), (140.0, 660.0))
SEEN = replace(Reading.of_labels("." * 90), corners=CORNERS)
NOTHING = Reading.no_board("not-xiangqi", ms={}, frame_hash="", model_hash="")


class Reader:
    """Finds a board in pictures that are no wider than `widest`."""

    def __init__(self, widest):
        self.widest, self.asked = widest, []

    def look(self, frame):
        height, width = frame.image.shape[:2]
        self.asked.append((width, height))
        return SEEN if width <= self.widest else NOTHING


def scene(reader):
    picture = Frame(np.zeros((720, 1280, 3), np.uint8), 0, "test")
    rig = SimpleNamespace(robot=load_robot(), picture=lambda: picture)
    return Scene(rig, "red", reader)


def test_a_board_that_is_found_is_looked_at_once():
    reader = Reader(1280)
    assert scene(reader).look()[0] == SEEN
    assert reader.asked == [(1280, 720)]


def test_one_that_is_not_is_looked_for_in_the_middle_and_told_in_pixels_of_the_whole_picture():
    reader = Reader(1000)
    reading, frame = scene(reader).look()
    assert reader.asked == [(1280, 720), (792, 720)]
    assert reading.corners == tuple((x + 244, y) for x, y in CORNERS)
    assert frame.image.shape == (720, 1280, 3)


def test_a_table_without_a_board_stays_one():
    assert scene(Reader(0)).look()[0].corners is None
