"""A placement field is read for what it says, not for whether a game could get there."""

import pytest
from hypothesis import given

from engine import FenError, board_of_placement
from engine.tests.strategies import positions


@given(positions())
def test_the_board_of_any_position_is_read_whoever_is_to_move(position):
    assert board_of_placement(position.placement()) == position.board


def test_a_general_in_check_with_the_other_side_to_move_is_no_obstacle():
    board = board_of_placement("4k4/4R4/9/9/9/9/9/9/9/3K5")
    assert (board[85], board[76], board[3]) == ("k", "R", "K")


@pytest.mark.parametrize(
    ("placement", "words"),
    [
        ("9/9", "has 2 ranks"),
        ("9/9/9/9/9/9/9/9/9/8", "rank 0 of the placement covers 8"),
        ("9/9/9/9/9/9/9/9/9/9K", "rank 0 of the placement covers 10"),
        ("9/9/9/9/9/9/9/9/9/Q8", "rank 0 of the placement holds 'Q'"),
        ("K" * 500, "has 1 ranks"),
        ("", "has 1 ranks"),
    ],
)
def test_what_is_no_placement_is_refused_with_the_rank(placement, words):
    with pytest.raises(FenError, match=words):
        board_of_placement(placement)
