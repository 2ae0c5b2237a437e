"""Endings worked out backward agree with themselves, with the search and with teaching."""

import random

import pytest

from engine import Engine, Game, Limits, LimitsError, Position
from engine.theory import EndingTheory, Proof

THEORY = EndingTheory(3_000_000)
PALACE = [rank * 9 + file for rank in range(3) for file in (3, 4, 5)]
HOMES = {
    "K": PALACE,
    "A": PALACE[::2],
    "k": [81 - 9 * (s // 9) + s % 9 for s in PALACE],
    "a": [81 - 9 * (s // 9) + s % 9 for s in PALACE[::2]],
}


def prove(fen):
    return THEORY.prove(Position.from_fen(fen))


@pytest.mark.parametrize(
    ("fen", "winner"),
    [
        ("9/4k4/9/9/9/9/9/9/R8/3K5 w", "red"),
        ("3k5/9/9/9/9/9/9/9/r8/4K4 b", "black"),
        ("4k4/9/9/9/9/9/9/9/C8/5K3 w", None),
        ("4k4/9/9/9/9/9/N8/9/9/5K3 w", "red"),
        ("3ak4/4a4/9/9/9/9/9/9/R8/3K5 w", "red"),
        ("2P6/5k3/9/9/9/9/9/9/9/4K4 w", None),
        ("9/5k3/9/3P5/9/9/9/9/9/4K4 w", "red"),
        ("4k4/9/4b4/9/9/9/9/9/9/5K3 w", None),
    ],
)
def test_what_every_beginner_is_taught_is_proven(fen, winner):
    assert prove(fen).winner == winner


def random_position(letters, dice):
    while True:
        board = ["."] * 90
        for letter in letters:
            board[dice.choice([s for s in HOMES.get(letter, range(90)) if board[s] == "."])] = letter
        if any(board[s] == "p" and (s > 62 or (s > 44 and s % 9 % 2)) for s in range(90)):
            continue  # a soldier where no game brings it
        try:
            return Position.from_board("".join(board), dice.choice(("red", "black")))
        except ValueError:
            continue


@pytest.mark.parametrize("letters", ["KkR", "KkNa", "KkCaA", "Kkpp"])
def test_every_value_follows_from_the_values_after_each_move(letters):
    dice = random.Random(letters)
    for _ in range(60):
        position = random_position(letters, dice)
        proof = THEORY.prove(position)
        side, other = position.side, "black" if position.side == "red" else "red"
        after = [THEORY.prove(position.after(move)) for move in position.legal_moves()]
        wins = [value.plies + 1 for value in after if value.winner == side]
        if wins:
            assert proof == Proof(side, min(wins))
        elif all(value.winner == other for value in after):
            assert proof == Proof(other, max((value.plies + 1 for value in after), default=0))
        else:
            assert proof.winner is None


def test_a_mirrored_or_recoloured_position_has_the_same_value():
    dice = random.Random(5)
    for _ in range(30):
        position = random_position("KkNa", dice)
        proof = THEORY.prove(position)
        board = position.board
        mirrored = "".join(board[rank * 9 + 8 - file] for rank in range(10) for file in range(9))
        assert THEORY.prove(Position.from_board(mirrored, position.side)) == proof
        turned = board[::-1].swapcase()
        other = "black" if position.side == "red" else "red"
        flipped = THEORY.prove(Position.from_board(turned, other))
        swap = {"red": "black", "black": "red", None: None}
        assert flipped == Proof(swap[proof.winner], proof.plies)


def test_no_search_finds_a_shorter_mate_than_the_proof():
    dice = random.Random(9)
    engine = Engine(hash_mb=1)
    seen = 0
    while seen < 25:
        position = random_position("KkRa", dice)
        if not position.legal_moves():
            continue
        engine.new_game()
        found = engine.search(Game(position), Limits(nodes=4000))
        if found.mate is None or found.mate <= 0:
            continue
        seen += 1
        proof = THEORY.prove(position)
        assert proof.winner == position.side
        assert 2 * found.mate - 1 >= proof.plies


def test_too_large_an_ending_is_refused():
    with pytest.raises(LimitsError, match="more than 1000 positions"):
        EndingTheory(1000).prove(Position.from_fen("9/4k4/9/9/9/9/9/9/R8/3K5 w"))
    with pytest.raises(LimitsError, match="f4 stands where no game"):
        prove("4k4/9/9/9/9/5P3/9/9/9/3K5 w")
    with pytest.raises(LimitsError, match="most_states 0"):
        EndingTheory(0)
