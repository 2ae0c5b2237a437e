"""The robot's own move: made to stand on the board, whatever the board shows meanwhile.

Three questions decide what is done next: what does the journal say was intended, what does the camera see,
and is the difference explained by that intent (`host.game.mend`)? So a first try, a second try, a stop in
mid-air and a power cut share one path. Requests and answers only, as in `host.game.table`.
"""

from collections.abc import Mapping
from typing import cast

from engine import Move
from host.game.hand import PATIENCE_S, Hand, Held
from host.game.mend import Agreed, Errand, Mending, Unclear, apply_move, mend
from host.game.question import Question
from host.game.records import carry_record, move_record, rounded
from host.game.requests import Agree, Carry, Fetch, Led, Light, Measure, Offsets, Plan, PutDown, Steps, Write
from host.game.sight import UNCLEAR_LOOKS, Sight
from host.game.state import Pending, square_index
from vision.reading import fen_order_to_board

__all__ = ["OwnMove", "neighbours"]

OWN_TRIES = 2
"""The move itself and one correction; then the robot asks."""
TRAY_SLOTS = 16


class OwnMove:
    """Brings moves about with `hand` and `sight`; `versions` go into the record."""

    def __init__(self, hand: Hand, sight: Sight, versions: Mapping[str, object]) -> None:
        self._hand = hand
        self._sight = sight
        self._versions = versions
        self._standing = hand.standing

    def bring_about(self, pending: Pending) -> Steps[None]:
        """Make the board show the pending move, by the robot's hand or a person's, and see that it does."""
        hand, move = self._hand, (pending.source, pending.target)
        tries = unclear = 0
        asked: str | None = None  # the board a person was asked about
        question = Question()
        before: str | None = None  # the look before this one, when only a steady board may be acted upon
        while True:
            if hand.last is None:
                hand.last = yield from self._sight.look_twice()
            reading, hand.last = hand.last, None
            seen = fen_order_to_board(reading.labels)
            if hand.held and hand.held.source is not None and seen[hand.held.source] == hand.held.piece:
                hand.held = None  # it was never picked up
            held = hand.held.piece if hand.held else None
            answer = mend(seen, pending.before, move, held=held, touched=pending.touched)
            offsets: Offsets = {}
            if isinstance(answer, (Agreed, Mending)):
                offsets = cast(Offsets, (yield Measure(_worth_measuring(answer, seen, pending))))
            if isinstance(answer, Agreed) and tries < OWN_TRIES:
                answer = mend(seen, pending.before, move, touched=pending.touched, offsets=offsets)
            if isinstance(answer, Agreed) or (held is None and self._answered(seen, move)):
                record = move_record(self._standing, self._versions, pending.move, reading)
                yield Write("seen", {**record, "offsets": rounded(offsets, move)})
                self._standing.push(pending.move)
                if isinstance(answer, Agreed):
                    yield Agree(self._standing.game.position, reading.frame_hash)
                hand.last = reading
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
                    yield from hand.listen(PATIENCE_S)
                continue
            if isinstance(answer, Unclear) and unclear < UNCLEAR_LOOKS:
                unclear += 1
                yield from hand.listen(PATIENCE_S)
                continue
            if hand.held is not None and not isinstance(answer, Unclear):
                # Nothing explains the board around the carried piece: lay it down where a person can take it.
                aside = Mending((Errand(hand.held.piece, None, None, "aside"),))
                if self._room(aside):
                    yield from self._carry_out(aside, seen, offsets)
                    continue
            asked = seen
            if question.is_due(seen, hand.now_us):
                goal = apply_move(pending.before, *move)
                yield Light(Led.QUESTION)
                yield from self._sight.ask(reading, goal, "restore")
            yield from hand.listen(PATIENCE_S)

    def _answered(self, seen: str, move: tuple[int, int]) -> bool:
        """Whether the board shows the pending move and one legal answer to it: a quick opponent."""
        pending = self._standing.pending
        if pending is None or "?" in seen:
            return False
        after = self._standing.game.position.after(Move.from_uci(pending.move))
        goal = apply_move(pending.before, *move)
        return any(
            apply_move(goal, square_index(reply.uci()[:2]), square_index(reply.uci()[2:4])) == seen
            for reply in after.legal_moves()
        )

    def _room(self, mending: Mending) -> bool:
        to_tray = sum(errand.target is None for errand in mending.errands)
        return self._standing.tray_used + to_tray <= TRAY_SLOTS

    def _carry_out(self, mending: Mending, seen: str, offsets: Offsets) -> Steps[None]:
        """Plan and carry errands one after the other; after a stop, come back parked with the rest undone."""
        request = Plan(mending.errands, seen, offsets, self._standing.tray_used)
        plan = cast(tuple[Carry, ...], (yield request))
        yield Light(Led.MOVING)
        cleared: set[int] = set()
        for carry in plan:
            errand = carry.errand
            if errand.target in cleared and not (yield from self._is_free(errand.target)):
                break
            if errand.source is not None:
                if not (yield from self._hand.did(Fetch(carry), Held(errand.piece, errand.source))):
                    return
                yield Write("lifted", carry_record(self._standing, errand))
                self._hand.held = Held(errand.piece, errand.source)
                self._standing.lifted(errand.piece, errand.source, errand.why)
            if not (yield from self._hand.did(PutDown(carry), Held(errand.piece, errand.source))):
                return
            self._hand.held = None
            yield Write("placed", carry_record(self._standing, errand))
            self._standing.placed(errand.target is None)
            if errand.target is None and errand.source is not None:
                cleared.add(errand.source)
        yield from self._hand.park()

    def _is_free(self, square: int) -> Steps[bool]:
        """Whether the point just cleared is really free: a piece the magnet missed must not be stacked upon.

        The arm is beside the board and may hide the point; then it parks first.
        """
        first = yield from self._sight.look()
        second = yield from self._sight.look()
        if all(fen_order_to_board(reading.labels)[square] == "." for reading in (first, second)):
            return True
        yield from self._hand.park()
        # The picture comes to rest only after the arm has: a few looks until the point can be told.
        for _ in range(UNCLEAR_LOOKS):
            seen = fen_order_to_board((yield from self._sight.look_twice()).labels)[square]
            if seen != "?":
                return seen == "."
        return False


def _worth_measuring(answer: Agreed | Mending, seen: str, pending: Pending) -> tuple[int, ...]:
    """What is to be picked up and what stands next to where it goes; after the move, only the piece moved."""
    if isinstance(answer, Agreed):
        return (pending.target,)
    squares = {errand.source for errand in answer.errands if errand.source is not None}
    for errand in answer.errands:
        if errand.target is not None:
            squares |= {square for square in neighbours(errand.target) if seen[square].isalpha()}
    return tuple(sorted(squares))


def neighbours(square: int) -> list[int]:
    """The points around a point."""
    file, rank = square % 9, square // 9
    return [
        r * 9 + f
        for r in range(max(rank - 1, 0), min(rank + 2, 10))
        for f in range(max(file - 1, 0), min(file + 2, 9))
        if (f, r) != (file, rank)
    ]
