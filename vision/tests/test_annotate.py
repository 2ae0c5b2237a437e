"""The annotated picture shows what was read, where it was read."""

from dataclasses import replace

import numpy as np

from engine import Position
from vision import Reading
from vision.annotate import annotate
from vision.reading import board_to_fen_order

START = board_to_fen_order(Position.start().board)
CORNERS = ((80.0, 60.0), (400.0, 60.0), (400.0, 420.0), (80.0, 420.0))
FLAT = np.full((480, 480, 3), 128, np.uint8)


def test_marks_stand_on_the_points_and_the_picture_itself_is_kept() -> None:
    drawn = annotate(FLAT, replace(Reading.of_labels(START), corners=CORNERS))
    assert drawn.shape == FLAT.shape
    assert (FLAT == 128).all()
    changed = (drawn != 128).any(axis=2)
    assert changed[410:431, 70:91].any()
    assert not changed[440:, 420:].any()


def test_a_picture_without_a_board_gets_its_verdict_only() -> None:
    nothing = Reading.no_board("too-dark", ms={}, frame_hash="", model_hash="")
    drawn = annotate(FLAT, nothing)
    assert (drawn[:40] != 128).any()
    assert (drawn[40:] == 128).all()


def test_large_pictures_are_drawn_at_a_size_that_can_be_looked_at() -> None:
    large = np.full((2400, 3200, 3), 128, np.uint8)
    corners = tuple((x * 5, y * 5) for x, y in CORNERS)
    drawn = annotate(large, replace(Reading.of_labels(START), corners=corners))
    assert drawn.shape == (1200, 1600, 3)
