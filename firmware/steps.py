"""Expansion of segments into FIFO words, one cell of real time (2 ms) after the other.

A FIFO word is direction (bit 0), step (bit 1) and the delay before the edge in ticks of 1/8 us (bits 2-31).
Every cell of every axis is padded with a word that only waits, so the three timelines stay together. Two
edges are at least `LEAST_DELAY` ticks apart because the PIO needs that long for a word; what a delay gains
so, or what is too short to be waited at the end of a cell, is carried to the next delay.

`expand_cell` and `executed` are viper on a controller, where `int` has 32 bits, and allocate nothing: a Pico
calls them in an interrupt. All intermediate values of the first fit 31 bits: acc_q12 and its increments by
`Segment.invalid`, (p - o) * CELL by o <= p < o + d, d <= CELL.
"""

import sys
from array import array

from safety.axes import AXES
from safety.bounds import SIGN_SHIFT

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

    ptr32 = None

LEAST_DELAY = 8
# Room for the words of an axis: twice what the fastest one that any limits allow makes in 2 ms.
WORDS = 400
# Cells whose beginnings are remembered: more than are handed out ahead.
HISTORY = 16

# What `expand_cell` returns.
GOING_ON = 0
ENDED = 1
DRY = 2

# State of an expander. OFFSET: path ticks from the start of the first segment to the start of the cell (may
# be negative); PATH: path ticks of the cell; CELLS: cells since `begin`; LIMIT: words an axis may have.
OFFSET = 0
PATH = 1
CELLS = 2
LIMIT = 3
SIGN = 4
# Then five numbers an axis: the next step, its q12 time after `first` and the q12 interval behind it, ticks
# of the last edge in the cell (or what it owes, negative), words of the cell.
AXIS = 5
AXIS_SIZE = 5
PREVIOUS = 3
COUNT = 4
# Then the position of each axis, and those at the beginnings of the last cells.
POSITION = 20
PAST = 23
# Then when all cells will have been played, ticks of `safety.ticks`.
HORIZON = PAST + AXES * HISTORY
STATE_SIZE = HORIZON + 1


@micropython.viper
def expand_cell(ring: ptr32, fields: ptr32, state: ptr32, words: ptr32) -> int:
    """Expand `state[PATH]` path ticks of the queue into the words of one cell, all axes.

    `ring` and `fields` are a `SegmentQueue`'s. Returns ENDED when the motion's end lies in the cell, DRY when
    the queue ended without one (the caller keeps the invariant that it never does), else GOING_ON.
    """
    sign = int(state[4])
    path = int(state[1])
    offset = int(state[0]) << sign >> sign
    cells = int(state[2])
    past = 23 + 3 * (cells & 15)
    axis = 0
    while axis < 3:
        state[past + axis] = state[20 + axis]
        state[9 + 5 * axis] = 0
        axis += 1
    state[2] = cells + 1
    result = 0
    more = 1
    while more:
        head = int(ring[7])
        base = head << 4
        axis = 0
        while axis < 3:
            at = base + 1 + (axis << 2)
            steps = int(fields[at]) << sign >> sign
            if steps:
                bits = 3
                way = 1
                if steps < 0:
                    steps = 0 - steps
                    bits = 2
                    way = -1
                own = 5 + 5 * axis
                first = int(fields[at + 1])
                add = int(fields[at + 3]) << sign >> sign
                k = int(state[own])
                acc = int(state[own + 1])
                interval = int(state[own + 2]) << sign >> sign
                previous = int(state[own + 3]) << sign >> sign
                n = int(state[own + 4])
                room = int(state[3])
                row = 400 * axis
                made = k
                while k < steps and n < room:
                    t = first + (acc >> 12) - offset
                    if t >= path:
                        break
                    if path != 16000:
                        t = t * 16000 // path
                    if t < previous + 8:
                        t = previous + 8
                    words[row + n] = ((t - previous) << 2) | bits
                    previous = t
                    n += 1
                    k += 1
                    acc += interval
                    interval += add
                state[own] = k
                state[own + 1] = acc
                state[own + 2] = interval
                state[own + 3] = previous
                state[own + 4] = n
                made = k - made
                state[20 + axis] = int(state[20 + axis]) + way * made
            axis += 1
        duration = int(fields[base])
        left = duration - offset
        if left > path:
            offset += path
            # A segment that began within this cell has used only what lies behind its start.
            used = path
            if offset < used:
                used = offset
            ring[6] = (int(ring[6]) + used) & 0x3FFFFFFF
            more = 0
        else:
            used = left
            if duration < used:
                used = duration
            ring[6] = (int(ring[6]) + used) & 0x3FFFFFFF
            last = int(fields[base + 13]) & 2
            head += 1
            if head == 64:
                head = 0
            ring[7] = head
            if last:
                ring[5] = (int(ring[5]) + 1) & 0x3FFFFFFF
            popped = (int(ring[4]) + 1) & 0x3FFFFFFF
            ring[4] = popped
            offset -= duration
            if last:
                result = 1
                more = 0
            elif popped == int(ring[0]):
                result = 2
                more = 0
            else:
                axis = 0
                while axis < 3:
                    own = 5 + 5 * axis
                    state[own] = 0
                    state[own + 1] = 0
                    state[own + 2] = fields[(head << 4) + 3 + (axis << 2)]
                    axis += 1
    state[0] = offset
    axis = 0
    while axis < 3:
        own = 5 + 5 * axis
        rest = 16000 - (int(state[own + 3]) << sign >> sign)
        if rest >= 8:
            n = int(state[own + 4])
            words[400 * axis + n] = rest << 2
            state[own + 4] = n + 1
            state[own + 3] = 0
        else:
            state[own + 3] = 0 - rest
        axis += 1
    return result


