"""Squares: index = rank * 9 + file, file a = red's left = 0, rank 0 = red's back rank."""

from engine.errors import SquareError

__all__ = ["FILES", "RANKS", "SQUARES", "parse_square", "square_name"]

FILES = 9
RANKS = 10
SQUARES = FILES * RANKS


def square_name(square: int) -> str:
    """The name "a0".."i9" of a square 0..89. Raises SquareError.

    >>> square_name(81)
    'a9'
    """
    if not 0 <= square < SQUARES:
        raise SquareError(f"{square} is no square; squares are numbered 0 to 89")
    return f"{'abcdefghi'[square % FILES]}{square // FILES}"


def parse_square(name: str) -> int:
    """The square of a name "a0".."i9". Raises SquareError.

    >>> parse_square("a9")
    81
    """
    if len(name) != 2 or name[0] not in "abcdefghi" or name[1] not in "0123456789":
        raise SquareError(f"{name[:20]!r} is no square; a file a-i and a rank 0-9, as in 'e0', is")
    return int(name[1]) * FILES + ord(name[0]) - ord("a")
