"""Braking by time-scaling: path time runs at a rate that falls from 1 to 0 on one fixed curve.

With u = t / T and T = 0.25 s the rate is r(u) = 1 - 3 u^2 + 2 u^3. Its slope is continuous and zero at
both ends (jerk-limited), at most 1.5 / T. The path time used is P(u) = T (u - u^3 + u^4 / 2), T / 2 in all.
Resuming runs the same curve backwards. Slowing (a person came near) runs it from 1 to a share that stays
until the path ends; it multiplies whatever braking and resuming do meanwhile.

Real time is cut into cells of 2 ms. Inside a cell the rate is constant, so a step at path time p in the
cell falls at (p - P_i) * CELL / (P_i+1 - P_i) of real time: the inverse of P, and every product fits 31 bits.
"""

import sys
from array import array

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

    ptr32 = None

CELL_TICKS = 16000
CELL_US = 2000
CELLS = 125
PATH_TICKS = 1000000

RUNNING = 0
BRAKING = 1
RESTING = 2
RESUMING = 3

# Peaks of r'(u) in 1/s and r(u)^2 in 1/256 at u = 0, 0.2, 0.3, 0.4, 0.5: what braking adds to a path's
# own deceleration is at most the largest r^2 a + r' v among them (the maximum is flat).
STOP_MIX = ((256, 0), (206, 384), (158, 504), (108, 576), (64, 600))
# The most that braking adds where the path itself does not slow.
STEEPEST = max([rate for _, rate in STOP_MIX])


def _path(cell):
    n3 = CELLS * CELLS * CELLS
    c3 = cell * cell * cell
    return PATH_TICKS * (2 * cell * n3 - 2 * c3 * CELLS + c3 * cell) // (n3 * CELLS)


TABLE = array("i", [_path(cell) for cell in range(CELLS + 1)])


# State of a rate, for `next_path`. A brake is asked for, not made: where cells are expanded in an interrupt,
# it changes mode and cell between two of them.
MODE = 0
_CELL = 1
_GIVEN_UP = 2
_SLOWING = 3
_ASKED = 4


@micropython.viper
def next_path(state: ptr32, table: ptr32) -> int:
    """Path ticks of the next cell of real time; moves `state` on along the curves of `table`."""
    mode = int(state[0])
    cell = int(state[1])
    if int(state[4]):
        state[4] = 0
        if mode == 0:
            cell = 0
            mode = 1
        if mode == 3:
            cell = 125 - cell
            mode = 1
        state[0] = mode
    path = 16000
    if mode == 1:  # BRAKING
        path = int(table[cell + 1]) - int(table[cell])
        state[1] = cell + 1
        if cell == 124:
            state[0] = 2
    elif mode == 2:  # RESTING
        path = 0
    elif mode == 3:  # RESUMING
        path = int(table[125 - cell]) - int(table[124 - cell])
        state[1] = cell + 1
        if cell == 124:
            state[0] = 0
            state[1] = 0
    given_up = int(state[2])
    if given_up == 0:
        return path
    fallen = 16000
    slowing = int(state[3])
    if slowing < 125:
        fallen -= int(table[slowing + 1]) - int(table[slowing])
        state[3] = slowing + 1
    return path * (16000 - ((fallen * given_up) >> 8)) // 16000


class Rate:
    """The rate at which path time runs. `mode` is RUNNING, BRAKING, RESTING or RESUMING."""

    def __init__(self):
        self.state = array("i", [RUNNING, 0, 0, 0, 0])

    @property
    def mode(self):
        """RUNNING, BRAKING, RESTING or RESUMING."""
        mode = self.state[MODE]
        return BRAKING if self.state[_ASKED] and mode in (RUNNING, RESUMING) else mode

    def reset(self):
        """Full rate again, for the next motion, which starts at rest by itself."""
        for i in range(5):
            self.state[i] = 0

    def slow(self, share_256):
        """Fall to `share_256` / 256 of the full rate for the rest of the path; the first call counts."""
        if self.state[_GIVEN_UP] == 0:
            self.state[_GIVEN_UP] = 256 - share_256

    def brake(self):
        """Begin to brake; while resuming, turn round at the rate that is reached."""
        self.state[_ASKED] = 1

    def rest(self):
        """At rest before the first cell: what braking would come to there."""
        self.state[_ASKED] = 0
        self.state[MODE] = RESTING

    def resume(self):
        """Begin to run again; only from rest. Returns True when it began."""
        state = self.state
        if state[MODE] != RESTING:
            return False
        state[_ASKED] = 0
        state[_CELL] = 0
        state[MODE] = RESUMING
        return True

    def path_to_rest(self):
        """Path ticks that are used from here until rest if braking begins or goes on now."""
        mode = self.state[MODE]
        if mode == RUNNING:
            return PATH_TICKS
        if mode == BRAKING:
            return PATH_TICKS - TABLE[self.state[_CELL]]
        if mode == RESUMING:
            return PATH_TICKS - TABLE[CELLS - self.state[_CELL]]
        return 0

    def next_cell(self):
        """Path ticks of the next cell of real time; moves on along the curves."""
        return next_path(self.state, TABLE)
