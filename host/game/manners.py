"""Manners at the table: draws offered and answered, resigning, what illegal moves cost.

The rules are the engine's (`engine.conduct`); here they meet the journal and the person. Requests and answers
only, as in `host.game.table`. An offer, its answer and a resignation are on disk before they are spoken.
"""

from typing import Literal, cast

from engine import Conduct
from engine.conduct import Act, Place
from engine.position import Side
from engine.search import mate_in_moves
from host.game import words
from host.game.requests import Hear, Led, Light, Message, Say, Steps, Thought, Wish, Write
from host.game.state import Considered, Standing

__all__ = ["Manners", "behave"]


def behave(conduct: Conduct, considered: Considered) -> Act:
    """What the rules say to one of the robot's thoughts."""
    mate = mate_in_moves(considered.score)
    return conduct.think(considered.round_number, considered.score, mate, considered.quiet_plies)


class Manners:
    """Conduct of the robot that plays `robot` at `level`; what it thought before, `standing` knows."""

    def __init__(self, standing: Standing, robot: Literal["red", "black"], level: int, place: Place) -> None:
        self._standing = standing
        self._robot: Side = robot
        self._person: Side = "black" if robot == "red" else "red"
        self._conduct = Conduct(level, place)
        for considered in standing.considered:
            behave(self._conduct, considered)
        for _ in range(standing.illegal):
            self._conduct.illegal_move()

    def decide(self, thought: Thought) -> Act:
        """Whether to play the move just thought of, to offer a draw with it, or to resign instead."""
        considered = self._standing.consider(thought.record)
        return "play" if considered is None else behave(self._conduct, considered)

    def resign(self, thought: Thought) -> Steps[None]:
        """Give the game up instead of playing the move thought of, and say so."""
        why = {"move": thought.move, "think": dict(thought.record)}
        yield Write("resign", {"ply": self._standing.ply, "by": "robot", **why})
        self._standing.game.resign(self._robot)
        yield Say(Message(words.I_RESIGN))

    def repeat_offer(self) -> Steps[None]:
        """Speak of the draw that the robot offered with its last move."""
        if self._standing.offered:
            yield Light(Led.QUESTION)
            yield Say(Message(words.I_OFFER_A_DRAW, ask="draw"))

    def hear(self) -> Steps[bool]:
        """Answer what the person said since the last time; True when that ended the game."""
        wish = cast(Wish | None, (yield Hear()))
        if wish is None:
            return False
        if wish == "resign":
            yield Write("resign", {"ply": self._standing.ply, "by": "person"})
            self._standing.game.resign(self._person)
            return True
        if self._standing.offered:
            agreed = wish != "decline-draw"
            yield from self._settle("robot", agreed, "")
            return agreed
        if wish == "offer-draw":
            agreed = self._accepts()
            yield from self._settle("person", agreed, words.I_ACCEPT if agreed else words.I_PLAY_ON)
            return agreed
        yield Say(Message(words.NO_OFFER))
        return False

    def _accepts(self) -> bool:
        """By how the robot saw the game at its last move; it has no opinion before its first."""
        known = self._standing.considered
        round_number = self._standing.game.position.fullmove
        return bool(known) and self._conduct.accepts_draw(round_number, known[-1].score)

    def _settle(self, by: Literal["robot", "person"], agreed: bool, answer: str) -> Steps[None]:
        yield Write("draw", {"ply": self._standing.ply, "by": by, "accepted": agreed})
        self._standing.settle_draw(agreed)
        if answer:
            yield Say(Message(answer))

    def illegal_move(self, squares: tuple[str, ...]) -> Steps[bool]:
        """The person's move was none; True when that was one too many for this place."""
        loses = self._conduct.illegal_move() == "loss"
        yield Write("illegal", {"ply": self._standing.ply, "squares": list(squares), "loses": loses})
        self._standing.illegal += 1
        if loses:
            self._standing.game.forfeit(self._person)
        return loses
