"""A reading's stable form."""

import json
import math

import numpy as np

from engine import Position
from vision import SQUARES, Reading
from vision.reading import (
    LABELS,
    board_to_fen_order,
    fen_order_to_board,
    hash_of_pixels,
    placement_field,
)

START = Position.start()
LABELS_AT_START = board_to_fen_order(START.board)


def test_points_stand_in_fen_order() -> None:
    assert (SQUARES[0], SQUARES[8], SQUARES[9], SQUARES[89]) == ("a9", "i9", "a8", "i0")


def test_the_placement_field_is_the_engines() -> None:
    assert placement_field(LABELS_AT_START) == START.placement()
    assert placement_field(LABELS_AT_START[:-1] + "?") is None


def test_board_order_and_fen_order_are_inverse() -> None:
    assert fen_order_to_board(LABELS_AT_START) == START.board


def test_the_json_has_exactly_the_promised_keys() -> None:
    shown = json.loads(json.dumps(Reading.of_labels(LABELS_AT_START).to_json()))
    assert list(shown) == ["verdict", "reason", "fen", "corners", "points", "raw", "ms"]
    assert [point["square"] for point in shown["points"]] == list(SQUARES)
    assert shown["points"][0] == {"square": "a9", "label": "r", "confidence": 0.99}
    assert len(shown["raw"]) == 90


def test_the_json_of_no_board_keeps_its_shape() -> None:
    nothing = Reading.no_board("too-dark", ms={"locate": 1.0}, frame_hash="", model_hash="")
    shown = json.loads(json.dumps(nothing.to_json()))
    assert (shown["verdict"], shown["reason"]) == ("no-board", "too-dark")
    assert shown["fen"] is shown["corners"] is None
    assert {point["label"] for point in shown["points"]} == {"?"}


def test_a_label_without_pixels_spreads_its_doubt_over_all_others() -> None:
    scores = Reading.of_labels(LABELS_AT_START, 0.9).label_scores()
    assert scores.shape == (90, len(LABELS))
    assert np.allclose(np.exp(scores).sum(axis=1), 1)
    assert math.isclose(math.exp(scores[0, LABELS.index("r")]), 0.9)


def test_a_readings_hash_tells_pictures_apart_by_pixels_and_shape() -> None:
    picture = np.zeros((4, 6, 3), np.uint8)
    changed = picture.copy()
    changed[3, 5, 2] = 1
    assert len({hash_of_pixels(each) for each in (picture, changed, picture.reshape(6, 4, 3))}) == 3
