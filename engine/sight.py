"""Which points a man bears on, and who bears on a point: the geometry that motifs are made of.

Boards are 90 letters (index = square, "." empty), as `Position.board` gives them. Checks and pins are left
aside here: a pinned man bears on what he could take if he were free.
"""

from collections.abc import Iterator

from engine.squares import FILES, RANKS

__all__ = ["bearers", "bears_on", "general", "horse_steps", "is_red", "same_side"]

_STRAIGHT = ((1, 0), (-1, 0), (0, 1), (0, -1))
_DIAGONAL = ((1, 1), (1, -1), (-1, 1), (-1, -1))


def is_red(letter: str) -> bool:
    """Whether the letter is a red man's."""
    return letter.isupper()


def same_side(one: str, other: str) -> bool:
    """Whether both letters are men of one side."""
    return one != "." and other != "." and one.isupper() == other.isupper()


def general(board: str, red: bool) -> int:
    """Where the general stands."""
    return board.index("K" if red else "k")


def _walk(square: int, step: tuple[int, int]) -> Iterator[int]:
    file, rank = square % FILES + step[0], square // FILES + step[1]
    while 0 <= file < FILES and 0 <= rank < RANKS:
        yield rank * FILES + file
        file, rank = file + step[0], rank + step[1]


def _offset(square: int, files: int, ranks: int) -> int | None:
    file, rank = square % FILES + files, square // FILES + ranks
    return rank * FILES + file if 0 <= file < FILES and 0 <= rank < RANKS else None


def horse_steps(square: int) -> Iterator[tuple[int, int]]:
    """Where a horse goes from a point, each with the point of its leg."""
    for files, ranks in _STRAIGHT:
        leg = _offset(square, files, ranks)
        for side in (1, -1):
            target = _offset(square, 2 * files or side, 2 * ranks or side)
            if leg is not None and target is not None:
                yield target, leg


def _elephant_steps(square: int) -> Iterator[tuple[int, int]]:
    for files, ranks in _DIAGONAL:
        eye, target = _offset(square, files, ranks), _offset(square, 2 * files, 2 * ranks)
        if eye is not None and target is not None:
            yield target, eye


def _in_palace(square: int, red: bool) -> bool:
    file, rank = square % FILES, square // FILES
    return 3 <= file <= 5 and (rank <= 2 if red else rank >= 7)


def _is_home(square: int, red: bool) -> bool:
    return (square // FILES <= 4) == red


def _slide(board: str, square: int) -> Iterator[int]:
    for step in _STRAIGHT:
        for target in _walk(square, step):
            yield target
            if board[target] != ".":
                break


def _leap(board: str, square: int) -> Iterator[int]:
    for step in _STRAIGHT:
        screens = 0
        for target in _walk(square, step):
            if screens == 1:
                yield target
            screens += board[target] != "."
            if screens == 2:
                break


def bears_on(board: str, square: int) -> list[int]:
    """The points on which the man standing there could take, whoever stands on them now."""
    letter = board[square]
    red, kind = is_red(letter), letter.upper()
    if kind == "R":
        return list(_slide(board, square))
    if kind == "C":
        return list(_leap(board, square))
    if kind == "N":
        return [target for target, leg in horse_steps(square) if board[leg] == "."]
    if kind == "B":
        return [t for t, eye in _elephant_steps(square) if board[eye] == "." and _is_home(t, red)]
    if kind == "A":
        steps = [_offset(square, *step) for step in _DIAGONAL]
        return [t for t in steps if t is not None and _in_palace(t, red)]
    if kind == "K":
        steps = [_offset(square, *step) for step in _STRAIGHT]
        near = [t for t in steps if t is not None and _in_palace(t, red)]
        facing = [t for t in _slide(board, square) if board[t].upper() == "K" and t % FILES == square % FILES]
        return near + facing
    if kind == "P":
        steps = [_offset(square, 0, 1 if red else -1)]
        if not _is_home(square, red):
            steps += [_offset(square, 1, 0), _offset(square, -1, 0)]
        return [t for t in steps if t is not None]
    return []


def bearers(board: str, square: int, red: bool) -> list[int]:
    """The squares of all men of one side that bear on a point."""
    men = [s for s, letter in enumerate(board) if letter != "." and is_red(letter) == red]
    return [s for s in men if square in bears_on(board, s)]
