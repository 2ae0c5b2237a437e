"""The robot's choice of a move: repeatable, and with the record that lets it be explained later."""

from importlib.metadata import PackageNotFoundError, version

from engine import Engine, Game, Limits
from host.game.requests import Thought

__all__ = ["DEFAULT_LEVEL", "MAX_LEVEL", "Player", "engine_version"]

DEFAULT_LEVEL = 12
MAX_LEVEL = 26
_HASH_MB = 16
_CANDIDATES = 3
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
        self._level = level

    @property
    def level_rule(self) -> str:
        """How strong it plays, for the record."""
        return f"level {self._level}"

    def choose(self, game: Game) -> Thought:
        """The move for the side to move; the game must not be over."""
        ply = len(game.moves)
        seed = (self._seed * _SEEDS_A_GAME + ply) % 2**63
        limits = Limits(level=self._level, candidates=_CANDIDATES)
        found = Engine(_HASH_MB, seed).search(game, limits)
        if found.move is None:
            raise ValueError("there is no move to choose: the game is over")
        record = {
            "engine": engine_version(),
            "rule": self.level_rule,
            "seed": seed,
            "score": found.score_cp,
            "depth": found.depth,
            "nodes": found.nodes,
            "candidates": [[move.uci(), score] for move, score in found.candidates],
        }
        return Thought(found.move.uci(), record)
