"""What stood on the board is remembered where no pixel changed, and who stood there where one did."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Position
from vision.decode import decode
from vision.memory import remembered
from vision.reading import LABELS, SQUARES, board_to_fen_order
from vision.tests.synthetic_scores import random_position, scores_of

START = Position.start()
BOARD = board_to_fen_order(START.board)


def where(*squares: str) -> np.ndarray:
    return np.array([square in squares for square in SQUARES])


def faint(labels: str, doubtful: np.ndarray):
    """Scores of `labels` in which nothing but the fact of a piece is told at the `doubtful` points."""
    scores = scores_of(labels, np.random.default_rng(0))
    kinds = scores.kind_logp.copy()
    kinds[doubtful, :7] = np.log(0.98 / 7)
    kinds[doubtful, 7:] = np.log(0.01)
    return type(scores)(kinds, scores.red_logit, scores.ink, scores.offset_cells)


def test_where_nothing_changed_the_label_that_stood_there_is_likelier():
    nats = remembered([BOARD], where())
    assert (nats.argmax(axis=1) == [LABELS.index(label) for label in BOARD]).all()
    assert (nats >= 0).all()


def test_where_pixels_changed_only_men_who_stood_there_are_no_strangers():
    nats = remembered([BOARD], where("b2", "e2"))
    at = SQUARES.index("e2")
    assert {label for label, value in zip(LABELS, nats[at], strict=True) if value == 0} == {"C", "."}


def test_a_thing_on_a_point_that_no_man_left_may_be_anything():
    nats = remembered([BOARD], where("e4"))
    assert nats[SQUARES.index("e4"), LABELS.index("?")] == 0


def test_a_man_who_stood_there_a_board_ago_is_no_stranger():
    taken = BOARD.replace("n", ".", 1)
    at = SQUARES.index("b9")
    assert remembered([taken], where("b9"))[at, LABELS.index("n")] < 0
    assert remembered([taken, BOARD], where("b9"))[at, LABELS.index("n")] == 0


def test_unreadable_faces_are_told_by_what_is_known_and_by_who_left():
    men = np.array([label != "." for label in BOARD])
    after = list(BOARD)
    after[SQUARES.index("e2")], after[SQUARES.index("b2")] = "C", "."
    moved = "".join(after)
    scores = faint(moved, np.array([label != "." for label in moved]))
    assert decode(faint(BOARD, men)).labels.count("?") > 10
    known = remembered([BOARD], where("b2", "e2"))
    decoded = decode(scores, known=known)
    assert "".join(decoded.labels) == moved
    assert decoded.confidence[SQUARES.index("e2")] > 0.8


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(0, 60), st.data())
def test_what_is_known_never_hides_what_the_picture_clearly_shows(seed, plies, before, data) -> None:
    shown = board_to_fen_order(random_position(seed, plies).board)
    known = board_to_fen_order(random_position(seed, before).board)
    changed = np.array(data.draw(st.lists(st.booleans(), min_size=90, max_size=90)))
    scores = scores_of(shown, np.random.default_rng(seed), sure=14.0)
    told = decode(scores, known=remembered([known], changed)).labels
    # The ink of one piece speaks no louder than what is known: where only the side differs it may be `?`.
    men = {known[point] for point in np.flatnonzero(changed)}
    for point, (label, seen) in enumerate(zip(told, shown, strict=True)):
        other_side = men if changed[point] else {known[point]}
        assert label == seen or (label == "?" and seen.swapcase() in other_side)
