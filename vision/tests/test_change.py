"""What the comparison of two looks sees, and what it leaves to the light."""

import cv2
import numpy as np
import pytest

from vision.change import compare, describe
from vision.geometry import homography_from_corners
from vision.reading import SQUARES

CELL = 50
CORNERS = [[100.0, 80.0], [500.0, 80.0], [500.0, 530.0], [100.0, 530.0]]
HOMOGRAPHY = homography_from_corners(CORNERS)


def pixel(square: str) -> tuple[int, int]:
    point = SQUARES.index(square)
    return 100 + CELL * (point % 9), 80 + CELL * (point // 9)


def board(*squares: str, letter: str = "R") -> np.ndarray:
    """A board with a lettered disc on each square."""
    picture = np.full((620, 620, 3), (120, 170, 210), np.uint8)
    for file in range(9):
        cv2.line(picture, (100 + CELL * file, 80), (100 + CELL * file, 530), (40, 50, 60), 2)
    for row in range(10):
        cv2.line(picture, (100, 80 + CELL * row), (500, 80 + CELL * row), (40, 50, 60), 2)
    for square in squares:
        x, y = pixel(square)
        cv2.circle(picture, (x, y), 20, (190, 220, 240), -1, cv2.LINE_AA)
        cv2.putText(picture, letter, (x - 10, y + 10), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20, 20, 160), 3)
    return picture


def noisy(picture: np.ndarray, seed: int = 0) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0, 2, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def changed(before: np.ndarray, now: np.ndarray):
    return compare(describe(noisy(before, 1), HOMOGRAPHY), describe(noisy(now, 2), HOMOGRAPHY))


def squares(mask: np.ndarray) -> set[str]:
    return {SQUARES[point] for point in np.flatnonzero(mask)}


def test_the_same_board_twice_has_no_change() -> None:
    change = changed(board("e0", "e9"), board("e0", "e9"))
    assert squares(change.points) == set()
    assert not change.limb
    assert change.share < 0.003


@pytest.mark.parametrize("gain", [0.6, 0.8, 1.1])
def test_another_exposure_is_no_change(gain) -> None:
    lit = np.clip(board("e0", "e9") * gain, 0, 255).astype(np.uint8)
    assert squares(changed(board("e0", "e9"), lit).points) == set()


def test_another_white_balance_is_no_change() -> None:
    warm = np.clip(board("e0", "e9") * np.array([0.85, 1.0, 1.15]), 0, 255).astype(np.uint8)
    assert squares(changed(board("e0", "e9"), warm).points) == set()


def test_a_moved_piece_changes_its_two_points_and_is_no_limb() -> None:
    change = changed(board("e0", "e9"), board("e1", "e9"))
    assert squares(change.points) == {"e0", "e1"}
    assert not change.limb


def test_a_piece_on_the_edge_of_the_board_is_no_limb() -> None:
    change = changed(board("e0"), board("e0", "a0", "i9"))
    assert squares(change.points) == {"a0", "i9"}
    assert not change.limb


def test_another_piece_in_the_same_place_is_a_change() -> None:
    assert squares(changed(board("e0", letter="R"), board("e0", letter="K")).points) == {"e0"}


COLOURS = [(90, 120, 200), (120, 170, 210), (30, 30, 30), (240, 240, 240), (60, 200, 60)]


@pytest.mark.parametrize("colour", COLOURS)
def test_what_reaches_in_from_the_border_is_a_limb_whatever_its_colour(colour) -> None:
    covered = board("e0", "e9")
    cv2.line(covered, (619, 305), (330, 305), colour, 44)
    cv2.line(covered, (619, 283), (330, 283), tuple(int(0.6 * part) for part in colour), 3)
    change = changed(board("e0", "e9"), covered)
    assert change.limb
    assert {"h5", "g4"} & squares(change.limb_points | change.points) or colour == (120, 170, 210)


def test_a_thing_in_the_middle_is_a_change_but_no_limb() -> None:
    covered = board("e0", "e9")
    cv2.circle(covered, pixel("e5"), 30, (40, 160, 40), -1)
    change = changed(board("e0", "e9"), covered)
    assert squares(change.points) == {"e5"}
    assert not change.limb


def test_what_the_picture_does_not_show_is_no_change() -> None:
    cut = homography_from_corners([[x - 130, y] for x, y in CORNERS])
    before, now = (describe(noisy(board("e0"), seed)[:, 130:], cut) for seed in (1, 2))
    assert squares(compare(before, now).points) == set()
