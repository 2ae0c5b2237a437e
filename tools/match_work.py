"""Pairs of games between two configurations of the engine, as work for threads here or for a farm."""

from dataclasses import dataclass
from functools import lru_cache

from engine import Net, Position
from engine.match import Contestant, PlayedGame, balanced_opening, play_pair
from engine.net import Judge
from tools.errors import BadInputError

__all__ = ["Entrant", "MatchUnit", "contestant_of", "play_match_pair"]


@dataclass(frozen=True, slots=True)
class Entrant:
    """One side, so that any machine can make it: `net` is a path, "rules", or None for the built-in one.

    `sha256` names the net that is meant; `tuning` are names with values; otherwise as `Contestant`.
    """

    net: str | None
    sha256: str
    tuning: tuple[tuple[str, int], ...]
    nodes: int
    movetime_ms: int
    hash_mb: int


@dataclass(frozen=True, slots=True)
class MatchUnit:
    """Pair `pair`: two games from `opening`, a FEN or the seed of a balanced one."""

    pair: int
    opening: str | int
    first: Entrant
    second: Entrant


def play_match_pair(unit: MatchUnit) -> dict[str, object]:
    """Play both games; the row of a match's log. Raises BadInputError where another net lies at the path."""
    opening = balanced_opening(unit.opening) if isinstance(unit.opening, int) else None
    start = opening or Position.from_fen(str(unit.opening))
    games = play_pair(contestant_of(unit.first), contestant_of(unit.second), start)
    return _row(unit.pair, start, games)


@lru_cache(maxsize=8)
def contestant_of(entrant: Entrant) -> Contestant:
    """The side itself. Raises BadInputError where another net lies at the path, EngineError for nonsense."""
    net: Judge = None
    if entrant.net == "rules":
        net = "rules"
    else:
        found = Net.builtin() if entrant.net is None else Net.load(entrant.net)
        if found.sha256 != entrant.sha256:
            where = "the built-in net here" if entrant.net is None else entrant.net
            raise BadInputError(f"{where} is {found.sha256[:12]}, the match is of {entrant.sha256[:12]}")
        net = found
    return Contestant(net, dict(entrant.tuning), entrant.nodes, entrant.movetime_ms, entrant.hash_mb)


def _row(pair: int, opening: Position, games: tuple[PlayedGame, PlayedGame]) -> dict[str, object]:
    return {
        "pair": pair,
        "opening": opening.fen(),
        "score": sum(game.points for game in games) / 2,
        "points": [game.points for game in games],
        "reasons": [game.reason for game in games],
        "plies": [game.plies for game in games],
        "nodes": [sum(game.nodes[who] for game in games) for who in (0, 1)],
        "seconds": [round(sum(game.seconds[who] for game in games), 3) for who in (0, 1)],
    }
