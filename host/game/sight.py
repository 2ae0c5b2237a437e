"""Looking at the board until it is understood; requests and answers only, as in `host.game.table`."""

from typing import Literal, cast

from engine import Position
from host.game import words
from host.game.hand import PATIENCE_S, Hand
from host.game.question import Question
from host.game.requests import Agree, Led, Light, Look, Message, Say, Steps
from host.game.state import placement_of, square_name
from vision.guard import Guard, Unchanged, unfit_words
from vision.reading import Reading, fen_order_to_board
from vision.set_up import shows_set_up

__all__ = ["GLANCE_S", "UNCLEAR_LOOKS", "Sight"]

GLANCE_S = 0.5
"""Between two looks while a person moves."""
CONFIRM_S = 0.2
"""Between a look that is acted upon and the one that confirms it."""
CONFIRMING_LOOKS = 4
UNCLEAR_LOOKS = 3
RESTLESS_LOOKS = 8
"""So many looks of which no three agree are asked about too: something lies where no piece belongs."""
_MOST_UNTOLD = 8
"""More points than this that cannot be told are covered by something; naming them all helps nobody."""


class Sight:
    """The camera's looks; between them `hand` listens, and goes through whatever stops the robot."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def look(self) -> Steps[Reading]:
        """One look."""
        return cast(Reading, (yield Look()))

    def look_twice(self) -> Steps[Reading]:
        """A look that the look before it confirms; points on which a few looks disagree read `?`."""
        yield from self._hand.listen(0.0)
        previous = yield from self.look()
        for _ in range(CONFIRMING_LOOKS):
            yield from self._hand.listen(CONFIRM_S)
            reading = yield from self.look()
            if reading.labels == previous.labels:
                return reading
            doubtful = [a if a == b else "?" for a, b in zip(reading.labels, previous.labels, strict=True)]
            previous = reading
        return Reading.of_labels(doubtful, frame_hash=reading.frame_hash)

    def until(self, position: Position, ask: Literal["set-up", "restore"]) -> Steps[Reading]:
        """Look until two looks in a row show `position`, asking a person for what differs.

        Faces that are too hard to read do not keep a game from beginning: when nothing on the board speaks
        against `position`, that is agreed on, and the next look knows it. A set-up also counts by its pattern
        (`vision.set_up`).
        """
        goal, guard = position.board, Guard(position, None)
        previous = ""
        same = looks = 0
        question = Question()
        while True:
            reading = yield from self.look()
            looks += 1
            seen = fen_order_to_board(reading.labels)
            same = same + 1 if seen == previous else 1
            previous = seen
            if seen == goal:
                if same == 2:
                    return reading
                yield from self._hand.listen(GLANCE_S)
                continue
            plain = isinstance(guard.offer(reading, self._hand.now_us), Unchanged)
            if plain or (ask == "set-up" and shows_set_up(reading, position)):
                yield Agree(position, reading.frame_hash)
            steady = same >= UNCLEAR_LOOKS or looks >= RESTLESS_LOOKS
            if steady and question.is_due(seen, self._hand.now_us):
                yield Light(Led.QUESTION)
                yield from self.ask(reading, goal, ask)
            yield from self._hand.listen(PATIENCE_S)

    def ask(self, reading: Reading, goal: str, ask: Literal["set-up", "restore"]) -> Steps[None]:
        """Ask a person to make the board show `goal`: name what differs, or what ails the picture."""
        seen = fen_order_to_board(reading.labels)
        unfit = unfit_words(reading)
        differing = [square for square in range(90) if seen[square] != goal[square]]
        squares = () if unfit else tuple(square_name(square) for square in differing)
        sentence = words.set_up if ask == "set-up" else words.restore
        hidden = seen.count("?") > _MOST_UNTOLD
        text = unfit or (words.COVERED if hidden else sentence(seen, goal))
        yield Say(Message(text, ask, placement_of(goal), squares))
