"""Sides come from ink relative to the set, not from a colour."""

import numpy as np
import pytest

from engine import Position
from vision.ink import sides_of_ink
from vision.reading import SQUARES, board_to_fen_order
from vision.tests.synthetic_scores import scores_of

START = board_to_fen_order(Position.start().board)
RED = np.array([label.isupper() for label in START])
MEN = np.array([label.isalpha() for label in START])
NO_FORMS = np.zeros(90)


def test_a_set_whose_red_is_brown_is_split_by_what_its_inks_differ_in() -> None:
    scores = scores_of(START, np.random.default_rng(0), red_bias=-2.8)
    sides = sides_of_ink(scores.kind_logp, scores.red_logit, scores.ink, NO_FORMS)
    assert ((sides.logit > 0) == RED)[MEN].all()
    assert sides.naming > 3


def test_one_crop_with_a_misleading_colour_is_outvoted_by_its_ink() -> None:
    scores = scores_of(START, np.random.default_rng(1))
    red = scores.red_logit.copy()
    red[SQUARES.index("a0")] = -2.0
    sides = sides_of_ink(scores.kind_logp, red, scores.ink, NO_FORMS)
    assert sides.logit[SQUARES.index("a0")] > 1


def test_two_generals_alone_are_told_apart_by_the_redder_one() -> None:
    labels = board_to_fen_order(Position.from_fen("4k4/9/9/9/9/9/9/9/9/3K5 w - - 0 1").board)
    scores = scores_of(labels, np.random.default_rng(2))
    red = np.zeros(90)
    red[SQUARES.index("e9")], red[SQUARES.index("d0")] = 0.4, 1.9
    sides = sides_of_ink(scores.kind_logp, red, scores.ink, NO_FORMS)
    assert sides.logit[SQUARES.index("e9")] < -1
    assert sides.logit[SQUARES.index("d0")] > 1
    assert sides.naming == pytest.approx(1.5, abs=0.2)


def test_a_man_of_doubtful_ink_goes_with_those_of_his_end_of_the_board() -> None:
    scores = scores_of(START, np.random.default_rng(7))
    advisor, horse = SQUARES.index("d0"), SQUARES.index("b0")
    red, ink = scores.red_logit.copy(), scores.ink.copy()
    red[[advisor, horse]] = -0.5
    ink[[advisor, horse]] = ink[SQUARES.index("d9")] * 0.2
    told, alone = (
        sides_of_ink(scores.kind_logp, red, ink, NO_FORMS, lawful=lawful).logit for lawful in (True, False)
    )
    assert alone[advisor] < 0 < told[advisor]
    assert told[horse] < 0  # which may stand anywhere


def test_the_ends_of_the_board_do_not_say_which_of_them_is_red() -> None:
    scores = scores_of(START, np.random.default_rng(8))
    there = sides_of_ink(scores.kind_logp, scores.red_logit, scores.ink, NO_FORMS)
    turned = sides_of_ink(scores.kind_logp[::-1], scores.red_logit[::-1], scores.ink[::-1], NO_FORMS)
    assert turned.logit == pytest.approx(there.logit[::-1])


def test_a_board_without_laws_is_not_held_to_them() -> None:
    labels = list(START)
    labels[SQUARES.index("d0")], labels[SQUARES.index("d9")] = "a", "A"
    scores = scores_of("".join(labels), np.random.default_rng(9))
    sides = sides_of_ink(scores.kind_logp, 0.3 * scores.red_logit, 0.3 * scores.ink, NO_FORMS, lawful=False)
    assert sides.logit[SQUARES.index("d0")] < 0 < sides.logit[SQUARES.index("d9")]


def test_inks_that_do_not_part_leave_the_sides_open() -> None:
    scores = scores_of(START, np.random.default_rng(3))
    sides = sides_of_ink(scores.kind_logp, np.zeros(90), np.zeros((90, 4)), NO_FORMS)
    assert np.abs(sides.logit).max() < 0.1
    assert abs(sides.naming) < 0.1


def test_crops_count_from_the_middle_of_their_set_where_inks_hardly_differ() -> None:
    scores = scores_of(START, np.random.default_rng(4), red_bias=-3.5)
    sides = sides_of_ink(scores.kind_logp, scores.red_logit, 0.3 * scores.ink, NO_FORMS)
    assert ((sides.logit > 0) == RED)[MEN].all()


def test_forms_name_two_inks_that_are_equally_red() -> None:
    scores = scores_of(START, np.random.default_rng(5))
    colourless = np.where(RED, 0.1, -0.1) * np.where(np.arange(90) % 2 == 0, 1, -1)
    forms = np.where(RED, 2.0, -2.0) * MEN
    for way in (1, -1):
        sides = sides_of_ink(scores.kind_logp, 0.1 * scores.red_logit + colourless, scores.ink, way * forms)
        assert ((way * sides.logit > 0) == RED)[MEN].all()
        assert sides.naming > 1


def test_a_soldier_of_the_other_form_stays_with_its_ink() -> None:
    scores = scores_of(START, np.random.default_rng(6))
    forms = np.where(RED, 2.0, -2.0) * MEN
    soldiers = np.array([label in "Pp" for label in START])
    forms[soldiers] *= -1
    swapped = sides_of_ink(scores.kind_logp, scores.red_logit, scores.ink, forms)
    plain = sides_of_ink(scores.kind_logp, scores.red_logit, scores.ink, NO_FORMS)
    assert np.array_equal(swapped.logit, plain.logit)
