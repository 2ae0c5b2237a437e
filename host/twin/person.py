"""The simulated person: an eager beginner who sees lights, hears the robot, presses buttons and moves pieces.

Sans-I/O: `hear` takes what the robot says, `step` the time and what can be perceived; buttons come out, and
the hand of the world acts. The person knows the board only as eyes do (which piece stands nearest to which
point), reacts with human delays, and is the same for the same seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from operator import methodcaller
from typing import TYPE_CHECKING, Literal, cast

from engine import Game, LevelPlayer, Move, Position, board_of_placement, level_rule
from firmware.board import lockstep as pins
from host.arm.frames import turn_seat
from host.twin.errors import PlacementError
from host.twin.roles import PersonView

if TYPE_CHECKING:
    from host.twin.hand import Hand
    from host.twin.world import World

__all__ = ["SimulatedPerson", "choose_move", "make_person"]

_LED_STOPPED, _LED_PRESS_GO = 4, 6
_PRESS_US = 150_000
_LEVEL = 4
_VALUES = {"k": 100.0, "r": 9.0, "c": 4.5, "n": 4.0, "b": 2.0, "a": 2.0, "p": 1.0}
_ON = 0.5
"""Cells: what lies further from every point stands on none."""
_BESIDE = 0.75
"""Cells: what lies further from every point is not on the board."""
_SURE_TO_TAKE_BY = 2
"""By this move of theirs, whoever has taken nothing yet takes what there is."""

Colour = Literal["red", "black"]


def make_person(seed: int, robot_plays: Colour) -> SimulatedPerson:
    """The person opposite a robot that plays `robot_plays`; for the twin's configuration."""
    return SimulatedPerson(seed, robot_plays)


def choose_move(position: Position, dice: random.Random, move_number: int, has_taken: bool) -> Move:
    """A beginner's move: a good capture if there is one, any capture when it itches, else what looks best.

    `move_number` counts the person's own moves from 1.
    """
    captures = [(_gain(position, move), move) for move in position.legal_moves() if _victim(position, move)]
    if captures:
        gain, best = max(captures)
        itch = 0.2 if has_taken else min(1.0, move_number / _SURE_TO_TAKE_BY)
        if (gain > 0 and dice.random() < 0.9) or dice.random() < itch:
            return best
    return LevelPlayer(level_rule(_LEVEL), book=False).choose(Game(position), dice.getrandbits(32)).move


def _victim(position: Position, move: Move) -> str:
    return position.board[move.to_square].replace(".", "")


def _gain(position: Position, move: Move) -> float:
    """What a beginner thinks a capture wins: the piece, less the own one if it can be taken back."""
    won = _VALUES[_victim(position, move).lower()]
    replies = position.after(move).legal_moves()
    if any(reply.to_square == move.to_square for reply in replies):
        won -= _VALUES[position.board[move.from_square].lower()]
    return won


