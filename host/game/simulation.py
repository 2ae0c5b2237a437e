"""World 1: a whole game in one process, with virtual time, generated readings and a person who answers.

Nothing here is physics: motions are durations, a piece is at a square, on the nose, in a tray or lost
beside the board. What is real is the order of things: the table, the journal and the firewall are the
same objects as at a real board, and a `Plot` says what goes wrong when.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from engine import Move, Position, board_of_placement
from engine.position import Side
from host.game.mend import apply_move
from host.game.requests import Carry, Done, Heard, Led, Message, Offsets, Plan, Stopped
from host.game.state import square_index
from vision.reading import Reading, board_to_fen_order

__all__ = ["Plot", "SimulatedTable"]

_MOTION_S = 3.0
_PARK_S = 1.0


@dataclass
class Plot:
    """What goes wrong. All of it is drawn from `seed` or counted in motions, never from a clock.

    `misread`: chance that a look has one wrong point; `hand`: chance that a hand covers part of it;
    `stops`: numbers of motions (from 0, over the whole life of the table) cut short by a stop; `fumbles`:
    numbers of motions in which the magnet loses or misses its piece; `swapped`: two squares exchanged in
    the person's set-up; `deaf`: so many requests to put something right are not heard; `between`: after
    a power cut a thing lies among these points, and each look cannot tell another one of them.
    """

    seed: int = 0
    misread: float = 0.0
    hand: float = 0.0
    stops: frozenset[int] = frozenset()
    fumbles: frozenset[int] = frozenset()
    swapped: tuple[int, int] | None = None
    deaf: int = 0
    between: tuple[int, ...] = ()


@dataclass
class SimulatedTable:
    """Eyes, body, mouth and person of one simulated board. `board` is the truth: 90 labels by square."""

    board: str
    robot: str
    plot: Plot
    choose: Callable[[Position, random.Random], Move]
    now_us: int = 0
    nose: str | None = None
    lost: list[str] = field(default_factory=list)
    tray: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)
    motions: int = 0
    state: str = "safe"
    reason: str = ""

    def __post_init__(self) -> None:
        self._dice = random.Random(self.plot.seed)
        self._person = random.Random(self.plot.seed + 1)
        self._looks = 0
        self._wish: Callable[[], None] | None = None
        self._wish_at_us = 0
        self._not_heard = self.plot.deaf
        self._doubtful: tuple[int, ...] = ()
        if self.plot.swapped:
            a, b = self.plot.swapped
            points = list(self.board)
            points[a], points[b] = points[b], points[a]
            self.board = "".join(points)

    # --- eyes -------------------------------------------------------------------------------------

    def look(self) -> Reading:
        """A reading of the truth, with the plot's errors."""
        self._looks += 1
        picture = f"{self._looks:08x}"
        labels = list(board_to_fen_order(self.board))
        if self._dice.random() < self.plot.misread:
            labels[self._dice.randrange(90)] = self._dice.choice("KABNRCPkabnrcp..")
        if self._doubtful:
            square = self._doubtful[self._looks % len(self._doubtful)]
            labels[(9 - square // 9) * 9 + square % 9] = "?"
        if self._dice.random() < self.plot.hand:
            for index in range(self._dice.randrange(60), 75):
                labels[index] = "?"
            return Reading.of_labels(labels, frame_hash=picture, verdict="wait", reason="covered")
        return Reading.of_labels(labels, frame_hash=picture)

    def agree(self, position: Position, frame_hash: str) -> None:
        """What is simulated here has no eyes to help; but the game must never agree with another board."""
        if position.board != self.board:
            raise AssertionError("the game agrees with a board that is not there")

    def measure(self, squares: tuple[int, ...]) -> Offsets:
        """Everything stands on its point."""
        return dict.fromkeys(squares, (0.0, 0.0))

    # --- body -------------------------------------------------------------------------------------

    def plan(self, request: Plan) -> tuple[Carry, ...]:
        """No neighbour is ever in the way."""
        return tuple(Carry(errand, index) for index, errand in enumerate(request.errands))

    def fetch(self, carry: Carry) -> Done | Stopped:
        """Pick up; a stop comes before or after the piece hangs."""
        source = cast(int, carry.errand.source)
        number = self._move()
        if number in self.plot.stops and self._dice.random() < 0.5:
            return self._stop()
        if number not in self.plot.fumbles:
            if self.nose is not None:
                raise AssertionError("the nose carries two pieces")
            if self.board[source] == ".":
                raise AssertionError(f"nothing stands where the robot picks up ({source})")
            self.nose = self.board[source]
            self._put(source, ".")
        return self._stop() if number in self.plot.stops else Done()

    def put_down(self, carry: Carry) -> Done | Stopped:
        """Put down; a stop comes before or after the release, and a fumble drops the piece on the way."""
        number = self._move()
        if number in self.plot.stops and self._dice.random() < 0.5:
            return self._stop()
        if self.nose is not None:
            if number in self.plot.fumbles:
                self._drop()
            elif carry.errand.target is None:
                self.tray.append(self.nose)
            else:
                if self.board[carry.errand.target] != ".":
                    raise AssertionError(f"{carry.errand.target} is taken where the robot puts down")
                self._put(carry.errand.target, self.nose)
            self.nose = None
        return self._stop() if number in self.plot.stops else Done()

    def park(self) -> Done | Stopped:
        """Leave the view."""
        number = self._move(_PARK_S)
        return self._stop() if number in self.plot.stops else Done()

    def light(self, pattern: int) -> None:
        """The person sees what is asked of them."""
        if pattern == Led.PRESS_GO:
            self._want(self._press_go)
        elif pattern == Led.STOPPED:
            self._want(self._press_ack)

    def listen(self, seconds: float) -> Heard:
        """Let time pass and the person act."""
        until_us = self.now_us + int(seconds * 1e6)
        if self._wish is not None and self._wish_at_us <= until_us:
            self.now_us = max(self.now_us, self._wish_at_us)
            wish, self._wish = self._wish, None
            wish()
        else:
            self.now_us = until_us
        return Heard(self.state, self.reason, self.nose is not None, self.now_us)

    # --- mouth ------------------------------------------------------------------------------------

    def say(self, message: Message) -> None:
        """The person hears it and acts on it after a while."""
        self.said.append(message)
        if message.ask == "move":
            self._want(self._make_a_move)
        elif message.ask in {"restore", "set-up"} and message.placement is not None:
            self._not_heard -= 1
            if self._not_heard >= 0:
                return
            goal = board_of_placement(message.placement)
            self._want(lambda: self._restore(goal))

    # --- the world itself -------------------------------------------------------------------------

    def power_cut(self) -> None:
        """Everything loses power; what hung on the nose falls somewhere."""
        if self.nose is not None:
            self._drop()
        self.state, self.reason, self._wish = "safe", "", None
        self._doubtful = self.plot.between

    def pieces(self) -> str:
        """All letters there are, sorted: the law that nothing is lost."""
        loose = [self.nose] if self.nose else []
        on_board = [letter for letter in self.board if letter != "."]
        return "".join(sorted(on_board + self.tray + self.lost + loose))

    def _move(self, seconds: float = _MOTION_S) -> int:
        if self.state != "ready":
            raise AssertionError(f"the arm moves in the state {self.state}")
        self.now_us += int(seconds * 1e6)
        self.motions += 1
        return self.motions - 1

    def _stop(self) -> Stopped:
        self.state, self.reason = "stopped", "mushroom button"
        return Stopped(self.reason, self.nose is not None)

    def _drop(self) -> None:
        """The carried piece falls on a free point or beside the board."""
        assert self.nose is not None
        free = [square for square in range(90) if self.board[square] == "."]
        if self._dice.random() < 0.5:
            self._put(self._dice.choice(free), self.nose)
        else:
            self.lost.append(self.nose)
        self.nose = None

    def _put(self, square: int, letter: str) -> None:
        self.board = self.board[:square] + letter + self.board[square + 1 :]

    # --- the person -------------------------------------------------------------------------------

    def _want(self, wish: Callable[[], None]) -> None:
        self._wish = wish
        self._wish_at_us = self.now_us + self._person.randrange(1_000_000, 8_000_000)

    def _press_ack(self) -> None:
        self.acts.append("ack")
        self.state = "safe"

    def _press_go(self) -> None:
        self.acts.append("go")
        self.state = "ready"

    def _make_a_move(self) -> None:
        side: Side = "black" if self.robot == "red" else "red"
        position = Position.from_board(self.board, side)
        move = self.choose(position, self._person)
        self.acts.append(move.uci())
        source, target = square_index(move.uci()[:2]), square_index(move.uci()[2:])
        if self.board[target] != ".":
            self.tray.append(self.board[target])
        self.board = apply_move(self.board, source, target)

    def _restore(self, goal: str) -> None:
        """Make the board show `goal` with the pieces at hand, from the board, beside it or the trays.

        The point of a piece that is nowhere stays empty.
        """
        self.acts.append("restore")
        self._doubtful = ()
        spare = sorted([letter for letter in self.board if letter != "."] + self.tray + self.lost)
        board = ""
        for letter in goal:
            if letter in spare:
                spare.remove(letter)
                board += letter
            else:
                board += "."
        self.board, self.tray, self.lost = board, spare, []
