"""Endings of few men, played by the engine against itself at a fixed number of nodes a move."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import Engine, Game, Limits, Position

__all__ = ["Ending", "Played", "load_endings", "play"]

ENDINGS_FILE = Path(__file__).resolve().parents[1] / "engine" / "tests" / "endings.toml"


@dataclass(frozen=True, slots=True)
class Ending:
    """One ending; `result` is "win" for red, who moves first, or "draw"."""

    name: str
    chinese: str
    fen: str
    result: str
    source: str


@dataclass(frozen=True, slots=True)
class Played:
    """How it ended: the verdict's state and reason, and after how many plies."""

    state: str
    reason: str | None
    plies: int

    def keeps(self, ending: Ending) -> bool:
        """Whether the theoretical result was reached."""
        return self.state == ("red-wins" if ending.result == "win" else "draw")


def load_endings() -> tuple[Ending, ...]:
    """The endings of `engine/tests/endings.toml`, in their order."""
    tables = tomllib.loads(ENDINGS_FILE.read_text(encoding="utf-8"))["ending"]
    return tuple(Ending(**table) for table in tables)


def play(ending: Ending, nodes: int, tuning: Mapping[str, int] | None = None) -> Played:
    """Play it to its end; the natural limit sees to it that there is one. The same on every machine.

    `tuning` overrides switches and constants of the search.
    """
    game = Game(Position.from_fen(ending.fen))
    engine = Engine(hash_mb=4, tuning=tuning or {})
    while (verdict := game.verdict()).state == "ongoing":
        move = engine.search(game, Limits(nodes=nodes)).move
        if move is None:
            break
        game.push(move)
    return Played(verdict.state, verdict.reason, len(game.moves))
