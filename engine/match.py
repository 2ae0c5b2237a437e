"""Games of two configurations of the engine against each other, played inside the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import _core
from engine.errors import LimitsError
from engine.game import REASONS, Game, Reason
from engine.net import Judge, core_judge
from engine.position import Position
from engine.search import MAX_HASH_MB

__all__ = ["Contestant", "PlayedGame", "balanced_opening", "play_pair", "tuning"]

_MAX_SEED = 2**63 - 1


def tuning() -> dict[str, int]:
    """Names and defaults of the search's switches and constants (see `core/tuning.h`)."""
    return dict(_core.tuning())


@dataclass(frozen=True)
class Contestant:
    """One side of a match: who judges, with which search, and for how long.

    `nodes` counts made moves a search, `movetime_ms` is wall clock; at least one is needed. With
    nodes alone, games are repeatable. `tuning` overrides defaults of `tuning()`. Raises LimitsError.
    """

    net: Judge = None
    tuning: Mapping[str, int] = field(default_factory=dict)
    nodes: int = 0
    movetime_ms: int = 0
    hash_mb: int = 4
    core: _core.Contestant = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, value, lowest, highest in (
            ("nodes", self.nodes, 0, 2**62),
            ("movetime_ms", self.movetime_ms, 0, 10**6),
            ("hash_mb", self.hash_mb, 1, MAX_HASH_MB),
        ):
            if not lowest <= value <= highest:
                raise LimitsError(f"{name} {value} is outside {lowest} to {highest}")
        if not self.nodes and not self.movetime_ms:
            raise LimitsError("a contestant has neither nodes nor movetime_ms; one of them would be right")
        try:
            core = _core.contestant(
                core_judge(self.net), list(self.tuning.items()), self.nodes, self.movetime_ms, self.hash_mb
            )
        except ValueError as error:
            raise LimitsError(str(error)) from None
        object.__setattr__(self, "core", core)


@dataclass(frozen=True, slots=True)
class PlayedGame:
    """A finished game, seen by the first contestant: `points` 1 won, 0.5 drawn, 0 lost.

    `reason` is the referee's; None when the game was ended by a clear lead or by its 400th ply.
    `nodes` are made moves, `seconds` the time spent searching, both by contestant.
    """

    points: float
    reason: Reason | None
    plies: int
    nodes: tuple[int, int]
    seconds: tuple[float, float]


def balanced_opening(seed: int) -> Position:
    """A position after 6 to 10 random plies that is within 250 of even; the seed decides it."""
    if not 0 <= seed <= _MAX_SEED:
        raise LimitsError(f"seed {seed} is outside 0 to {_MAX_SEED}")
    return Position.from_fen(_core.balanced_opening(seed))


def play_pair(first: Contestant, second: Contestant, opening: Position) -> tuple[PlayedGame, PlayedGame]:
    """Two games from one opening, `first` moving red, then black. The GIL is released."""
    red, black = (
        PlayedGame(points / 2, REASONS[reason], plies, (nodes_1, nodes_2), (micros_1 / 1e6, micros_2 / 1e6))
        for points, reason, plies, nodes_1, nodes_2, micros_1, micros_2 in _core.play_pair(
            first.core, second.core, Game(opening).core
        )
    )
    return red, black
