"""What must be carried so that the board shows what it should: one answer for moves, retries and power cuts.

A board is 90 labels by square index (rank * 9 + file): a FEN letter, `.` empty, `?` cannot tell. The
robot's own move, a second try after a piece was not picked up, and a turn cut in half by a power
failure are all the same question: which pieces stand where they should not, and is the difference
explained by the move that was intended? Only then does the robot act by itself; it never undoes what
a person did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Agreed", "Ask", "Errand", "Mending", "Unclear", "apply_move", "mend"]

Offset = tuple[float, float]


@dataclass(frozen=True)
class Errand:
    """One piece to carry: its letter, the square it stands at (None: it hangs on the nose), where it goes.

    `target` is a square index, or None for the tray of captured pieces. `why` is one of `capture`,
    `move`, `straighten`, `stray`.
    """

    piece: str
    source: int | None
    target: int | None
    why: str


@dataclass(frozen=True)
class Agreed:
    """The board shows the goal."""


@dataclass(frozen=True)
class Mending:
    """The goal is reached by these errands, in this order."""

    errands: tuple[Errand, ...]


@dataclass(frozen=True)
class Unclear:
    """Some points cannot be told; looking again may help."""

    squares: tuple[int, ...]


@dataclass(frozen=True)
class Ask:
    """Only a person can put this right: the squares that differ from the goal."""

    squares: tuple[int, ...]


def apply_move(board: str, source: int, target: int) -> str:
    """The board after the piece at `source` was put at `target`."""
    points = list(board)
    points[target], points[source] = points[source], "."
    return "".join(points)


def mend(
    seen: str,
    before: str,
    move: tuple[int, int],
    *,
    held: str | None = None,
    touched: Sequence[int] = (),
    offsets: Mapping[int, Offset] | None = None,
    tolerance_m: float = 0.004,
) -> Agreed | Mending | Unclear | Ask:
    """Compare what is `seen` with the board after `move` (source, target squares) was made on `before`.

    `held` is the letter of the piece on the nose, if any; `touched` are squares of neighbours the robot
    straightened in this turn; `offsets` says how far (metres) pieces stand from their intersection, and a
    piece the robot put down more than `tolerance_m` off is straightened.
    """
    source, target = move
    goal = apply_move(before, source, target)
    mover, victim = before[source], before[target]
    unclear = tuple(square for square in range(90) if seen[square] == "?")
    if unclear:
        return Unclear(unclear)
    differing = tuple(square for square in range(90) if seen[square] != goal[square])
    if not differing:
        return Ask(()) if held else _straighten(goal, target, offsets or {}, tolerance_m)

    ours = {source, target, *touched}
    missing = {square for square in differing if goal[square] != "."}
    extra = {square for square in differing if seen[square] != "."}
    letters = {mover, victim, *(before[square] for square in touched)} - {"."}
    strangers = {s for s in extra if seen[s] not in letters or (s not in ours and before[s] != ".")}
    if strangers or missing - ours:
        return Ask(differing)

    errands: list[Errand] = []
    loose = set(extra)
    if held is not None:
        waiting = sorted(square for square in missing if goal[square] == held and seen[square] == ".")
        if waiting:
            missing.discard(waiting[0])
            errands.append(Errand(held, None, waiting[0], "move"))
        elif held == victim:
            errands.append(Errand(held, None, None, "capture"))
        else:
            return Ask(differing)
    # The victim goes before the mover comes.
    if victim != "." and seen[target] == victim:
        errands.append(Errand(victim, target, None, "capture"))
        loose.discard(target)
    for square in sorted(missing):
        found = [candidate for candidate in loose if seen[candidate] == goal[square]]
        if source in found:
            found = [source]
        if len(found) != 1:
            return Ask(differing)
        loose.discard(found[0])
        errands.append(Errand(goal[square], found[0], square, "move" if found[0] == source else "stray"))
    # What is left over can only be the victim, dropped on the way to the tray.
    for square in sorted(loose):
        if seen[square] != victim or victim == mover:
            return Ask(differing)
        errands.append(Errand(victim, square, None, "stray"))
    return Mending(tuple(errands))


def _straighten(
    goal: str, target: int, offsets: Mapping[int, Offset], tolerance_m: float
) -> Agreed | Mending:
    dx, dy = offsets.get(target, (0.0, 0.0))
    if dx * dx + dy * dy <= tolerance_m * tolerance_m:
        return Agreed()
    return Mending((Errand(goal[target], target, target, "straighten"),))
