"""The robot's choice of a move: repeatable, and with the record that lets it be explained later."""

from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

from engine import LEVELS, Game, LevelPlayer, level_rule
from host.game.requests import Thought

__all__ = ["DEFAULT_LEVEL", "MAX_LEVEL", "Player", "engine_version"]

DEFAULT_LEVEL = 12
MAX_LEVEL = LEVELS
_SEEDS_A_GAME = 1009  # so that neighbouring games do not share seeds of neighbouring plies


def engine_version() -> str:
    """Name and version of the engine that chooses."""
    try:
        return f"qiyou {version('qiyou')}"
    except PackageNotFoundError:
        return "qiyou (not installed)"


class Player:
    """Chooses at one of the engine's levels.

    Every choice starts from an empty memory and a seed made of the game's seed and the ply, so that it
    depends on the game alone: a game resumed after a power cut goes on as it would have.
    """

    def __init__(self, seed: int, level: int = DEFAULT_LEVEL) -> None:
        self._seed = seed
        self._player = LevelPlayer(level_rule(level))

    @property
    def level_rule(self) -> str:
        """How strong it plays, for the record."""
        return f"level {self._player.rule.number}"

    def choose(self, game: Game) -> Thought:
        """The move for the side to move; the game must not be over."""
        ply = len(game.moves)
        seed = (self._seed * _SEEDS_A_GAME + ply) % 2**63
        found = self._player.choose(game, seed)
        record = {
            "engine": engine_version(),
            "rule": self.level_rule,
            "level": asdict(self._player.rule),
            "seed": seed,
            "score": found.score_cp,
            "depth": found.depth,
            "nodes": found.nodes,
            "unseen": found.unseen,
            "book": found.book,
            "candidates": [[move.uci(), score] for move, score in found.candidates],
        }
        return Thought(found.move.uci(), record)