class SimulatedPerson:
    """The person; `step` is called by the twin once a frame."""

    def __init__(self, seed: int, robot_plays: Colour) -> None:
        self._dice = random.Random(f"person {seed}")
        self._colour: Colour = "black" if robot_plays == "red" else "red"
        self._heard: list[Mapping[str, object]] = []
        self._wishes: list[str] = []
        self._intent: Callable[[World], None] | None = None
        self._intent_at_us = 0
        self._buttons = 0
        self._release_at_us = 0
        self._press_at_us: int | None = None
        self._jobs: list[Callable[[Hand], None]] = []
        self._moves = 0
        self._has_taken = False

    def hear(self, message: Mapping[str, object]) -> None:
        """The robot says something (`host.game.requests.Message.as_dict`)."""
        self._heard.append(message)

    def says(self) -> str | None:
        """See `host.twin.roles.Person`: a draw offered is a draw."""
        return self._wishes.pop(0) if self._wishes else None

    def step(self, now_us: int, view: PersonView) -> int:
        """See `host.twin.roles.Person`."""
        world = cast("World", view.world)
        for message in self._heard:
            self._understand(message, now_us)
        self._heard.clear()
        self._mind_the_light(now_us, view.led)
        if not world.hand.busy and not view.arm_moving:
            if self._jobs and now_us >= self._intent_at_us:
                self._next_job(world, now_us)
            elif self._intent is not None and now_us >= self._intent_at_us:
                intent, self._intent = self._intent, None
                intent(world)
        if now_us >= self._release_at_us:
            self._buttons = 0
        return self._buttons

    def _understand(self, message: Mapping[str, object], now_us: int) -> None:
        ask, placement = message.get("ask"), message.get("placement")
        named = cast(Sequence[str], message.get("squares") or ())
        if ask == "move":
            self._jobs.clear()
            self._intend(self._make_a_move, now_us, 1.0, 4.0)
        elif ask in {"restore", "set-up"} and isinstance(placement, str):
            self._intend(lambda world: self._restore_or_centre(world, placement, named), now_us, 1.5, 3.0)
        elif ask == "draw":
            self._wishes.append("accept-draw")
        elif ask == "centre":
            self._intend(lambda world: self._centre(world, named), now_us, 1.0, 2.0)

    def _intend(self, intent: Callable[[World], None], now_us: int, least_s: float, most_s: float) -> None:
        self._intent = intent
        self._intent_at_us = now_us + round(self._dice.uniform(least_s, most_s) * 1e6)

    def _mind_the_light(self, now_us: int, led: int) -> None:
        """Press what the light asks for, and again after a while if it goes on asking."""
        wanted = {_LED_STOPPED: pins.IN_BUTTON_ACK, _LED_PRESS_GO: pins.IN_BUTTON_GO}.get(led, 0)
        if not wanted:
            self._press_at_us = None
        elif self._press_at_us is None:
            self._press_at_us = now_us + round(self._dice.uniform(0.8, 2.0) * 1e6)
        elif now_us >= self._press_at_us:
            self._buttons, self._release_at_us = wanted, now_us + _PRESS_US
            self._press_at_us = now_us + round(self._dice.uniform(2.5, 4.0) * 1e6)

    # --- moving pieces ------------------------------------------------------------------------------

    def _make_a_move(self, world: World) -> None:
        men, loose = self._see(world)
        if loose:
            return  # the robot will say what it makes of it
        try:
            position = Position.from_board(_letters(world, men), self._colour)
        except ValueError:
            return  # something is amiss on the board; the robot will say what
        if not position.legal_moves():
            return
        self._moves += 1
        move = choose_move(position, self._dice, self._moves, self._has_taken)
        takes = bool(_victim(position, move))
        self._has_taken |= takes
        world.hand.begin_move(move.from_square, move.to_square, takes)

    def _restore(self, world: World, placement: str) -> None:
        """Make the board show `placement`: the wrong moves, the surplus goes, the missing comes."""
        goal = board_of_placement(placement)
        men, loose = self._see(world)
        seen = _letters(world, men)
        spare = [square for square in range(90) if seen[square] not in {".", goal[square]}]
        self._jobs.clear()
        for square in range(90):
            label = goal[square]
            if label in {".", seen[square]}:
                continue
            source = next((each for each in spare if seen[each] == label), None)
            if source is None:
                self._jobs.append(methodcaller("begin_fix", label, square))
                fetched = next((piece for piece in loose if world.pieces[piece].label == label), None)
                if fetched is not None:
                    loose.remove(fetched)
                continue
            spare.remove(source)
            takes = square in spare
            if takes:
                spare.remove(square)
            self._jobs.append(methodcaller("begin_move", source, square, takes))
        for piece in [men[square] for square in spare] + loose:
            self._jobs.insert(0, methodcaller("begin_clear", piece))

    def _restore_or_centre(self, world: World, placement: str, named: Sequence[str]) -> None:
        self._restore(world, placement)
        if not self._jobs:  # all looks right: centre what the robot spoke of
            self._centre(world, named)

    def _centre(self, world: World, named: Sequence[str]) -> None:
        """Put the pieces that stand on the named points onto their middle."""
        men, _ = self._see(world)
        for name in named:
            square = "abcdefghi".index(name[0]) + 9 * int(name[1])
            if square in men:
                self._jobs.append(methodcaller("begin_fix", world.pieces[men[square]].label, square))

    def _next_job(self, world: World, now_us: int) -> None:
        job = self._jobs.pop(0)
        self._intent_at_us = now_us + round(self._dice.uniform(0.3, 0.8) * 1e6)
        with suppress(PlacementError):  # nothing there after all
            job(world.hand)

    def _see(self, world: World) -> tuple[dict[int, int], list[int]]:
        """Which piece stands on which square, and which lie loose on the board; pieces by their numbers."""
        men: dict[int, int] = {}
        closest: dict[int, float] = {}
        board: list[int] = []
        pitch = world.robot.board.pitch
        for piece in world.pieces:
            here = turn_seat(world.piece_seat(piece.index), world.robot_plays)
            file, rank = here.x / pitch + 4.0, here.y / pitch + 4.5
            nearest = min(max(round(file), 0), 8), min(max(round(rank), 0), 9)
            square, away = nearest[1] * 9 + nearest[0], math.dist((file, rank), nearest)
            if away >= _BESIDE:
                continue
            board.append(piece.index)
            if away < closest.get(square, _ON):
                men[square], closest[square] = piece.index, away
        standing = set(men.values())
        return men, [piece for piece in board if piece not in standing]


def _letters(world: World, men: Mapping[int, int]) -> str:
    """The board of those men: 90 letters by square index."""
    return "".join(world.pieces[men[square]].label if square in men else "." for square in range(90))
