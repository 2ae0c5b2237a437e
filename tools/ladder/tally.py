"""What the ladder has counted, kept without its games: small enough to stay with the program.

Games take megabytes and lie where they were played; a tally takes a line a pair. Sums and sums of squares
join exactly with those of other openings, so a ladder can be played in pieces, on one machine after another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tools.ladder.match import PairResult

__all__ = ["Tally", "tallies"]

_RUNS = re.compile(r"\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*")


@dataclass(frozen=True)
class Tally:
    """What `a` scored against `b` with one engine (its signature), two games from each opening of a seed.

    `openings` are runs of numbers such as 0-56,58. `points` are a's of all games, `squares` the sum over
    openings of the squared share of an opening's two points; `draws` counts single games.
    """

    a: str
    b: str
    seed: int
    signature: str
    openings: str
    points: float
    squares: float
    draws: int

    def __post_init__(self) -> None:
        if not isinstance(self.openings, str) or not _RUNS.fullmatch(self.openings):
            raise ValueError(f"the openings are {self.openings!r}; runs such as 0-56,58 would be right")
        count = len(self.numbers)
        # A share is at most 1, so its square is no more than itself.
        if not 0 <= self.squares <= self.points / 2 <= count or not 0 <= self.draws <= 2 * count or not count:
            raise ValueError(f"{self.points} points and {self.draws} draws do not come of {count} openings")

    @property
    def numbers(self) -> frozenset[int]:
        """The openings, one by one."""
        ends = [run.split("-") for run in self.openings.split(",")]
        return frozenset(n for run in ends for n in range(int(run[0]), int(run[-1]) + 1))


def tallies(results: Iterable[PairResult], kept: Iterable[Tally] = ()) -> list[Tally]:
    """Count results, each opening of a pair once, on top of what is kept of other openings."""
    table: dict[tuple[str, str, int, str], list[Tally]] = {}
    for tally in kept:
        table.setdefault((tally.a, tally.b, tally.seed, tally.signature), []).append(tally)
    # The same opening played twice by the same engine is the same two games.
    seen = {which: set().union(*(tally.numbers for tally in parts)) for which, parts in table.items()}
    for result in results:
        which = (result.a, result.b, result.seed, result.signature)
        if result.opening in seen.setdefault(which, set()):
            continue
        seen[which].add(result.opening)
        points = sum(result.points)
        one = Tally(*which, str(result.opening), points, (points / 2) ** 2, result.points.count(0.5))
        table.setdefault(which, []).append(one)
    return [_joined(parts, seen[which]) for which, parts in table.items()]


def _joined(parts: list[Tally], numbers: set[int]) -> Tally:
    one = parts[0]
    return Tally(
        one.a,
        one.b,
        one.seed,
        one.signature,
        _runs(numbers),
        sum(tally.points for tally in parts),
        sum(tally.squares for tally in parts),
        sum(tally.draws for tally in parts),
    )


def _runs(numbers: Iterable[int]) -> str:
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)
