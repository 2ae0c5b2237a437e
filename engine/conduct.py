"""Conduct at the table: offering and accepting draws, resigning, what illegal moves cost.

The rules are data (`conduct.toml`); `Conduct` applies them to what the robot sees, move by move. It knows no
clock and does nothing itself: it says what should be done.
"""

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Literal

from engine.errors import ConductError

__all__ = ["Act", "Conduct", "ConductRules", "Penalty", "Place", "conduct_rules", "load_conduct"]

CONDUCT_FILE = Path(__file__).parent / "conduct.toml"

Act = Literal["play", "offer-draw", "resign"]
Penalty = Literal["take-back", "loss"]
Place = Literal["home", "club"]

_HIGHEST = 100_000


@dataclass(frozen=True, slots=True)
class OfferDraw:
    """When the robot offers a draw; `conduct.toml` says what each number means, here and below."""

    from_round: int
    within_cp: int
    over_moves: int
    quiet_plies: int
    again_after_rounds: int


@dataclass(frozen=True, slots=True)
class AcceptDraw:
    """When the robot accepts one."""

    from_round: int
    up_to_cp: int
    beginner_from_round: int
    beginner_up_to_cp: int


@dataclass(frozen=True, slots=True)
class Resign:
    """When the robot resigns."""

    from_round: int
    below_cp: int
    over_moves: int
    mate_within: int


@dataclass(frozen=True, slots=True)
class Beginner:
    """Who counts as a beginner."""

    up_to_level: int


@dataclass(frozen=True, slots=True)
class IllegalMove:
    """At how many illegal moves the game is lost, by custom of the place; 0 is never."""

    home: int
    club: int


@dataclass(frozen=True, slots=True)
class ConductRules:
    """All of `conduct.toml`."""

    offer_draw: OfferDraw
    accept_draw: AcceptDraw
    resign: Resign
    beginner: Beginner
    illegal_move: IllegalMove


_SECTIONS = {
    "offer_draw": OfferDraw,
    "accept_draw": AcceptDraw,
    "resign": Resign,
    "beginner": Beginner,
    "illegal_move": IllegalMove,
}


def load_conduct(path: Path = CONDUCT_FILE) -> ConductRules:
    """Read the rules. Raises ConductError naming file, section and key, or OSError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConductError(f"{path} is not TOML: {error}") from None
    if set(tables) != set(_SECTIONS):
        raise ConductError(f"{path}: the sections {', '.join(_SECTIONS)} and no others would be right")
    read = {}
    for name, kind in _SECTIONS.items():
        table = tables[name]
        keys = [field.name for field in fields(kind)]
        if not isinstance(table, dict) or set(table) != set(keys):
            raise ConductError(f"{path}, [{name}]: the keys {', '.join(keys)} and no others would be right")
        for key, value in table.items():
            if type(value) is not int or not 0 <= value <= _HIGHEST:
                wanted = f"a whole number from 0 to {_HIGHEST} would be right"
                raise ConductError(f"{path}, [{name}]: {key} is {value!r}; {wanted}")
        read[name] = kind(**table)
    return ConductRules(**read)


@cache
def conduct_rules() -> ConductRules:
    """The rules that come with the engine."""
    return load_conduct()


class Conduct:
    """The robot's conduct through one game at one level.

    >>> Conduct(level=3).think(round_number=90, score_cp=-3000, mate=None, quiet_plies=0)
    'play'
    """

    def __init__(
        self, level: int, place: Place = "home", rules: ConductRules | None = None
    ) -> None:
        self._rules = conduct_rules() if rules is None else rules
        self._beginner = level <= self._rules.beginner.up_to_level
        self._allowed = self._rules.illegal_move.club if place == "club" else self._rules.illegal_move.home
        self._scores: list[int] = []
        self._offered: int | None = None
        self._illegal = 0

    def _lately(self, moves: int) -> list[int]:
        """The last scores, empty while there are fewer."""
        return self._scores[-moves:] if len(self._scores) >= moves else []

    def think(self, round_number: int, score_cp: int, mate: int | None, quiet_plies: int) -> Act:
        """What to do with the move just chosen.

        `score_cp` and `mate` (moves, negative when the robot is mated) are the search's; `quiet_plies` is
        the position's count of plies without capture. An offer goes with the move.
        """
        self._scores.append(score_cp)
        resign, offer = self._rules.resign, self._rules.offer_draw
        lost = self._lately(resign.over_moves)
        near_mate = mate is not None and -resign.mate_within <= mate < 0
        if (
            not self._beginner
            and round_number >= resign.from_round
            and lost
            and max(lost) < -resign.below_cp
            and not near_mate
        ):
            return "resign"
        level = self._lately(offer.over_moves)
        waited = self._offered is None or round_number - self._offered >= offer.again_after_rounds
        if (
            round_number >= offer.from_round
            and level
            and max(map(abs, level)) <= offer.within_cp
            and quiet_plies >= offer.quiet_plies
            and waited
        ):
            self._offered = round_number
            return "offer-draw"
        return "play"

    def accepts_draw(self, round_number: int, score_cp: int) -> bool:
        """Whether to accept the person's offer, by how the robot sees the position."""
        accept = self._rules.accept_draw
        if self._beginner and round_number >= accept.beginner_from_round:
            return score_cp <= accept.beginner_up_to_cp
        return round_number >= accept.from_round and score_cp <= accept.up_to_cp

    def illegal_move(self) -> Penalty:
        """What an illegal move costs; it is always taken back, and at some number the game is lost."""
        self._illegal += 1
        return "loss" if 0 < self._allowed <= self._illegal else "take-back"
