"""Pictures of too many pixels are worked on smaller; what is told is in their own pixels."""

import cv2
import numpy as np
import pytest

from engine import Position
from vision import Frame
from vision.geometry import BOARD_CORNERS, homography_from_corners, project
from vision.locate import Located
from vision.look import Looker
from vision.reading import board_to_fen_order, hash_of_pixels
from vision.tests.synthetic_scores import scores_of
from vision.working_size import MOST_WORKED_PIXELS, working_size

START = board_to_fen_order(Position.start().board)
CORNERS = np.array([[900.0, 600.0], [4000.0, 640.0], [4100.0, 3500.0], [800.0, 3400.0]])


def large_picture() -> np.ndarray:
    picture = np.full((4000, 5000, 3), 60, np.uint8)
    picture[::60], picture[:, ::60] = 255, 255
    return picture


def test_a_picture_of_usual_size_is_given_back_itself():
    picture = np.zeros((3024, 4032, 3), np.uint8)
    same, to_small = working_size(picture)
    assert same is picture
    assert np.array_equal(to_small, np.eye(3))


def test_a_larger_one_is_shrunk_and_its_pixels_are_where_the_matrix_says():
    picture = np.zeros((4000, 5000, 3), np.uint8)
    cv2.circle(picture, (3600, 700), 40, (255, 255, 255), -1)
    small, to_small = working_size(picture)
    assert 0.99 * MOST_WORKED_PIXELS < small.shape[0] * small.shape[1] <= MOST_WORKED_PIXELS
    rows, columns = np.nonzero(small[:, :, 0] > 127)
    assert np.allclose([columns.mean(), rows.mean()], project(to_small, [[3600.0, 700.0]])[0], atol=0.6)


def test_a_strip_keeps_a_pixel_of_its_short_side():
    small, _ = working_size(np.zeros((1, 13_000_000, 3), np.uint8))
    assert small.shape[0] == 1


class Finder:
    """Finds the board of CORNERS in a picture shrunk as the looker should have shrunk it."""

    sha256 = "finder"

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def locate(self, image):
        self.sizes.append(image.shape[0] * image.shape[1])
        small = project(working_size(large_picture())[1], CORNERS)
        return Located(homography_from_corners(small), small, 0.02, 0.9, 88)


class Reader:
    """Reads the start, and keeps where it was told that the board lies."""

    sha256 = "reader"

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[int, ...], np.ndarray]] = []

    def classify(self, image, homography):
        self.asked.append((image.shape, project(homography, BOARD_CORNERS)))
        return scores_of(START, np.random.default_rng(0), sure=9.0)

    def mirror_gain(self, image, homography, scores):
        return -1.5


@pytest.mark.parametrize("given", [False, True])
def test_a_look_at_a_large_picture_speaks_of_its_own_pixels(given):
    picture, finder, reader = large_picture(), Finder(), Reader()
    looker = Looker(corners=CORNERS if given else None, locator=None if given else finder, classifier=reader)
    reading = looker.look(Frame(picture, 0, "large"))
    assert reading.verdict == "ok"
    assert np.allclose(reading.corners, CORNERS, atol=0.01)
    assert reading.frame_hash == hash_of_pixels(picture)
    shape, corners = reader.asked[0]
    assert shape[0] * shape[1] <= MOST_WORKED_PIXELS
    assert np.allclose(corners, project(working_size(picture)[1], CORNERS), atol=0.01)
    assert all(size <= MOST_WORKED_PIXELS for size in finder.sizes)
