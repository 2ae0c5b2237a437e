"""Plays the segment queue: starts motions, hands out steps (never more than 10 ms ahead), brakes, resumes.

The steps do not wait for the loop: the board calls `play` every millisecond or two, a Pico in an interrupt,
in the middle of whatever the loop or a garbage collection is doing. `play` therefore allocates nothing, and
what both sides change is changed by the loop either while nothing plays or in one store. Nothing holds the
interrupt off. A loop that has not turned for `DESERTED_US` cannot stop the arm any more, so `play` brakes by
itself.

Time of a run (from a start or resume to rest) is counted in cells of 2 ms from the start of the PIO.
"""

import sys
from array import array

from firmware.queue import DEADLINE, MOTION, SegmentQueue
from firmware.steps import DRY, ENDED, GOING_ON, HORIZON, WORDS, Expander
from safety import liveness, ticks
from safety.axes import AXES
from safety.braking import CELL_US, MODE, RESTING, RESUMING, TABLE, Rate, next_path

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

AHEAD_US = 10000
# Longer than a collection and the longest loop together.
DESERTED_US = 60000
# The PIO waits for good when all is played, and the end is not known better than this.
STALL_US = 1000

IDLE = 0
PLAYING = 1
ENDING = 2
HELD = 3
ARMED = 4


