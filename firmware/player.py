"""Plays the segment queue: starts motions, keeps the PIO fed (never more than 15 ms ahead), brakes, resumes.

Time of a run (from a start or resume to rest) is counted in cells of 2 ms from the loop that carried the
PIO start. `executed` tells where the steps are that are due by now, from the cells of the last 16 ms.
"""

from array import array

from firmware.queue import DEADLINE, MOTION, SegmentQueue
from firmware.steps import Expander
from safety import liveness, ticks
from safety.braking import CELL_US, RESTING, RESUMING, Rate
from safety.segment import AXES

AHEAD_US = 15000
# With less than this ahead at the beginning of a loop the steps come before everything else.
URGENT_US = 9000
_HISTORY = 16

IDLE = 0
PLAYING = 1
ENDING = 2
HELD = 3


class Player:
    """One arm's motion. `mode`: IDLE, PLAYING, ENDING (all written, not all executed) or HELD (at rest on
    the path, resumable). `motion` is the motion under way. `direction` holds the sign of each axis' newest
    steps. `late` becomes True when the PIO ran dry in motion.
    """

    def __init__(self, board):
        self.queue = SegmentQueue()
        self.rate = Rate()
        self.expander = Expander(self.queue)
        self.mode = IDLE
        self.motion = 0
        self.late = False
        self.direction = array("i", [0] * AXES)
        self._board = board
        self._horizon = 0
        self._cells = 0
        self._ended = False
        self._history = array("i", [0] * (AXES * _HISTORY))
        self._executed = array("i", [0] * AXES)

    def position(self):
        """Steps handed out, by axis (usteps); exact at rest."""
        return self.expander.position

    def set_position(self, usteps):
        """Say where the arm is; only while IDLE."""
        for axis in range(AXES):
            self.expander.position[axis] = usteps[axis]
        self._cells = 0

    def at_rest(self):
        """Whether no step is under way."""
        return self.mode == IDLE or self.mode == HELD  # noqa: PLR1714 - a tuple would be made anew in each loop

    def start_due(self, now_us):
        """Whether a motion waits whose start time has come."""
        queue = self.queue
        return (
            self.mode == IDLE
            and queue.count > 0
            and ticks.diff(now_us, queue.starts[queue.head]) >= 0
            and not self.short()
        )

    def stale(self, now_us):
        """Whether the motion that waits at the head of the queue may not start any more."""
        queue = self.queue
        if self.mode != IDLE or queue.count == 0:
            return False
        return ticks.diff(queue.fields[queue.base() + DEADLINE], now_us) < 0

    def start(self, now_us):
        """Begin the motion at the head of the queue."""
        self.motion = self.queue.fields[self.queue.base() + MOTION]
        self.rate.reset()
        self.expander.begin()
        self._run(now_us)

    def brake(self):
        """Come to rest on the path."""
        if self.mode == PLAYING:
            self.rate.brake()

    def slow(self, share_256):
        """Run the rest of the path at `share_256` / 256 of its speed."""
        if self.mode in (PLAYING, HELD):
            self.rate.slow(share_256)

    def may_resume(self):
        """Whether enough path is queued to begin again."""
        return self.mode != HELD or not liveness.queue_short(self.queue.ticks, 0, self.queue.rests > 0, True)

    def resume(self, now_us):
        """Go on along the path after a hold."""
        if self.mode == HELD and self.rate.resume():
            self._run(now_us)

    def drop(self):
        """Forget the path; the position stays. Only at rest."""
        self.queue.clear()
        self.rate.reset()
        self.mode = IDLE

    def abort(self, now_us):
        """Forget the path and what was handed out; the position becomes an estimate."""
        if not self.at_rest():
            executed = self.executed(now_us)
            for axis in range(AXES):
                self.expander.position[axis] = executed[axis]
        self._board.abort()
        self._cells = 0
        self.drop()

    def short(self):
        """Whether the queue breaks the invariant: it neither ends at rest nor holds path to brake on."""
        queue = self.queue
        rate = self.rate
        return liveness.queue_short(queue.ticks, rate.path_to_rest(), queue.rests > 0, rate.mode == RESUMING)

    def step(self, now_us):
        """Hand out the cells that are due; returns True in the step in which a motion came to its end."""
        if self.mode == PLAYING:
            # What this loop has taken so far is gone from the steps that were handed out.
            self._go_on(ticks.add(now_us, self._board.spent_us()))
        elif self.mode == ENDING and ticks.diff(now_us, self._horizon) >= 0:
            held = self.rate.mode == RESTING and not self._ended
            self.mode = HELD if held else IDLE
            return not held
        return False

    def keep_up(self, now_us):
        """At the beginning of a loop: hand out cells when the loop before took long."""
        if self.mode == PLAYING and ticks.diff(self._horizon, now_us) < URGENT_US:
            self._go_on(now_us)

    def _go_on(self, now_us):
        if ticks.diff(now_us, self._horizon) > 0:
            self.late = True
        elif not self.late:
            self._fill(now_us)

    def executed(self, now_us):
        """Positions (usteps) that are due by `now_us`; linear inside a cell."""
        position = self.expander.position
        behind = ticks.diff(self._horizon, now_us)
        if self._cells == 0 or behind <= 0 or self.at_rest():
            for axis in range(AXES):
                self._executed[axis] = position[axis]
            return self._executed
        cell = min(self._cells - 1, _HISTORY - 2, (behind - 1) // CELL_US)
        into = CELL_US - (behind - cell * CELL_US)
        first = self._cells - 1 - cell
        for axis in range(AXES):
            begin = self._history[(first % _HISTORY) * AXES + axis]
            end = position[axis] if cell == 0 else self._history[((first + 1) % _HISTORY) * AXES + axis]
            self._executed[axis] = begin + (end - begin) * max(0, into) // CELL_US
        return self._executed

    def _run(self, now_us):
        self.mode = PLAYING
        self.late = False
        self._ended = False
        self._cells = 0
        # The steps begin when this loop ends, not when it began.
        self._horizon = ticks.add(now_us, self._board.spent_us())
        self._board.start()
        self._fill(self._horizon)

    def _fill(self, now_us):
        expander = self.expander
        expander.clear_words()
        position = expander.position
        while ticks.diff(self._horizon, now_us) <= AHEAD_US - CELL_US and expander.has_room():
            at = (self._cells % _HISTORY) * AXES
            for axis in range(AXES):
                self._history[at + axis] = position[axis]
            self._ended = expander.cell(self.rate.next_cell())
            for axis in range(AXES):
                steps = position[axis] - self._history[at + axis]
                self.direction[axis] = (steps > 0) - (steps < 0)
            self._cells += 1
            self._horizon = ticks.add(self._horizon, CELL_US)
            if self._ended or self.rate.mode == RESTING:
                self.mode = ENDING
                break
        for axis in range(AXES):
            n = expander.written(axis)
            if n:
                self._board.give(axis, expander.words[axis], n)
