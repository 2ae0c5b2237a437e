import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.sprt import Sprt, elo_of, expected_score

PAIR_SCORES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=200)


@given(st.floats(-600, 600))
def test_elo_and_expected_score_undo_each_other(elo):
    assert elo_of(expected_score(elo)) == pytest.approx(elo, abs=1e-6)


@given(PAIR_SCORES)
def test_the_test_is_symmetric(scores):
    sprt = Sprt(-5, 5)
    turned = [1 - score for score in scores]
    assert sprt.log_likelihood_ratio(scores) == pytest.approx(-sprt.log_likelihood_ratio(turned), abs=1e-9)


def test_the_bounds_are_those_of_wald():
    lower, upper = Sprt(0, 8, alpha=0.1, beta=0.1).bounds
    assert upper == pytest.approx(math.log(9))
    assert lower == pytest.approx(-math.log(9))


def _decide(elo, seed):
    chance, sprt, scores = random.Random(seed), Sprt(0, 20), []
    while len(scores) < 20_000 and sprt.state(scores) == "undecided":
        scores.append(sum(chance.random() < expected_score(elo) for _ in range(2)) / 2)
    return sprt.state(scores)


def test_errors_are_about_as_rare_as_promised():
    wrong = sum(_decide(0, seed) != "rejected" for seed in range(30))
    wrong += sum(_decide(20, seed) != "accepted" for seed in range(30, 60))
    assert wrong <= 14  # 6 expected; more than 14 has a chance of about 1 in 1,000


def test_a_few_won_pairs_decide_nothing():
    assert Sprt(0, 8).state([1.0] * 5) == "undecided"
    assert Sprt(0, 8).state([]) == "undecided"