class Player:
    """One arm's motion.

    `mode`: IDLE, ARMED (begins by itself at its instant), PLAYING, ENDING (all written, not all executed) or
    HELD (at rest on the path, resumable). `motion` is the motion under way. `late` becomes True when the PIO
    ran dry in motion, `deserted` when the loop stood still and the path was braked for it.
    """

    def __init__(self, board):
        self.queue = SegmentQueue()
        self.rate = Rate()
        self.expander = Expander(self.queue)
        self._state = self.expander.state
        self.mode = IDLE
        self.motion = 0
        self.late = False
        self.deserted = False
        self._board = board
        self._turned_at = 0
        self._start_at = 0
        # What the last cell said, and whether it was the last one before a rest.
        self._last = GOING_ON
        self._all = False
        self._position = array("i", [0] * AXES)
        self._executed = array("i", [0] * AXES)
        board.plays(self.play)

    def position(self):
        """Steps handed out, by axis (usteps); exact at rest."""
        for axis in range(AXES):
            self._position[axis] = self.expander.position(axis)
        return self._position

    def set_position(self, usteps):
        """Say where the arm is; only while IDLE."""
        self.expander.set_position(usteps)

    def direction(self, axis):
        """Sign of the newest steps of `axis`."""
        return self.expander.direction(axis)

    def at_rest(self):
        """Whether no step is under way."""
        return self.mode != PLAYING and self.mode != ENDING  # noqa: PLR1714 - a tuple would be made anew

    def start_due(self, now_us):
        """Whether a motion waits whose start time has come, or is so near that it is to be armed."""
        queue = self.queue
        return (
            self.mode == IDLE
            and queue.count() > 0
            and ticks.diff(queue.start_us(), now_us) <= self._board.arming_us
            and not self.short()
        )

    def stale(self, now_us):
        """Whether the motion that waits at the head of the queue may not start any more."""
        queue = self.queue
        if self.mode != IDLE or queue.count() == 0:
            return False
        return ticks.diff(queue.fields[queue.base() + DEADLINE], now_us) < 0

    def start(self, now_us):
        """Let the motion at the head of the queue begin: at its start time, or now when that is past."""
        queue = self.queue
        self.motion = queue.fields[queue.base() + MOTION]
        self.rate.reset()
        self.expander.begin()
        self._start_at = queue.start_us() if ticks.diff(queue.start_us(), now_us) > 0 else now_us
        self._turned_at = now_us
        self.mode = ARMED

    def brake(self):
        """Come to rest on the path."""
        if self.mode == PLAYING:
            self.rate.brake()
        elif self.mode == ARMED:
            # Should it begin in between, it stands still again 10 ms later, with hardly any speed by then.
            self.mode = HELD
            self.rate.rest()

    def slow(self, share_256):
        """Run the rest of the path at `share_256` / 256 of its speed."""
        if self.mode != IDLE:
            self.rate.slow(share_256)

    def may_resume(self):
        """Whether enough path is queued to begin again."""
        queue = self.queue
        return self.mode != HELD or not liveness.queue_short(queue.ticks(), 0, queue.rests() > 0, True)

    def resume(self, now_us):
        """Go on along the path after a hold."""
        if self.mode == HELD and self.rate.resume():
            self._turned_at = now_us
            self._run(now_us)

    def drop(self):
        """Forget the path; the position stays. Only at rest."""
        self.mode = IDLE
        self.queue.clear()
        self.rate.reset()

    def abort(self, now_us):
        """Forget the path and what was handed out; the position becomes an estimate."""
        moved = not self.at_rest()
        executed = self.executed(now_us)
        # From here on `play` leaves the board alone.
        self.mode = IDLE
        self._board.abort()
        if moved:
            self.expander.set_position(executed)
        self.drop()

    def short(self):
        """Whether the queue breaks the invariant: it neither ends at rest nor holds path to brake on."""
        queue = self.queue
        rate = self.rate
        return liveness.queue_short(
            queue.ticks(), rate.path_to_rest(), queue.rests() > 0, rate.mode == RESUMING
        )

    def runs_short(self):
        """Whether the path under way breaks it.

        The mode is asked last: if the end was handed out in between, the queue looked short only for that.
        """
        return self.short() and self.mode == PLAYING

    def turned(self, now_us):
        """The loop begins another turn."""
        self._turned_at = now_us

    def step(self, now_us):
        """Once a loop; returns True in the step in which a motion came to its end.

        Raises RuntimeError when the queue ended in motion, which its invariant forbids.
        """
        if self._last == DRY:
            raise RuntimeError("the queue ended in motion")
        if self.mode == ENDING and ticks.diff(now_us, self._state[HORIZON]) >= 0:
            held = self.rate.mode == RESTING and self._last != ENDED
            self.mode = HELD if held else IDLE
            return not held
        return False

    @micropython.native
    def play(self, now_us):
        """Hand out the cells that are due. Called by the board; allocates nothing."""
        mode = self.mode
        if mode == ARMED:
            if ticks.diff(self._start_at, now_us) <= self._board.lead_us:
                self._run(self._start_at)
            return
        if mode != PLAYING and mode != ENDING:  # noqa: PLR1714 - a tuple would be made anew
            return
        behind = ticks.diff(now_us, self._state[HORIZON])
        if behind < -STALL_US and self._board.starved():
            self.late = True
        if mode == PLAYING:
            if behind > 0:
                self.late = True
            elif not self.late:
                if ticks.diff(now_us, self._turned_at) > DESERTED_US:
                    self.deserted = True
                    self.rate.brake()
                self._fill(now_us)
                if self._all:
                    self.mode = ENDING
        self._board.feed()

    def executed(self, now_us):
        """Positions (usteps) that are due by `now_us`; linear inside a cell."""
        if self.at_rest():
            for axis in range(AXES):
                self._executed[axis] = self.expander.position(axis)
        else:
            self.expander.executed(now_us, self._executed)
        return self._executed

    def _run(self, at_us):
        board = self._board
        self.late = False
        self.deserted = False
        self._last = GOING_ON
        self._all = False
        self.expander.restart()
        state = self._state
        state[HORIZON] = at_us
        self._fill(at_us)
        # The steps begin when the machines do.
        state[HORIZON] = ticks.add(state[HORIZON], ticks.diff(board.start(at_us), at_us))
        self.mode = ENDING if self._all else PLAYING

    @micropython.native
    def _fill(self, now_us):
        expander = self.expander
        rate = self.rate.state
        board = self._board
        words = expander.words
        horizon = self._state[HORIZON]
        while ticks.diff(horizon, now_us) <= AHEAD_US - CELL_US:
            last = expander.cell(next_path(rate, TABLE))
            horizon = ticks.add(horizon, CELL_US)
            # Every cell has a word that waits, so no axis is without.
            board.give(0, words, 0, expander.written(0))
            board.give(1, words, WORDS, expander.written(1))
            board.give(2, words, 2 * WORDS, expander.written(2))
            if last != GOING_ON or rate[MODE] == RESTING:
                self._last = last
                self._all = True
                break
        self._state[HORIZON] = horizon
