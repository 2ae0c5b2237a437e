"""The same evidence is worth more on a board whose men are plain than on one where most are guessed."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Position
from vision.clearness import board_clearness, with_clearness
from vision.confidence import our_calibration
from vision.decode import decode, label_log_likelihood
from vision.reading import LABELS, SQUARES, board_to_fen_order
from vision.tests.synthetic_scores import scores_of

START = board_to_fen_order(Position.start().board)
HORSE = SQUARES.index("b9")


def blurred(scores, points, share):
    """The scores with the men on `points` told by a share only, the rest spread over the other kinds."""
    kinds = scores.kind_logp.astype(np.float64)
    for point in points:
        best = int(kinds[point, :7].argmax())
        kinds[point, :7] = np.log((1 - share) / 6)
        kinds[point, best] = np.log(share)
    return replace(scores, kind_logp=kinds.astype(np.float32))


def scores():
    return scores_of(START, np.random.default_rng(1))


def others():
    return [point for point, label in enumerate(START) if label != "." and point != HORSE]


def test_a_plain_board_is_clearer_than_one_whose_faces_are_guessed() -> None:
    plain, doubtful = (
        board_clearness(label_log_likelihood(made.kind_logp, np.zeros(90)))
        for made in (scores(), blurred(scores(), others(), 0.4))
    )
    assert plain > 0.15
    assert doubtful < -0.3


def test_a_board_without_men_is_as_clear_as_usual() -> None:
    bare = scores_of("." * 90, np.random.default_rng(1))
    assert board_clearness(label_log_likelihood(bare.kind_logp, np.zeros(90))) == 0


def test_only_pieces_gain_or_lose_and_no_evidence_falls_below_nothing() -> None:
    gap = np.array([2.0, 2.0, 0.1])
    piece = np.array([True, False, True])
    assert with_clearness(gap, piece, 0.2) == pytest.approx([2.3, 2.0, 0.4])
    assert with_clearness(gap, piece, -0.4) == pytest.approx([1.4, 2.0, 0.0])


def test_the_same_man_is_told_more_surely_among_plain_ones() -> None:
    among_plain = decode(blurred(scores(), [HORSE], 0.6))
    among_blurred = decode(blurred(blurred(scores(), others(), 0.7), [HORSE], 0.6))
    assert among_plain.told[HORSE] == among_blurred.told[HORSE] == "n"
    assert among_plain.by_laws[HORSE] > among_blurred.by_laws[HORSE]


def test_clearness_makes_no_label_surer_and_has_no_say_where_the_game_is_known() -> None:
    plain = decode(blurred(scores(), [HORSE], 0.6))
    assert (plain.clear_gap >= plain.gap).all()
    pieces = np.array([label.isalpha() for label in plain.told])
    assert (plain.confidence <= our_calibration().decoded(plain.gap, pieces)).all()
    known = decode(blurred(scores(), others(), 0.7), known=np.zeros((90, len(LABELS))))
    men = np.array([label.isalpha() for label in known.told])
    assert known.by_laws == pytest.approx(our_calibration().decoded(known.gap, men))
