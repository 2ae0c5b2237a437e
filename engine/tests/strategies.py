"""Hypothesis strategies of this room's tests."""

import random

from hypothesis import strategies as st

from engine import Move, Position


def play(seed, plies):
    """A position reached by random moves that like captures."""
    choose = random.Random(seed)
    position = Position.start()
    for _ in range(plies):
        moves = position.legal_moves()
        if not moves:
            break
        board = position.board
        captures = [move for move in moves if board[move.to_square] != "."]
        position = position.after(choose.choice(captures if captures and choose.random() < 0.4 else moves))
    return position


def positions():
    return st.builds(play, st.integers(0, 2**32), st.integers(0, 120))


def mirrored(text):
    """A FEN or a line of moves with files a-i read as i-a; squares and placements both."""
    return text.translate(str.maketrans("abcdefghi", "ihgfedcba"))


def mirrored_fen(fen):
    placement, rest = fen.split(" ", 1)
    return "/".join(rank[::-1] for rank in placement.split("/")) + " " + rest


def swapped_fen(fen):
    placement, side, rest = fen.split(" ", 2)
    ranks = placement.swapcase().split("/")[::-1]
    return "/".join(ranks) + (" b " if side == "w" else " w ") + rest


def mirrored_move(move):
    return Move.from_uci(mirrored(move.uci()))


def swapped_move(move):
    flip = str.maketrans("0123456789", "9876543210")
    return Move.from_uci(move.uci().translate(flip))
