"""The fault campaign: whole games in the deterministic world, each with misfortunes drawn from its seed.

A game must come to the end its journal tells, with every piece accounted for, whatever goes wrong on the way;
and it must come there in bounded time, for a robot that waits for ever is broken too. One seed is one
game, the same every time.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from engine import START_FEN, Game, Move, Position
from host.game.driver import Ports, drive
from host.game.errors import GameError
from host.game.journal import Journal, read_journal
from host.game.player import Player
from host.game.requests import Carry, Done, Heard, Message, Offsets, Plan, Stopped
from host.game.simulation import Plot, SimulatedTable
from host.game.state import replay
from host.game.table import Table
from vision.reading import Reading

__all__ = ["Misfortunes", "Trial", "draw_misfortunes", "play_trial"]

_LEVEL = 2
_LONGEST_US = 3 * 3600 * 1_000_000
"""No game of the campaign takes longer, in virtual time, whatever happens to it."""
_MOST_CUTS = 3

T = TypeVar("T")
When = Literal["before", "after"]


class _PowerCutError(Exception):
    """Everything stops here and now."""


class _EndlessError(Exception):
    """The virtual time of a game ran out."""


@dataclass(frozen=True)
class Misfortunes:
    """What one game goes through: its `plot`, and power cuts at these acts, each before or after it.

    An act is a journal line or a motion, counted from 0 since the last power-on.
    """

    plot: Plot
    robot: Literal["red", "black"]
    plies: int
    cuts: tuple[tuple[int, When], ...]


@dataclass(frozen=True)
class Trial:
    """How the game of one seed went; `failure` is None, or what did not hold, in one sentence."""

    seed: int
    failure: str | None
    plies: int = 0
    minutes: float = 0.0
    stops: int = 0
    cuts: int = 0
    asked: int = 0


def draw_misfortunes(seed: int, plies: int) -> Misfortunes:
    """Half of the games suffer of everything a little, the others of one thing a lot."""
    dice = random.Random(f"faults {seed}")
    everything = dice.random() < 0.5
    one = dice.randrange(5)

    def chance(number: int, much: float) -> float:
        return much / 4 if everything else much if one == number else 0.0

    motions = range(6 * plies)
    stops, fumbles = (frozenset(m for m in motions if dice.random() < chance(n, 0.15)) for n in (0, 1))
    plot = Plot(
        seed,
        misread=chance(2, 0.3),
        hand=chance(3, 0.4),
        stops=stops,
        fumbles=fumbles,
        swapped=_two_squares(dice) if dice.random() < 0.2 else None,
        deaf=dice.randrange(3),
        between=tuple(dice.sample(range(90), dice.randrange(1, 5))) if dice.random() < 0.5 else (),
    )
    number = dice.randrange(_MOST_CUTS + 1) if everything or one == 4 else 0
    moments: tuple[When, When] = ("before", "after")
    cuts = tuple((dice.randrange(5 * plies), dice.choice(moments)) for _ in range(number))
    return Misfortunes(plot, dice.choice(("red", "black")), plies, cuts)


def _two_squares(dice: random.Random) -> tuple[int, int]:
    a, b = dice.sample([s for s, letter in enumerate(Position.start().board) if letter != "."], 2)
    return a, b


def _eager(position: Position, dice: random.Random) -> Move:
    """The person of the campaign takes what there is, so that much is carried."""
    moves = position.legal_moves()
    return dice.choice([move for move in moves if position.board[move.to_square] != "."] or moves)


@dataclass
class _Fate:
    """Stands between the table and its world: counts acts, cuts the power, and ends what never ends."""

    world: SimulatedTable
    journal: Journal
    cut: tuple[int, When] | None
    acts: int = field(default=0)

    def _act(self, perform: Callable[[], T]) -> T:
        due = self.cut is not None and self.acts == self.cut[0]
        self.acts += 1
        if due and self.cut is not None and self.cut[1] == "before":
            raise _PowerCutError
        answer = perform()
        if due:
            raise _PowerCutError
        return answer

    def append(self, kind: str, fields: Mapping[str, object]) -> None:
        self._act(lambda: self.journal.append(kind, fields))

    def plan(self, request: Plan) -> tuple[Carry, ...]:
        return self.world.plan(request)

    def fetch(self, carry: Carry) -> Done | Stopped:
        return self._act(lambda: self.world.fetch(carry))

    def put_down(self, carry: Carry) -> Done | Stopped:
        return self._act(lambda: self.world.put_down(carry))

    def park(self) -> Done | Stopped:
        return self._act(self.world.park)

    def light(self, pattern: int) -> None:
        self.world.light(pattern)

    def listen(self, seconds: float) -> Heard:
        if self.world.now_us > _LONGEST_US:
            raise _EndlessError
        return self.world.listen(seconds)

    def look(self) -> Reading:
        return self.world.look()

    def agree(self, position: Position, frame_hash: str) -> None:
        self.world.agree(position, frame_hash)

    def measure(self, squares: tuple[int, ...]) -> Offsets:
        return self.world.measure(squares)

    def say(self, message: Message) -> None:
        self.world.say(message)


def play_trial(seed: int, plies: int, folder: Path) -> Trial:
    """Play the game of one seed; its journal stays in `folder` as `SEED.jsonl` (an older one is replaced)."""
    fate = draw_misfortunes(seed, plies)
    world = SimulatedTable(Position.start().board, fate.robot, fate.plot, _eager)
    pieces = world.pieces()
    path = folder / f"{seed}.jsonl"
    path.unlink(missing_ok=True)
    cuts = failure = None
    try:
        cuts = _live(world, path, fate, seed)
    except _EndlessError:
        failure = f"after {_LONGEST_US // 60_000_000} minutes the game had still not ended"
    except (AssertionError, GameError) as error:
        failure = f"{type(error).__name__}: {error}"
    game, counted = _record(path)
    if failure is None:
        failure = _what_is_wrong(world, game, counted, pieces)
    asked = sum(message.ask in {"restore", "set-up", "centre"} for message in world.said)
    stops = counted.get("fault", 0)
    return Trial(seed, failure, len(game.moves), round(world.now_us / 6e7, 1), stops, cuts or 0, asked)


def _live(world: SimulatedTable, path: Path, fate: Misfortunes, seed: int) -> int:
    """Play to the end through all power cuts; how many there were."""
    journal = Journal.create(path)
    first = {"format": 1, "fen": START_FEN, "seed": seed, "robot": fate.robot, "plies": fate.plies}
    journal.append("start", {**first, "rules": "wxf", "versions": {}})
    done = 0
    for cut in (*fate.cuts, None):
        with journal:
            standing = replay(journal.entries, path)
            if standing.ended is not None:
                return done
            table = Table(standing, robot=fate.robot, plies=fate.plies, versions={}, level=_LEVEL)
            between = _Fate(world, journal, cut)
            ports = Ports(between, Player(seed, _LEVEL), between, between, between)
            try:
                drive(table.play(resumed=done > 0), standing.game, ports)
                return done
            except _PowerCutError:
                done += 1
                world.power_cut()
        journal = Journal.reopen(path)
    raise AssertionError("the last run of a game has no power cut")


def _record(path: Path) -> tuple[Game, dict[str, int]]:
    """The game the journal tells, and how many lines of each kind it has."""
    entries = read_journal(path)
    counted: dict[str, int] = {}
    for entry in entries:
        kind = str(entry["kind"])
        counted[kind] = counted.get(kind, 0) + 1
    return replay(entries, path).game, counted


def _what_is_wrong(
    world: SimulatedTable, game: Game, counted: Mapping[str, int], pieces: str
) -> str | None:
    if counted.get("end", 0) != 1:
        return f"the journal tells {counted.get('end', 0)} ends of the game, not one"
    if world.board != game.position.board:
        return "the board does not show the position of the journal"
    if world.pieces() != pieces:
        return f"pieces are lost or doubled: {world.pieces()} instead of {pieces}"
    return None
