"""Decoding finds the likeliest lawful board and says honestly how sure it is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from engine import Position
from vision import decode as decode_module
from vision.decode import decode, label_log_likelihood
from vision.laws import SLOT_LABELS, SLOT_POINTS
from vision.orientation import decode_oriented, half_turned
from vision.reading import LABELS, SQUARES, board_to_fen_order
from vision.tests.synthetic_scores import random_position, scores_of

START = board_to_fen_order(Position.start().board)
MEN = {"K": 1, "A": 2, "B": 2, "N": 2, "R": 2, "C": 2, "P": 5}


def force(scores, square: str, kind: str, nats: float = 12.0):
    """The scores with one point looking like another kind."""
    kinds = scores.kind_logp.astype(np.float64)
    point = SQUARES.index(square)
    kinds[point] = -nats
    kinds[point, "KABNRCP.?".index(kind)] = 0.0
    kinds -= np.logaddexp.reduce(kinds, axis=1, keepdims=True)
    return replace(scores, kind_logp=kinds.astype(np.float32))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), plies=st.integers(0, 120), bias=st.floats(-2.5, 2.5))
def test_any_lawful_board_decodes_to_itself_whatever_its_inks(seed, plies, bias) -> None:
    labels = board_to_fen_order(random_position(seed, plies).board)
    decoded = decode(scores_of(labels, np.random.default_rng(seed), red_bias=bias))
    assert "".join(decoded.labels) == labels


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), sure=st.floats(0, 6), noise=st.floats(0.5, 4))
def test_every_decoded_board_keeps_the_laws_and_is_never_surer_than_the_raw_one(seed, sure, noise) -> None:
    labels = board_to_fen_order(random_position(seed, 40).board)
    decoded = decode(scores_of(labels, np.random.default_rng(seed), sure=sure, noise=noise))
    for kind, most in MEN.items():
        assert decoded.labels.count(kind) <= most
        assert decoded.labels.count(kind.lower()) <= most
    for point, label in enumerate(decoded.labels):
        if label.isalpha():
            slots = [slot for slot, name in enumerate(SLOT_LABELS) if name == label]
            assert SLOT_POINTS[point, slots].any()
    assert (decoded.confidence <= decoded.raw_confidence + 1e-12).all()
    assert ((decoded.confidence >= 0) & (decoded.confidence <= 1)).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**9), sure=st.floats(0, 6))
def test_the_gap_is_the_cost_of_the_best_board_with_that_label_forbidden(seed, sure) -> None:
    """The short cut through one run of shortest paths equals ninety assignments solved anew."""
    rng = np.random.default_rng(seed)
    scores = scores_of(START, rng, sure=sure, noise=2.5)
    logp = label_log_likelihood(scores.kind_logp, rng.normal(0, 2, 90))
    columns, gaps, total = decode_module._assign(logp)
    slot_columns = [LABELS.index(label) for label in SLOT_LABELS]
    men = np.where(SLOT_POINTS, -logp[:, slot_columns], 1e6)
    men[:, [SLOT_LABELS.index("K"), SLOT_LABELS.index("k")]] -= decode_module._GENERAL
    empty = -logp[:, LABELS.index(".")]
    unknown = np.minimum(-logp[:, LABELS.index("?")], -logp.max(axis=1) + decode_module._OUTLIER)
    for point in rng.choice(90, 30, replace=False):
        label = LABELS[columns[point]]
        costs = np.full((90, 122), 1e6)
        costs[:, :32] = men
        costs[point, [slot for slot, name in enumerate(SLOT_LABELS) if name == label]] = 1e6
        blank = np.minimum(empty, unknown)
        if label in ".?":
            blank[point] = unknown[point] if label == "." else empty[point]
        costs[np.arange(90), 32 + np.arange(90)] = blank
        rows, taken = linear_sum_assignment(costs)
        assert costs[rows, taken].sum() - total == pytest.approx(gaps[point], abs=1e-5)


def test_a_third_horse_that_may_be_a_cannon_is_read_as_one() -> None:
    scores = scores_of(START, np.random.default_rng(1))
    kinds = scores.kind_logp.copy()
    kinds[SQUARES.index("b2"), [3, 5]] = np.log([0.6, 0.4])
    kinds[SQUARES.index("b2"), [0, 1, 2, 4, 6, 7, 8]] = -12
    decoded = decode(replace(scores, kind_logp=kinds))
    point = SQUARES.index("b2")
    assert decoded.raw_labels[point] == "N"
    assert decoded.labels[point] == "C"
    assert decoded.confidence[point] <= decoded.raw_confidence[point]


def test_a_crop_that_says_nothing_is_named_only_where_the_laws_leave_no_choice() -> None:
    scores = scores_of(START, np.random.default_rng(1))
    kinds = scores.kind_logp.copy()
    even = np.log([0.15, 0.14, 0.14, 0.14, 0.14, 0.14, 0.14, 0.005, 0.005])
    kinds[SQUARES.index("a9")] = even
    alone = decode(replace(scores, kind_logp=kinds))
    assert alone.labels[SQUARES.index("a9")] == "r"
    assert alone.confidence[SQUARES.index("a9")] < 0.2
    kinds[SQUARES.index("b9")] = even
    assert decode(replace(scores, kind_logp=kinds)).labels[SQUARES.index("a9")] == "?"


def test_a_third_horse_that_is_surely_a_horse_leaves_all_three_in_doubt() -> None:
    decoded = decode(force(scores_of(START, np.random.default_rng(1)), "e4", "N"))
    for square in ("b0", "h0", "e4"):
        assert decoded.labels[SQUARES.index(square)] in {"?", "N"}
    assert "?" in decoded.labels


@pytest.mark.parametrize(
    ("square", "kind"), [("e5", "K"), ("a3", "B"), ("d1", "A"), ("b0", "P"), ("b3", "P")]
)
def test_a_piece_where_it_cannot_stand_is_doubted_not_renamed(square, kind) -> None:
    red_side = force(scores_of(START, np.random.default_rng(2)), square, kind)
    logits = red_side.red_logit.copy()
    logits[SQUARES.index(square)] = 3.0
    decoded = decode(replace(red_side, red_logit=logits))
    assert decoded.labels[SQUARES.index(square)] == "?"


def test_a_point_that_shows_an_unknown_thing_is_left_open() -> None:
    decoded = decode(force(scores_of(START, np.random.default_rng(3)), "e4", "?"))
    assert decoded.labels[SQUARES.index("e4")] == "?"


def test_without_the_laws_an_impossible_board_is_read_as_it_stands() -> None:
    scores = force(scores_of(START, np.random.default_rng(4)), "e5", "N")
    logits, ink = scores.red_logit.copy(), scores.ink.copy()
    logits[SQUARES.index("e5")], ink[SQUARES.index("e5")] = 3.0, scores.ink[SQUARES.index("b0")]
    decoded = decode(replace(scores, red_logit=logits, ink=ink), free=True)
    assert decoded.labels[SQUARES.index("e5")] == "N"
    assert decoded.labels.count("N") == 3


def test_the_game_so_far_settles_what_one_picture_leaves_open() -> None:
    scores = scores_of(START, np.random.default_rng(5))
    kinds = scores.kind_logp.copy()
    kinds[SQUARES.index("b0"), :] = np.log([0.01, 0.01, 0.01, 0.45, 0.45, 0.04, 0.01, 0.01, 0.01])
    doubtful = replace(scores, kind_logp=kinds)
    assert decode(doubtful, free=True).labels[SQUARES.index("b0")] == "?"
    assert "".join(decode(doubtful, Position.start()).labels) == START


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), plies=st.integers(0, 100), turned=st.booleans())
def test_the_orientation_is_found_from_the_pieces_both_ways(seed, plies, turned) -> None:
    labels = board_to_fen_order(random_position(seed, plies).board)
    scores = scores_of(labels, np.random.default_rng(seed))
    oriented = decode_oriented(half_turned(scores) if turned else scores)
    assert oriented.certain
    assert oriented.turned == turned
    assert "".join(oriented.decoded.labels) == labels


def test_an_empty_board_has_no_certain_orientation() -> None:
    assert not decode_oriented(scores_of("." * 90, np.random.default_rng(6))).certain


def test_inks_nobody_can_name_leave_the_orientation_open() -> None:
    scores = scores_of(START, np.random.default_rng(7))
    nameless = replace(scores, red_logit=np.zeros(90, np.float32))
    assert not decode_oriented(nameless).certain


def test_inks_that_part_but_are_hardly_redder_or_blacker_leave_the_orientation_open() -> None:
    scores = scores_of(START, np.random.default_rng(9))
    faint = replace(scores, red_logit=0.1 * scores.red_logit)
    assert "".join(decode(faint).labels) == START
    assert not decode_oriented(faint).certain


def test_a_half_turn_twice_is_no_turn() -> None:
    scores = scores_of(START, np.random.default_rng(8))
    again = half_turned(half_turned(scores))
    assert (again.kind_logp == scores.kind_logp).all()
    assert (again.offset_cells == scores.offset_cells).all()
