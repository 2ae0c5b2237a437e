"""A set-up is known by its pattern, unless the faces speak for another order."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Position
from vision import Reading
from vision.reading import LABELS, SQUARES, PointReading, board_to_fen_order
from vision.set_up import shows_set_up

START = Position.start()
BOARD = board_to_fen_order(START.board)


def hard_to_read(
    *,
    sure: dict[str, str],
    faint: dict[str, str] | None = None,
    blank: tuple[str, ...] = (),
    **changes: str,
) -> Reading:
    """The opening as a reader sees it that tells sides and bare points but hardly a face; the faces of
    `sure` are read for certain, those of `faint` seem to be others, those of `blank` to have no character,
    and other things stand on the points of `changes`.
    """
    faint = faint or {}
    labels = [changes.get(square, label) for square, label in zip(SQUARES, BOARD, strict=True)]
    shares = np.full((90, len(LABELS)), 1e-4)
    raw = []
    for point, (square, label) in enumerate(zip(SQUARES, labels, strict=True)):
        if label in ".?":
            shares[point, LABELS.index(label)] = 1.0
            raw.append(PointReading(square, label, 0.99))
            continue
        shares[point, slice(0, 7) if label.isupper() else slice(7, 14)] = 1 / 8
        shares[point, LABELS.index(faint.get(square, label))] = 2 / 8  # hardly more than a guess
        raw.append(PointReading(square, "P" if label.isupper() else "p", 0.2))
        if square in sure:
            raw[-1] = PointReading(square, sure[square], 0.95)
            shares[point] = 0.05 / 14
            shares[point, LABELS.index(sure[square])] = 0.95
        if square in blank:
            raw[-1] = PointReading(square, "?", 0.95)
            shares[point] *= 0.05
            shares[point, LABELS.index("?")] = 0.95
    scores = np.log(shares / shares.sum(axis=1, keepdims=True))
    reading = Reading.of_labels(["?" if label != "." else "." for label in labels])
    return replace(reading, raw=tuple(raw), log_likelihood=scores)


READ = {"a3": "P", "c3": "P", "e3": "P", "g3": "P", "a0": "R"}


def test_sides_and_bare_points_make_a_set_up():
    assert shows_set_up(hard_to_read(sure=READ), START)


def test_one_face_that_surely_reads_otherwise_is_a_misread_one():
    assert shows_set_up(hard_to_read(sure={**READ, "e9": "r"}), START)


def test_two_faces_that_changed_places_are_no_set_up():
    assert not shows_set_up(hard_to_read(sure={**READ, "b9": "b", "c9": "n"}), START)


def test_faces_misread_without_anything_to_change_places_with_are_a_set_up():
    cannons = {"b7": "c", "h7": "c"}
    soldiers_like_cannons = dict.fromkeys(("a6", "e6", "i6"), "c")
    assert shows_set_up(hard_to_read(sure={**READ, **cannons, **soldiers_like_cannons}), START)


def test_all_soldiers_of_a_set_may_look_like_cannons():
    soldiers = dict.fromkeys(("a6", "c6", "e6", "g6", "i6"), "c")
    assert shows_set_up(hard_to_read(sure={**READ, **soldiers}), START)


def test_cannons_and_soldiers_that_changed_places_are_no_set_up_though_a_third_man_looks_like_a_cannon():
    changed = {"b7": "p", "h7": "p", "a6": "c", "c6": "c", "e6": "p", "g6": "p", "i6": "p", "a9": "c"}
    assert not shows_set_up(hard_to_read(sure={**READ, **changed}), START)


def test_all_horses_of_a_set_may_look_blank():
    assert shows_set_up(hard_to_read(sure=READ, blank=("b0", "h0")), START)


@pytest.mark.parametrize("blank", [("b0",), ("e9",), ("a9", "b9")], ids=["a horse", "the general", "a pair"])
def test_a_thing_without_a_character_for_one_man_is_no_set_up(blank):
    assert not shows_set_up(hard_to_read(sure=READ, blank=blank), START)


def test_a_mirrored_picture_shows_no_set_up():
    mirrored = replace(hard_to_read(sure=READ), verdict="unsure", reason="mirrored")
    assert not shows_set_up(mirrored, START)


@pytest.mark.parametrize(
    "changes",
    [{"b9": "."}, {"e4": "C"}, {"h9": "R"}, {"e4": "?"}, {"a9": "?"}],
    ids=["missing", "one too many", "other side", "a coin", "face down"],
)
def test_another_pattern_is_no_set_up(changes):
    assert not shows_set_up(hard_to_read(sure=READ, **changes), START)


def test_faces_that_speak_for_another_order_are_no_set_up():
    other = {
        square: label
        for rank, row in (("0", "PCPBKBPCP"), ("9", "pcpbkbpcp"), ("3", "R.N.A.N.R"), ("6", "r.n.a.n.r"))
        for square, label in zip((file + rank for file in "abcdefghi"), row, strict=True)
    }
    assert shows_set_up(hard_to_read(sure={}), START)
    assert not shows_set_up(hard_to_read(sure={}, faint=other), START)


def test_a_look_that_waits_shows_nothing():
    waiting = replace(hard_to_read(sure=READ), verdict="wait", reason="covered")
    assert not shows_set_up(waiting, START)