@micropython.viper
def executed(state: ptr32, now_us: int, out: ptr32):
    """Fill `out` with the positions that are due at `now_us`; linear inside a cell.

    Should a cell be expanded in the meantime, by an interrupt, it begins again.
    """
    sign = int(state[4])
    again = 1
    while again:
        cells = int(state[2])
        horizon = int(state[71])
        behind = (horizon - now_us) & 0x3FFFFFFF
        if cells == 0 or behind == 0 or behind & 0x20000000:
            # All of them are.
            cells = 0
            cell = 0
            into = 2000
        else:
            cell = (behind - 1) // 2000
            if cell > 14:
                cell = 14
            if cell > cells - 1:
                cell = cells - 1
            into = 2000 - (behind - cell * 2000)
            if into < 0:
                into = 0
        begins = 23 + 3 * ((cells - 1 - cell) & 15)
        ends = 20
        if cell > 0:
            ends = 23 + 3 * ((cells - cell) & 15)
        axis = 0
        while axis < 3:
            begin = int(state[begins + axis]) << sign >> sign
            end = int(state[ends + axis]) << sign >> sign
            out[axis] = begin + (end - begin) * into // 2000
            axis += 1
        again = 0
        if cells and int(state[2]) != cells:
            again = 1


class Expander:
    """Expands the head of a `SegmentQueue`.

    `words` (array of 32-bit words, `WORDS` an axis) and `written(axis)` hold what the last `cell` wrote.
    Every step that was written counts in `position(axis)`.
    """

    def __init__(self, queue):
        self.words = array("I", [0] * (AXES * WORDS))
        self.state = array("i", [0] * STATE_SIZE)
        self._queue = queue
        self.state[LIMIT] = WORDS - 1
        self.state[SIGN] = SIGN_SHIFT

    def position(self, axis):
        """Steps written so far (usteps)."""
        return self.state[POSITION + axis]

    def set_position(self, usteps):
        """Say where the axes are; only between motions."""
        for axis in range(AXES):
            self.state[POSITION + axis] = usteps[axis]
        self.restart()

    def direction(self, axis):
        """Sign of the steps of the newest cell."""
        state = self.state
        if state[CELLS] == 0:
            return 0
        made = state[POSITION + axis] - state[PAST + AXES * ((state[CELLS] - 1) % HISTORY) + axis]
        return (made > 0) - (made < 0)

    def restart(self):
        """The next cell is the first of a run."""
        self.state[CELLS] = 0

    def written(self, axis):
        """Words of `axis` in the last cell."""
        return self.state[AXIS + AXIS_SIZE * axis + COUNT]

    def begin(self):
        """The first segment of the queue begins a motion: the cell starts where it starts."""
        state = self.state
        base = self._queue.base()
        state[OFFSET] = 0
        for axis in range(AXES):
            own = AXIS + AXIS_SIZE * axis
            state[own] = 0
            state[own + 1] = 0
            state[own + 2] = self._queue.fields[base + 3 + 4 * axis]
            state[own + PREVIOUS] = 0

    def cell(self, path):
        """Expand `path` ticks of path time into one cell; returns GOING_ON, ENDED or DRY."""
        queue = self._queue
        self.state[PATH] = path
        return expand_cell(queue.ring, queue.fields, self.state, self.words)

    def executed(self, now_us, out):
        """Fill `out` (array of integers) with the positions that are due at `now_us`."""
        executed(self.state, now_us, out)
