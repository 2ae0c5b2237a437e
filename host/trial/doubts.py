"""Whether the camera shows a board, with a person who puts right what it cannot tell, as in a game."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["QUESTIONS", "Shown", "shows"]

QUESTIONS = 3
"""So often a person is asked about one board; a game would go on asking."""


class Shown(NamedTuple):
    """`shown`: the board was seen as it stands, but for empty points that could not be told (`doubts`);
    `asked`: pieces that a person was asked to put right.
    """

    shown: bool
    doubts: int
    asked: int


def shows(
    board: str, differing: Callable[[str], dict[int, str]], put_right: Callable[[str, int], None]
) -> Shown:
    """Look for `board` (90 labels by square), and again each time that a person has put something right.

    `differing` looks and gives what is seen where it is not the board ("?": cannot tell); `put_right` has the
    person put the piece of a label on its square. What is read as something else is not asked about.
    """
    asked = 0
    for question in range(QUESTIONS + 1):
        differ = differing(board)
        if any(seen != "?" for seen in differ.values()):
            break
        unread = [square for square in differ if board[square] != "."]
        if not unread:
            return Shown(True, len(differ), asked)
        if question == QUESTIONS:
            break
        for square in unread:
            asked += 1
            put_right(board[square], square)
    return Shown(False, 0, asked)
