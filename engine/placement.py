"""The placement field of a FEN alone: what stands where, whoever is to move, lawful or not."""

from engine.errors import FenError
from engine.squares import FILES, RANKS, SQUARES

__all__ = ["board_of_placement"]

_LETTERS = "KABNRCPkabnrcp"
_LONGEST = 200


def board_of_placement(placement: str) -> str:
    """A FEN placement field → 90 labels (letter or `.`) by square index; H and E are read as N and B.

    Unlike `Position.from_fen` this asks neither for a side to move nor for a position that a game can
    reach. Raises `FenError`.

    >>> board_of_placement("9/9/9/9/9/9/9/9/9/3K5")[3]
    'K'
    """
    rows = placement.split("/")
    if len(placement) > _LONGEST or len(rows) != RANKS:
        raise FenError(
            f"the placement {placement[:40]!r} has {len(rows)} ranks; 10 parted by '/' would be right"
        )
    board = ["."] * SQUARES
    for rank, row in zip(range(RANKS - 1, -1, -1), rows, strict=True):
        file = 0
        for letter in row.translate(str.maketrans("HhEe", "NnBb")):
            if letter in "123456789":
                file += int(letter)
                continue
            if letter not in _LETTERS:
                raise FenError(
                    f"rank {rank} of the placement holds {letter!r}; a piece letter or 1-9 would be right"
                )
            if file < FILES:
                board[rank * FILES + file] = letter
            file += 1
        if file != FILES:
            raise FenError(f"rank {rank} of the placement covers {file} points; 9 would be right")
    return "".join(board)
