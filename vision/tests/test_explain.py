"""What is no legal move is told as the most harmless story, and told alike to red and to black."""

import pytest

from engine import Move, Position
from vision.explain import Seen, explain
from vision.reading import SQUARES, board_to_fen_order

# For each side to move: the game so far, where a man of its own stands, and one of the other side. No
# position stands here: pytest and hypothesis keep parameters until the interpreter has ended.
TURNS = [
    pytest.param("", "a0", "a9", id="red to move"),
    pytest.param("b2e2", "a9", "a0", id="black to move"),
]


def position_after(played):
    start = Position.start()
    return start.after(Move.from_uci(played)) if played else start


def seen(position, **changes):
    expected = board_to_fen_order(position.board)
    labels = list(expected)
    for square, label in changes.items():
        labels[SQUARES.index(square)] = label
    squares = tuple(s for s, a, b in zip(SQUARES, labels, expected, strict=True) if a != b)
    return Seen("".join(labels), expected, squares)


def moved(position, source, target):
    man = board_to_fen_order(position.board)[SQUARES.index(source)]
    return seen(position, **{source: ".", target: man})


@pytest.mark.parametrize(("played", "own", "other"), TURNS)
def test_a_move_the_rules_forbid_is_told_from_one_out_of_turn(played, own, other):
    position = position_after(played)
    mine = explain(position, [], moved(position, own, "e4"))
    assert (mine.reason, mine.squares) == ("illegal", (own, "e4"))
    assert "rules do not allow" in mine.message
    theirs = explain(position, [], moved(position, other, "e4"))
    assert (theirs.reason, theirs.squares) == ("other-side", (other, "e4"))
    assert "other side's turn" in theirs.message


@pytest.mark.parametrize(("played", "own", "other"), TURNS)
def test_one_man_of_each_side_may_be_in_the_hand_but_not_two_of_one_side(played, own, other):
    position = position_after(played)
    more_of_own, more_of_other = own.replace("a", "b"), other.replace("a", "b")
    for gone in ([own], [other], [own, other]):
        assert explain(position, [], seen(position, **dict.fromkeys(gone, "."))).reason == "half-done"
    for gone in ([own, more_of_own], [other, more_of_other]):
        assert explain(position, [], seen(position, **dict.fromkeys(gone, "."))).reason == "pieces-missing"


@pytest.mark.parametrize("played", ["", "b2e2"])
def test_two_moves_of_the_side_to_move_are_two_moves(played):
    position = position_after(played)
    first, second = ("h2f2", "a3a4") if position.side == "red" else ("h7f7", "a6a5")
    changes = {}
    for move in (first, second):
        source, target = move[:2], move[2:]
        changes[target] = board_to_fen_order(position.board)[SQUARES.index(source)]
        changes[source] = "."
    assert explain(position, [], seen(position, **changes)).reason == "two-moves"
