"""Positions as games have them, for pictures that shall be read under the laws of the game."""

import numpy as np

from engine import Position

__all__ = ["played_letters"]

_LONGEST = 160


def played_letters(rng: np.random.Generator) -> dict[int, str]:
    """What stands on which points (FEN order) after a random number of random moves, captures preferred."""
    position = Position.start()
    for _ in range(int(rng.integers(0, _LONGEST))):
        moves = position.legal_moves()
        if not moves:
            break
        captures = [move for move in moves if position.board[move.to_square] != "."]
        pool = captures if captures and rng.random() < 0.3 else moves
        position = position.after(pool[int(rng.integers(len(pool)))])
    board = position.board
    squares = ((90 - 9 * (index // 9 + 1)) + index % 9 for index in range(90))
    return {index: board[square] for index, square in enumerate(squares) if board[square] != "."}
