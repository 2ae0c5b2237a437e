"""Expansion of segments into FIFO words, one cell of real time (2 ms) after the other.

A FIFO word is direction (bit 0), step (bit 1) and the delay before the edge in ticks of 1/8 us (bits 2-31).
Every cell of every axis is padded with a word that only waits, so the three timelines stay together. Two
edges are at least `LEAST_DELAY` ticks apart because the PIO needs that long for a word; what a delay gains
so, or what is too short to be waited at the end of a cell, is carried to the next delay.

`expand` is the hot loop: viper on a controller, where `int` has 32 bits. All its intermediate values fit
31 bits: acc_q12 and its increments by `Segment.invalid`, (p - o) * CELL by o <= p < o + d, d <= CELL.
"""

import sys
from array import array

from firmware.queue import AXIS0, FLAGS
from firmware.wire.messages import SEGMENT_LAST
from safety.bounds import SIGN_SHIFT
from safety.braking import CELL_TICKS
from safety.segment import AXES

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

    ptr32 = None

LEAST_DELAY = 8
WORDS = 768
# Room that a cell needs: twice what the fastest axis that any limits allow makes in 2 ms.
CELL_WORDS = 400

# State of an axis, for `expand`.
FIELD = 0
NEXT = 1
ACC = 2
INTERVAL = 3
OFFSET = 4
PATH = 5
PREVIOUS = 6
COUNT = 7
ROOM = 8
SIGN = 9
STATE_SIZE = 10


@micropython.viper
def expand(fields: ptr32, state: ptr32, words: ptr32) -> int:
    """Write the words of all steps of one axis that fall in the cell; returns how many.

    `state[FIELD]` index of the axis' four integers in `fields`; `state[NEXT]`, `[ACC]`, `[INTERVAL]` the next
    step, its q12 time after `first` and the q12 interval behind it; `state[OFFSET]` path ticks from the start
    of the segment to the start of the cell (may be negative), `state[PATH]` path ticks of the cell;
    `state[PREVIOUS]` ticks of the last edge in the cell; `state[COUNT]` words written so far.
    """
    sign = int(state[9])
    at = int(state[0])
    steps = int(fields[at]) << sign >> sign
    bits = 3
    if steps < 0:
        steps = 0 - steps
        bits = 2
    first = int(fields[at + 1])
    add = int(fields[at + 3]) << sign >> sign
    k = int(state[1])
    acc = int(state[2])
    interval = int(state[3]) << sign >> sign
    offset = int(state[4]) << sign >> sign
    path = int(state[5])
    previous = int(state[6]) << sign >> sign
    n = int(state[7])
    room = int(state[8])
    begin = n
    while k < steps and n < room:
        p = first + (acc >> 12) - offset
        if p >= path:
            break
        t = p * 16000 // path
        if t < previous + 8:  # noqa: PLR1730 - a call to max() would leave viper for the interpreter
            t = previous + 8
        words[n] = ((t - previous) << 2) | bits
        previous = t
        n += 1
        k += 1
        acc += interval
        interval += add
    state[1] = k
    state[2] = acc
    state[3] = interval
    state[6] = previous
    state[7] = n
    return n - begin


class Expander:
    """Expands the head of a `SegmentQueue`; `position` counts every step that was written (usteps).

    `words[axis]` (array of 32-bit words) and `written(axis)` hold what `cell` wrote since `clear_words`.
    """

    def __init__(self, queue):
        self.queue = queue
        self.position = array("i", [0, 0, 0])
        self.words = [array("I", [0] * WORDS) for _ in range(AXES)]
        self._state = [array("i", [0] * STATE_SIZE) for _ in range(AXES)]
        self._offset = 0
        for state in self._state:
            state[ROOM] = WORDS - 1
            state[SIGN] = SIGN_SHIFT

    def clear_words(self):
        """Begin a new batch of words."""
        for state in self._state:
            state[COUNT] = 0

    def written(self, axis):
        """Words of `axis` in this batch."""
        return self._state[axis][COUNT]

    def has_room(self):
        """Whether another cell fits into this batch on every axis."""
        return max(self._state[axis][COUNT] for axis in range(AXES)) <= WORDS - CELL_WORDS

    def begin(self):
        """The first segment of the queue begins a motion: the cell starts where it starts."""
        self._offset = 0
        for axis in range(AXES):
            self._state[axis][PREVIOUS] = 0
        self._load()

    def _load(self):
        base = self.queue.base()
        fields = self.queue.fields
        for axis in range(AXES):
            state = self._state[axis]
            at = base + AXIS0 + 4 * axis
            state[FIELD] = at
            state[NEXT] = 0
            state[ACC] = 0
            state[INTERVAL] = fields[at + 2]

    @micropython.native
    def cell(self, path):
        """Expand `path` ticks of path time into one cell; returns True when the motion's end lies in it.

        A queue that ends in the cell without the end of a motion raises RuntimeError: the caller keeps the
        invariant that it never does.
        """
        queue = self.queue
        fields = queue.fields
        ended = False
        while True:
            for axis in range(AXES):
                state = self._state[axis]
                state[OFFSET] = self._offset
                state[PATH] = path
                steps = expand(fields, state, self.words[axis])
                if steps:
                    self.position[axis] += steps if fields[state[FIELD]] > 0 else -steps
            base = queue.base()
            duration = fields[base]
            left = duration - self._offset
            if left > path:
                self._offset += path
                queue.ticks -= min(path, self._offset)
                break
            queue.ticks -= min(left, duration)
            last = fields[base + FLAGS] & SEGMENT_LAST
            queue.pop()
            self._offset -= duration
            if last:
                ended = True
                break
            if queue.count == 0:
                raise RuntimeError("the queue ended in motion")
            self._load()
        for axis in range(AXES):
            state = self._state[axis]
            rest = CELL_TICKS - state[PREVIOUS]
            if rest >= LEAST_DELAY:
                n = state[COUNT]
                self.words[axis][n] = rest << 2
                state[COUNT] = n + 1
                state[PREVIOUS] = 0
            else:
                state[PREVIOUS] = -rest
        return ended
