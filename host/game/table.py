"""The table: one game, turn after turn, as a state machine that yields requests and is fed the answers.

No ports, clocks or randomness in here: `Table.play()` is a generator of `Request`s (see
`host.game.requests`). Here is whose turn it is and what the person did; `host.game.sight` looks,
`host.game.hand` moves and is stopped, `host.game.own_move` makes the robot's move stand on the board.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from engine import Game
from engine.conduct import Place
from host.game import words
from host.game.hand import Hand, Held
from host.game.manners import Manners
from host.game.own_move import OwnMove
from host.game.player import DEFAULT_LEVEL
from host.game.question import Question
from host.game.records import move_record
from host.game.requests import Agree, Heard, Led, Light, Listen, Message, Say, Steps, Think, Thought, Write
from host.game.sight import GLANCE_S, Sight
from host.game.state import Standing, placement_of
from vision.guard import Ask as Doubt
from vision.guard import Guard, Moved, Unchanged

__all__ = ["Outcome", "Table"]

CENTRING = {"unsure", "off-point"}
"""Doubts about a move that is all right if its piece is put on its point."""
UNDER_WAY = {"covered", "half-done", "unknown-object"}
"""Doubts that a move being made explains; these are waited out for a while before anything is said."""
UNDER_WAY_LOOKS = 12


@dataclass(frozen=True)
class Outcome:
    """How the game ended: `result` is `red-wins`, `black-wins`, `draw` or `unfinished`, and why."""

    result: str
    reason: str


class Table:
    """One game at one board.

    `standing` is what the journal says, `robot` the colour the robot plays, `plies` after how many plies
    the game is broken off (None: play to the end); `versions` go into the record of every move. `level` and
    `place` say how the robot behaves (`host.game.manners`).
    """

    def __init__(
        self,
        standing: Standing,
        *,
        robot: Literal["red", "black"],
        plies: int | None,
        versions: Mapping[str, object],
        level: int = DEFAULT_LEVEL,
        place: Place = "home",
    ) -> None:
        self.standing = standing
        self._robot = robot
        self._plies = plies
        self._versions = versions
        self._hand = Hand(standing)
        self._sight = Sight(self._hand)
        self._own = OwnMove(self._hand, self._sight, versions)
        self._manners = Manners(standing, robot, level, place)
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
            self._hand.held = Held(*carried)
        yield from self._hand.acts(heard)
        yield from self._hand.park()
        self._resumed = resumed
        if resumed:
            yield Write("resumed", {"ply": self.standing.ply})
            yield Say(Message(words.RESUMED))
        elif self.standing.ply == 0:
            yield from self._set_up()
        while (outcome := self._outcome()) is None:
            if self.standing.pending is not None:
                yield from self._own.bring_about(self.standing.pending)
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
        self._hand.last = seen = yield from self._sight.until(self.game.position, "set-up")
        yield Agree(self.game.position, seen.frame_hash)

    def _person_turn(self) -> Steps[None]:
        position = self.game.position
        guard = Guard(position, self._robot, history=self.standing.history)
        if not self._resumed:
            yield from self._manners.repeat_offer()
            yield from self._greet()
        self._hand.last = None
        # After a power cut the person may have moved already: look first, then speak.
        amiss = self._resumed
        self._resumed = False
        question = Question()
        patience = UNDER_WAY_LOOKS
        counted: tuple[str, ...] | None = None  # the illegal move that was counted already
        while True:
            heard = yield from self._hand.listen(GLANCE_S)
            if (yield from self._manners.hear()):
                return
            reading = yield from self._sight.look()
            seen = guard.offer(reading, heard.now_us)
            if isinstance(seen, Moved):
                break
            if isinstance(seen, Unchanged):
                yield Agree(position, reading.frame_hash)
            waits = isinstance(seen, Doubt) and seen.reason in UNDER_WAY
            patience = patience - 1 if waits else UNDER_WAY_LOOKS
            doubtful = isinstance(seen, Doubt) and not (waits and patience > 0)
            if isinstance(seen, Doubt) and doubtful and question.is_due(seen.squares, heard.now_us):
                amiss = True
                if seen.reason == "illegal" and counted != seen.squares:
                    counted = seen.squares
                    if (yield from self._manners.illegal_move(seen.squares)):
                        return
                yield Light(Led.QUESTION)
                if seen.reason in CENTRING:
                    yield Say(Message(seen.message, "centre", None, seen.squares))
                else:
                    goal = placement_of(position.board)
                    yield Say(Message(seen.message, "restore", goal, seen.squares))
            elif isinstance(seen, Unchanged) and amiss:
                amiss = False
                counted = None
                question.forget()
                yield from self._manners.repeat_offer()
                yield from self._greet()
        yield Write("person", move_record(self.standing, self._versions, seen.move.uci(), reading))
        self.standing.offered = False
        self.standing.push(seen.move.uci())
        yield Agree(self.game.position, reading.frame_hash)
        self._hand.last = reading

    def _greet(self) -> Steps[None]:
        yield Light(Led.YOUR_TURN)
        yield Say(Message(words.YOUR_TURN, ask="move"))

    def _robot_turn(self) -> Steps[None]:
        if (yield from self._manners.hear()):
            return
        yield Light(Led.THINKING)
        if self._hand.last is None:
            self._hand.last = yield from self._sight.until(self.game.position, "restore")
        thought = cast(Thought, (yield Think()))
        act = self._manners.decide(thought)
        if act == "resign":
            yield from self._manners.resign(thought)
            return
        record = move_record(self.standing, self._versions, thought.move, self._hand.last)
        offers = {"act": act} if act == "offer-draw" else {}
        yield Write("intent", {**record, "think": dict(thought.record), **offers})
        self.standing.intend(thought.move, act == "offer-draw")
