"""Men of a sort or two in doubt are told to who asks; more, or a thing that is no man, stay open."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.guess import guessed

SURE = np.full(90, 0.99)


def board(**labels: str) -> tuple[str, ...]:
    """Bare but for `p0="?"` and the like."""
    return tuple(labels.get(f"p{point}", ".") for point in range(90))


def sureness(**shares: float) -> np.ndarray:
    return np.array([shares.get(f"p{point}", 0.99) for point in range(90)])


@pytest.mark.parametrize("share", [0.5, 0.6, 0.9])
def test_a_man_in_doubt_is_told_when_he_is_likelier_right_than_wrong(share) -> None:
    assert guessed(board(p7="?"), board(p7="N"), sureness(p7=share)) == board(p7="N")


def test_a_man_who_is_likelier_another_stays_open() -> None:
    assert guessed(board(p7="?"), board(p7="N"), sureness(p7=0.49)) == board(p7="?")


def test_men_of_two_sorts_are_told_and_of_three_are_not() -> None:
    told = board(p7="N", p8="c", p9="P")
    assert guessed(board(p7="?", p8="?", p9="P"), told, SURE) == told
    assert guessed(board(p7="?", p8="?", p9="?"), told, SURE) == board(p7="?", p8="?", p9="?")


def test_men_who_look_alike_are_one_doubt_however_many() -> None:
    told = board(p54="P", p56="P", p58="P", p60="P", p62="P")
    assert guessed(board(p54="?", p56="?", p58="?", p60="?", p62="?"), told, SURE) == told


def test_one_who_stays_open_leaves_the_other_open_too() -> None:
    labels = board(p7="?", p8="?")
    assert guessed(labels, board(p7="N", p8="c"), sureness(p8=0.4)) == labels


def test_a_thing_that_is_no_man_is_never_guessed() -> None:
    assert guessed(board(p7="?"), board(p7="?"), SURE) == board(p7="?")


@given(
    st.lists(st.sampled_from("?.Kc"), min_size=90, max_size=90),
    st.lists(st.sampled_from("?.Kc"), min_size=90, max_size=90),
    st.lists(st.floats(0, 1), min_size=90, max_size=90),
)
def test_what_was_told_stays_told_and_either_all_or_nothing_is_guessed(labels, told, right) -> None:
    after = guessed(tuple(labels), tuple(told), np.array(right))
    assert all(new == old for new, old in zip(after, labels, strict=True) if old != "?")
    assert after == tuple(labels) or "?" not in after
