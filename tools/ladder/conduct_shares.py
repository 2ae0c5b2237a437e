"""How a level errs, summed over its games: what is kept of `tools.ladder.conduct` without the games."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools.ladder.conduct import ConductResult
from tools.ladder.shares import Share, share_over

__all__ = ["KINDS", "ConductShares", "conduct_shares"]

KINDS = (
    ("throws away", "blunders", "judged"),
    ("hangs a man", "hung", "plies"),
    ("misses mate", "mates_missed", "mates"),
    ("allows mate", "mates_allowed", "mates_avoidable"),
)
"""Kinds of error: name, what is counted, what that is a share of, the latter two as in `ConductResult`."""


@dataclass(frozen=True)
class ConductShares:
    """A level's errors with one engine: for each of `KINDS` part, whole and half the 95 % interval."""

    who: str
    signature: str
    games: int
    plies: int
    parts: tuple[int, ...]
    wholes: tuple[int, ...]
    bounds: tuple[float, ...]

    def __post_init__(self) -> None:
        counts = (self.parts, self.wholes, self.bounds)
        if not all(isinstance(numbers, tuple) and len(numbers) == len(KINDS) for numbers in counts):
            raise ValueError(f"{len(KINDS)} parts, wholes and bounds would be right")
        if any(not 0 <= part <= whole for part, whole in zip(self.parts, self.wholes, strict=True)):
            raise ValueError(f"the parts {self.parts} are not within {self.wholes}")

    @property
    def shares(self) -> tuple[Share | None, ...]:
        """One for each of `KINDS`; None where there was nothing to err in."""
        three = zip(self.parts, self.wholes, self.bounds, strict=True)
        return tuple(Share(part, whole, bound) if whole else None for part, whole, bound in three)


def conduct_shares(results: Iterable[ConductResult]) -> ConductShares | None:
    """Sum the results of one level with one engine, two games each; None where there are none."""
    games = list(results)
    if not games:
        return None
    told = [_share_of(games, part, whole) or Share(0, 0, 0.0) for _, part, whole in KINDS]
    return ConductShares(
        games[0].who,
        games[0].signature,
        2 * len(games),
        sum(result.plies for result in games),
        tuple(share.part for share in told),
        tuple(share.whole for share in told),
        tuple(round(share.bound, 5) for share in told),
    )


def _share_of(games: Sequence[ConductResult], part: str, whole: str) -> Share | None:
    of_opening: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for r in games:
        of_opening.setdefault((r.seed, r.opening), []).append((getattr(r, part), getattr(r, whole)))
    return share_over([(sum(p for p, _ in two), sum(w for _, w in two)) for two in of_opening.values()])
