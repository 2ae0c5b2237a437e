"""The 26 levels of play: a node limit and a human way of erring each, and the player who errs that way.

A level looks at most `horizon` plies ahead, does not see some moves of either side (drawn once a choice),
weighs the best few of what it sees, and may take one that is almost as good as the best. It never moves at
random. The numbers stand in `levels.toml`, which is also compiled into the engine program.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path

from engine import _core
from engine.errors import LevelsError
from engine.game import Game
from engine.move import Move
from engine.net import Judge, core_judge
from engine.position import numbered_move

__all__ = ["LEVELS", "LevelChoice", "LevelPlayer", "LevelRule", "level_rule", "load_levels"]

LEVELS: int = _core.LEVELS
LEVELS_FILE = Path(__file__).parent / "levels.toml"
MAX_SEED = 2**63 - 1

# Lowest and highest value of each key.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "number": (1, LEVELS),
    "nodes": (1, 100_000_000),
    "horizon": (0, 100),
    "lines": (1, 128),
    "temperature": (0, 1000),
    "margin": (0, 5000),
    "unseen_captures": (0, 950),
    "unseen_quiet": (0, 950),
    "unseen_far": (0, 950),
    "unseen_backward": (0, 950),
    "mate_watch": (0, 1000),
    "book_plies": (0, 40),
}


@dataclass(frozen=True, slots=True)
class LevelRule:
    """One level. Scores are centipawns, chances thousandths; `levels.toml` says what each key means.

    Raises LevelsError for a value out of bounds.
    """

    number: int
    nodes: int
    horizon: int
    lines: int
    temperature: int
    margin: int
    unseen_captures: int
    unseen_quiet: int
    unseen_far: int
    unseen_backward: int
    mate_watch: int
    book_plies: int

    def __post_init__(self) -> None:
        for key, (lowest, highest) in _BOUNDS.items():
            value = getattr(self, key)
            if type(value) is not int or not lowest <= value <= highest:
                raise LevelsError(
                    f"level {self.number}: {key} is {value!r}; a whole number from {lowest} to {highest} "
                    "would be right"
                )


def load_levels(path: Path = LEVELS_FILE) -> tuple[LevelRule, ...]:
    """Read the levels, 1 first. Raises LevelsError naming file, level and key, or OSError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LevelsError(f"{path} is not TOML: {error}") from None
    found = tables.get("level")
    if set(tables) != {"level"} or not isinstance(found, list) or len(found) != LEVELS:
        raise LevelsError(f"{path}: {LEVELS} tables [[level]] and nothing else would be right")
    keys = {field.name for field in fields(LevelRule)}
    rules = []
    for number, table in enumerate(found, start=1):
        if not isinstance(table, dict) or set(table) != keys or table["number"] != number:
            odd = ", ".join(sorted(set(table) ^ keys)) or f"number {table['number']}"
            belongs = ", ".join(sorted(keys))
            raise LevelsError(f"{path}, level {number}: {odd} should not be so; {belongs} belong there")
        try:
            rules.append(LevelRule(**table))
        except LevelsError as error:
            raise LevelsError(f"{path}, {error}") from None
    return tuple(rules)


@cache
def _rules() -> tuple[LevelRule, ...]:
    return load_levels()


def level_rule(level: int) -> LevelRule:
    """The rule of a level from 1 to 26. Raises LevelsError."""
    if not 1 <= level <= LEVELS:
        raise LevelsError(f"level {level} is outside 1 to {LEVELS}")
    return _rules()[level - 1]


@dataclass(frozen=True, slots=True)
class LevelChoice:
    """What a level chose and from what.

    `candidates` are the weighed moves with their scores as the level saw them, best first, centipawns for
    the side to move; `unseen` is how many of its own legal moves it overlooked. With `book` the move comes
    from the opening book, and the candidates are its moves, heaviest first, without scores (0).
    """

    move: Move
    candidates: tuple[tuple[Move, int], ...]
    pv: tuple[Move, ...]
    depth: int
    nodes: int
    unseen: int
    book: bool

    @property
    def score_cp(self) -> int:
        """How the level saw the chosen move."""
        return dict(self.candidates)[self.move]


class LevelPlayer:
    """Plays one level. A choice depends on the game, the seed, the rule, the book and the net alone.

    `book` False leaves the opening book aside.

    >>> LevelPlayer(level_rule(3)).choose(Game(), seed=1) == LevelPlayer(level_rule(3)).choose(Game(), seed=1)
    True
    """

    def __init__(self, rule: LevelRule, net: Judge = None, book: bool = True) -> None:
        self.rule = rule
        self._book = book
        self._core = _core.LevelPlayer(astuple(rule), core_judge(net))

    def choose(self, game: Game, seed: int) -> LevelChoice:
        """Choose for the side to move; the GIL is released. Raises LevelsError when there is no move."""
        if not 0 <= seed <= MAX_SEED:
            raise LevelsError(f"seed {seed} is outside 0 to 2**63 - 1")
        move, lines, depth, nodes, unseen, book = self._core.choose(game.core, seed, self._book)
        if move < 0:
            raise LevelsError("there is no move to choose: the game is over")
        moves = [tuple(numbered_move(number) for number in line) for _, line in lines]
        candidates = tuple((line[0], score) for line, (score, _) in zip(moves, lines, strict=True))
        chosen = numbered_move(move)
        pv = next(line for line in moves if line[0] == chosen)
        return LevelChoice(chosen, candidates, pv, depth, nodes, unseen, book)
