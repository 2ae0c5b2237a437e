"""Who plays on the ladder: levels, and three players that mark its lower end.

`random` moves uniformly at random. `timid` moves at random among the moves after which the enemy wins least
by exchanges on one point. `careful` counts what its own move takes, too: it neither hangs a man nor leaves
one hanging, and knows nothing else.
"""

import hashlib
import random
from dataclasses import astuple, dataclass

from engine import Game, LevelPlayer, LevelRule, Move, Position, level_rule
from tools.errors import BadInputError

__all__ = ["MARKS", "Contestant", "Player", "contestant", "exchange_balance", "level"]


@dataclass(frozen=True)
class Contestant:
    """`rule` is None for the marks."""

    name: str
    rule: LevelRule | None = None

    @property
    def key(self) -> str:
        """Name and, for a level, a hash of its rule, so that results of an older rule are told apart.

        The book does not count: games of the ladder leave it aside.
        """
        if self.rule is None:
            return self.name
        return f"{self.name}:{hashlib.sha256(repr(astuple(self.rule)[:-1]).encode()).hexdigest()[:8]}"

    @property
    def errs(self) -> bool:
        """Whether it overlooks moves or takes lesser ones, so that a won game may still turn."""
        return self.rule is None or any(
            (self.rule.temperature, self.rule.horizon, self.rule.unseen_captures, self.rule.unseen_quiet)
        )


_WORTH = {"A": 200, "B": 210, "N": 430, "R": 950, "C": 470, "P": 120}  # as in engine/core/evaluate.h

MARKS = ("random", "timid", "careful")


def level(number: int) -> Contestant:
    """A level as it stands in `levels.toml`."""
    return Contestant(str(number), level_rule(number))


def contestant(name: str) -> Contestant:
    """A contestant by name: 1 to 26, `random`, `timid` or `careful`. Raises BadInputError."""
    if name in MARKS:
        return Contestant(name)
    if name.isdecimal() and len(name) < 3:
        return level(int(name))
    raise BadInputError(f"there is no contestant {name!r}; 1 to 26, random, timid or careful would be right")


class Player:
    """Plays as a contestant. A move depends on the game and the seed alone."""

    def __init__(self, contestant: Contestant) -> None:
        self._name = contestant.name
        self._levelled = None if contestant.rule is None else LevelPlayer(contestant.rule, book=False)

    def choose(self, game: Game, seed: int) -> tuple[Move, int | None]:
        """A legal move, and the score its player saw for it in centipawns (None: it sees none)."""
        if self._levelled is not None:
            choice = self._levelled.choose(game, seed)
            return choice.move, choice.score_cp
        position = game.position
        moves = position.legal_moves()
        dice = random.Random(f"{seed} {len(game.moves)}")
        if self._name != "random":
            balances = [exchange_balance(position, move, takes=self._name == "careful") for move in moves]
            moves = [move for move, balance in zip(moves, balances, strict=True) if balance == max(balances)]
        return dice.choice(moves), None


def exchange_balance(position: Position, move: Move, takes: bool = True) -> int:
    """What a move brings by exchanges, centipawns: the man it takes (if that `takes` part), less the enemy's
    best exchange after it.
    """
    victim = position.board[move.to_square].upper() if takes else "."
    return _WORTH.get(victim, 0) - position.after(move).best_exchange
