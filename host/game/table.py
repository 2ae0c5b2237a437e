"""The table: one game, turn after turn, as a state machine that yields requests and is fed the answers.

No ports, clocks or randomness in here: `Table.play()` is a generator of `Request`s (see
`host.game.requests`). Whatever happens, the same three questions decide what is done next: what does the
journal say was intended, what does the camera see, and is the difference explained by that intent
(`host.game.mend`)? So a first try, a second try, a stop in mid-air and a power cut share one path.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

from engine import Game, Move
from host.game import words
from host.game.mend import Agreed, Errand, Mending, Unclear, apply_move, mend
from host.game.requests import (
    Carry,
    Done,
    Fetch,
    Heard,
    Light,
    Listen,
    Look,
    Measure,
    Message,
    Offsets,
    Park,
    Plan,
    PutDown,
    Request,
    Say,
    Stopped,
    Think,
    Thought,
    Write,
)
from host.game.state import Pending, Standing, placement_of, square_index, square_name
from vision.guard import Ask as Doubt
from vision.guard import Guard, Moved, Unchanged
from vision.reading import Reading, fen_order_to_board

__all__ = ["Led", "Outcome", "Steps", "Table"]

GLANCE_S = 0.5
"""Between two looks while a person moves."""
PATIENCE_S = 1.0
"""Between two looks while a person was asked for something."""
CENTRING = {"unsure", "off-point"}
"""Doubts about a move that is all right if its piece is put on its point."""
UNDER_WAY = {"covered", "half-done", "unknown-object"}
"""Doubts that a move being made explains; these are waited out for a while before anything is said."""
UNDER_WAY_LOOKS = 12
CONFIRM_S = 0.2
"""Between a look that is acted upon and the one that confirms it."""
CONFIRMING_LOOKS = 4
UNCLEAR_LOOKS = 3
OWN_TRIES = 2
"""The move itself and one correction; then the robot asks."""
TRAY_SLOTS = 16

T = TypeVar("T")
Steps = Generator[Request, object, T]


class Led:
    """LED patterns (docs/architecture.md)."""

    THINKING = 1
    YOUR_TURN = 2
    MOVING = 3
    STOPPED = 4
    QUESTION = 5
    PRESS_GO = 6
    GAME_OVER = 7


@dataclass(frozen=True)
class Outcome:
    """How the game ended: `result` is `red-wins`, `black-wins`, `draw` or `unfinished`, and why."""

    result: str
    reason: str


@dataclass(frozen=True)
class _Held:
    """The piece on the nose and the square it came from."""

    piece: str
    source: int | None


class Table:
    """One game at one board.

    `standing` is what the journal says, `robot` the colour the robot plays, `plies` after how many plies
    the game is broken off (None: play to the end); `versions` go into the record of every move.
    """

    def __init__(
        self,
        standing: Standing,
        *,
        robot: Literal["red", "black"],
        plies: int | None,
        versions: Mapping[str, object],
    ) -> None:
        self.standing = standing
        self._robot = robot
        self._plies = plies
        self._versions = versions
        self._last: Reading | None = None  # an accepted look at the resting board, not yet acted upon
        self._held: _Held | None = None
        self._resumed = False

    @property
    def game(self) -> Game:
        """The game as the journal has it."""
        return self.standing.game

    def play(self, resumed: bool = False) -> Steps[Outcome]:
        """Play from here to the end; the generator's value is the `Outcome`."""
        heard = cast(Heard, (yield Listen(0.0)))
        carried = self.standing.carried
        if heard.holding and carried is not None:
            self._held = _Held(*carried)
        yield from self._acts(heard)
        yield from self._park()
        self._resumed = resumed
        if resumed:
            yield Write("resumed", {"ply": self.standing.ply})
            yield Say(Message(words.RESUMED))
        elif self.standing.ply == 0:
            yield from self._set_up()
        while (outcome := self._outcome()) is None:
            if self.standing.pending is not None:
                yield from self._bring_about(self.standing.pending)
            elif self.game.position.side == self._robot:
                yield from self._robot_turn()
            else:
                yield from self._person_turn()
        yield Write("end", {"result": outcome.result, "reason": outcome.reason})
        yield Light(Led.GAME_OVER)
        yield Say(Message(words.game_over(outcome.result, outcome.reason, self._robot)))
        return outcome

    def _outcome(self) -> Outcome | None:
        verdict = self.game.verdict()
        if verdict.state != "ongoing":
            return Outcome(verdict.state, verdict.reason or "")
        if self.standing.pending is None and self._plies is not None and self.standing.ply >= self._plies:
            return Outcome("unfinished", f"broken off after {self.standing.ply} plies, as asked")
        return None

    def _set_up(self) -> Steps[None]:
        """Look before the start; say what is missing until the board shows the game's position."""
        self._last = yield from self._until(self.game.position.board, "set-up")

    # --- the person -------------------------------------------------------------------------------

    def _person_turn(self) -> Steps[None]:
        position = self.game.position
        guard = Guard(position, self._robot, history=self.standing.history)
        if not self._resumed:
            yield from self._greet()
        self._last = None
        # After a power cut the person may have moved already: look first, then speak.
        doubted: tuple[str, ...] | None = () if self._resumed else None
        self._resumed = False
        patience = UNDER_WAY_LOOKS
        while True:
            heard = yield from self._listen(GLANCE_S)
            reading = yield from self._look()
            seen = guard.offer(reading, heard.now_us)
            if isinstance(seen, Moved):
                break
            waits = isinstance(seen, Doubt) and seen.reason in UNDER_WAY
            patience = patience - 1 if waits else UNDER_WAY_LOOKS
            if isinstance(seen, Doubt) and seen.squares != doubted and not (waits and patience > 0):
                doubted = seen.squares
                yield Light(Led.QUESTION)
                if seen.reason in CENTRING:
                    yield Say(Message(seen.message, "centre", None, seen.squares))
                else:
                    goal = placement_of(position.board)
                    yield Say(Message(seen.message, "restore", goal, seen.squares))
            elif isinstance(seen, Unchanged) and doubted is not None:
                doubted = None
                yield from self._greet()
        yield Write("person", self._record(seen.move.uci(), reading))
        self.standing.push(seen.move.uci())
        self._last = reading

    def _greet(self) -> Steps[None]:
        yield Light(Led.YOUR_TURN)
        yield Say(Message(words.YOUR_TURN, ask="move"))

    # --- the robot --------------------------------------------------------------------------------

    def _robot_turn(self) -> Steps[None]:
        yield Light(Led.THINKING)
        if self._last is None:
            self._last = yield from self._until(self.game.position.board, "restore")
        thought = cast(Thought, (yield Think()))
        yield Write("intent", {**self._record(thought.move, self._last), "think": dict(thought.record)})
        self.standing.intend(thought.move)

    def _bring_about(self, pending: Pending) -> Steps[None]:
        """Make the board show the pending move, by the robot's hand or a person's, and see that it does."""
        move = (pending.source, pending.target)
        tries = unclear = 0
        asked: str | None = None  # the board a person was asked about
        before: str | None = None  # the look before this one, when only a steady board may be acted upon
        while True:
            if self._last is None:
                self._last = yield from self._look_twice()
            reading, self._last = self._last, None
            seen = fen_order_to_board(reading.labels)
            if self._held and self._held.source is not None and seen[self._held.source] == self._held.piece:
                self._held = None  # it was never picked up
            held = self._held.piece if self._held else None
            answer = mend(seen, pending.before, move, held=held, touched=pending.touched)
            offsets: Offsets = {}
            if isinstance(answer, (Agreed, Mending)):
                offsets = cast(Offsets, (yield Measure(_worth_measuring(answer, seen, pending))))
            if isinstance(answer, Agreed) and tries < OWN_TRIES:
                answer = mend(seen, pending.before, move, touched=pending.touched, offsets=offsets)
            if isinstance(answer, Agreed) or (held is None and self._answered(seen, move)):
                record = self._record(pending.move, reading)
                yield Write("seen", {**record, "offsets": _rounded(offsets, move)})
                self.standing.push(pending.move)
                self._last = reading
                return
            if asked is not None and seen != asked:
                tries = 0  # somebody did something: what was asked for may be the robot's to do again
            steady = asked is None or (seen == before and seen != asked)
            before = seen
            if isinstance(answer, Mending) and tries < OWN_TRIES and self._room(answer):
                if steady:
                    tries, asked, unclear = tries + 1, None, 0
                    yield from self._carry_out(answer, seen, offsets)
                else:
                    yield from self._listen(PATIENCE_S)
                continue
            if isinstance(answer, Unclear) and unclear < UNCLEAR_LOOKS:
                unclear += 1
                yield from self._listen(PATIENCE_S)
                continue
            if self._held is not None and not isinstance(answer, Unclear):
                # Nothing explains the board around the carried piece: lay it down where a person can take it.
                aside = Mending((Errand(self._held.piece, None, None, "aside"),))
                if self._room(aside):
                    yield from self._carry_out(aside, seen, offsets)
                    continue
            if seen != asked:
                asked = seen
                goal = apply_move(pending.before, *move)
                yield Light(Led.QUESTION)
                yield from self._ask(reading, goal, "restore")
            yield from self._listen(PATIENCE_S)

    def _answered(self, seen: str, move: tuple[int, int]) -> bool:
        """Whether the board shows the pending move and one legal answer to it: a quick opponent."""
        pending = self.standing.pending
        if pending is None or "?" in seen:
            return False
        after = self.game.position.after(Move.from_uci(pending.move))
        goal = apply_move(pending.before, *move)
        return any(
            apply_move(goal, square_index(reply.uci()[:2]), square_index(reply.uci()[2:4])) == seen
            for reply in after.legal_moves()
        )

    def _room(self, mending: Mending) -> bool:
        to_tray = sum(errand.target is None for errand in mending.errands)
        return self.standing.tray_used + to_tray <= TRAY_SLOTS

    def _carry_out(self, mending: Mending, seen: str, offsets: Offsets) -> Steps[None]:
        """Plan and carry errands one after the other; after a stop, come back parked with the rest undone."""
        request = Plan(mending.errands, seen, offsets, self.standing.tray_used)
        plan = cast(tuple[Carry, ...], (yield request))
        yield Light(Led.MOVING)
        cleared: set[int] = set()
        for carry in plan:
            errand = carry.errand
            if errand.target in cleared and not (yield from self._is_free(errand.target)):
                break
            if errand.source is not None:
                if not (yield from self._did(Fetch(carry), _Held(errand.piece, errand.source))):
                    return
                yield Write("lifted", self._record_carry(errand))
                self._held = _Held(errand.piece, errand.source)
                self.standing.lifted(errand.piece, errand.source, errand.why)
            if not (yield from self._did(PutDown(carry), _Held(errand.piece, errand.source))):
                return
            self._held = None
            yield Write("placed", self._record_carry(errand))
            self.standing.placed(errand.target is None)
            if errand.target is None and errand.source is not None:
                cleared.add(errand.source)
        yield from self._park()

    def _is_free(self, square: int) -> Steps[bool]:
        """Whether the point just cleared is really free: a piece the magnet missed must not be stacked upon.

        The arm is beside the board and may hide the point; then it parks first.
        """
        for parked in (False, True):
            if parked:
                yield from self._park()
            first = yield from self._look()
            second = yield from self._look()
            if all(fen_order_to_board(reading.labels)[square] == "." for reading in (first, second)):
                return True
        return False

    def _did(self, motion: Fetch | PutDown | Park, carrying: _Held | None) -> Steps[bool]:
        """Run one motion; after a stop, go through the acts that end it, park, and answer False."""
        answer = yield motion
        if isinstance(answer, Done):
            return True
        stop = cast(Stopped, answer)
        self._held = (carrying or self._held) if stop.holding else None
        yield from self._after_stop(stop.reason)
        return False

    # --- stops ------------------------------------------------------------------------------------

    def _after_stop(self, reason: str) -> Steps[None]:
        held = self._held.piece if self._held else ""
        yield Write("fault", {"ply": self.standing.ply, "reason": reason, "held": held})
        heard = cast(Heard, (yield Listen(0.0)))
        yield from self._acts(heard)
        yield from self._park()

    def _park(self) -> Steps[None]:
        yield Light(Led.MOVING)
        answer = yield Park()
        if isinstance(answer, Stopped):
            if not answer.holding:
                self._held = None
            yield from self._after_stop(answer.reason)

    def _acts(self, heard: Heard) -> Steps[None]:
        """Wait through a person's acknowledgement, a look, and `go`, until the controllers are ready."""
        asked = ""
        while heard.state != "ready":
            if heard.state == "safe" and asked != "safe":
                yield Look()
                yield Light(Led.PRESS_GO)
                yield Say(Message(words.PRESS_GO, ask="go"))
            elif heard.state in {"stopped", "hold"} and asked != heard.state:
                yield Light(Led.STOPPED)
                yield Say(Message(words.stopped(heard.reason, self._held is not None), ask="ack"))
            asked = heard.state
            heard = cast(Heard, (yield Listen(PATIENCE_S)))
            if not heard.holding:
                self._held = None
        self._last = None

    def _listen(self, seconds: float) -> Steps[Heard]:
        """Wait; when something stopped the robot meanwhile, go through the acts that end it first."""
        heard = cast(Heard, (yield Listen(seconds)))
        if heard.state != "ready":
            yield from self._after_stop(heard.reason or heard.state)
            heard = cast(Heard, (yield Listen(0.0)))
        return heard

    # --- looking ----------------------------------------------------------------------------------

    def _look(self) -> Steps[Reading]:
        return cast(Reading, (yield Look()))

    def _look_twice(self) -> Steps[Reading]:
        """A look that the look before it confirms; points on which a few looks disagree read `?`."""
        yield from self._listen(0.0)
        previous = yield from self._look()
        for _ in range(CONFIRMING_LOOKS):
            yield from self._listen(CONFIRM_S)
            reading = yield from self._look()
            if reading.labels == previous.labels:
                return reading
            doubtful = [a if a == b else "?" for a, b in zip(reading.labels, previous.labels, strict=True)]
            previous = reading
        return Reading.of_labels(doubtful, frame_hash=reading.frame_hash)

    def _until(self, goal: str, ask: Literal["set-up", "restore"]) -> Steps[Reading]:
        """Look until two looks in a row show `goal`, asking a person for what differs."""
        previous = said = ""
        same = 0
        while True:
            reading = yield from self._look()
            seen = fen_order_to_board(reading.labels)
            same = same + 1 if seen == previous else 1
            previous = seen
            if seen == goal:
                if same == 2:
                    return reading
                yield from self._listen(GLANCE_S)
                continue
            if same >= UNCLEAR_LOOKS and seen != said:
                said = seen
                yield Light(Led.QUESTION)
                yield from self._ask(reading, goal, ask)
            yield from self._listen(PATIENCE_S)

    def _ask(self, reading: Reading, goal: str, ask: Literal["set-up", "restore"]) -> Steps[None]:
        seen = fen_order_to_board(reading.labels)
        squares = tuple(square_name(square) for square in range(90) if seen[square] != goal[square])
        sentence = words.set_up if ask == "set-up" else words.restore
        text = words.COVERED if reading.verdict in {"wait", "no-board"} else sentence(seen, goal)
        yield Say(Message(text, ask, placement_of(goal), squares))

    # --- records ----------------------------------------------------------------------------------

    def _record(self, move: str, reading: Reading) -> dict[str, object]:
        see = {
            "frame": reading.frame_hash,
            "reading": reading.fen or "".join(reading.labels),
            "verdict": reading.verdict,
            "model": reading.model_hash,
        }
        return {
            "ply": self.standing.ply,
            "move": move,
            "capture": self.game.position.board[square_index(move[2:4])] != ".",
            "see": see,
            "versions": dict(self._versions),
        }

    def _record_carry(self, errand: Errand) -> dict[str, object]:
        slot = f"tray {self.standing.tray_used}"
        return {
            "ply": self.standing.ply,
            "piece": errand.piece,
            "source": "nose" if errand.source is None else square_name(errand.source),
            "target": slot if errand.target is None else square_name(errand.target),
            "why": errand.why,
        }


def _worth_measuring(answer: Agreed | Mending, seen: str, pending: Pending) -> tuple[int, ...]:
    """What is to be picked up and what stands next to where it goes; after the move, only the piece moved."""
    if isinstance(answer, Agreed):
        return (pending.target,)
    squares = {errand.source for errand in answer.errands if errand.source is not None}
    for errand in answer.errands:
        if errand.target is not None:
            squares |= {square for square in _neighbours(errand.target) if seen[square].isalpha()}
    return tuple(sorted(squares))


def _neighbours(square: int) -> list[int]:
    file, rank = square % 9, square // 9
    return [
        r * 9 + f
        for r in range(max(rank - 1, 0), min(rank + 2, 10))
        for f in range(max(file - 1, 0), min(file + 2, 9))
        if (f, r) != (file, rank)
    ]


def _rounded(offsets: Offsets, squares: tuple[int, int]) -> dict[str, list[float]]:
    return {
        square_name(square): [round(value, 5) for value in offsets[square]]
        for square in squares
        if square in offsets
    }
