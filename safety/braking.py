"""Braking by time-scaling: path time runs at a rate that falls from 1 to 0 on one fixed curve.

With u = t / T and T = 0.25 s the rate is r(u) = 1 - 3 u^2 + 2 u^3. Its slope is continuous and zero at
both ends (jerk-limited), at most 1.5 / T. The path time used is P(u) = T (u - u^3 + u^4 / 2), T / 2 in all.
Resuming runs the same curve backwards. Slowing (a person came near) runs it from 1 to a share that stays
until the path ends; it multiplies whatever braking and resuming do meanwhile.

Real time is cut into cells of 2 ms. Inside a cell the rate is constant, so a step at path time p in the
cell falls at (p - P_i) * CELL / (P_i+1 - P_i) of real time: the inverse of P, and every product fits 31 bits.
"""

from array import array

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


class Rate:
    """The rate at which path time runs. `mode` is RUNNING, BRAKING, RESTING or RESUMING."""

    def __init__(self):
        self.mode = RUNNING
        self._cell = 0
        self._given_up = 0
        self._slowing = 0

    def reset(self):
        """Full rate again, for the next motion, which starts at rest by itself."""
        self.mode = RUNNING
        self._cell = 0
        self._given_up = 0
        self._slowing = 0

    def slow(self, share_256):
        """Fall to `share_256` / 256 of the full rate for the rest of the path; the first call counts."""
        if self._given_up == 0:
            self._given_up = 256 - share_256

    def brake(self):
        """Begin to brake; while resuming, turn round at the rate that is reached."""
        if self.mode == RUNNING:
            self._cell = 0
            self.mode = BRAKING
        elif self.mode == RESUMING:
            self._cell = CELLS - self._cell
            self.mode = BRAKING

    def resume(self):
        """Begin to run again; only from rest. Returns True when it began."""
        if self.mode != RESTING:
            return False
        self._cell = 0
        self.mode = RESUMING
        return True

    def path_to_rest(self):
        """Path ticks that are used from here until rest if braking begins or goes on now."""
        if self.mode == RUNNING:
            return PATH_TICKS
        if self.mode == BRAKING:
            return PATH_TICKS - TABLE[self._cell]
        if self.mode == RESUMING:
            return PATH_TICKS - TABLE[CELLS - self._cell]
        return 0

    def next_cell(self):
        """Path ticks of the next cell of real time; moves on along the curves."""
        path = self._unslowed_cell()
        if self._given_up == 0:
            return path
        fallen = CELL_TICKS
        if self._slowing < CELLS:
            fallen -= TABLE[self._slowing + 1] - TABLE[self._slowing]
            self._slowing += 1
        return path * (CELL_TICKS - (fallen * self._given_up >> 8)) // CELL_TICKS

    def _unslowed_cell(self):
        if self.mode == RUNNING:
            return CELL_TICKS
        if self.mode == RESTING:
            return 0
        cell = self._cell
        self._cell = cell + 1
        if self.mode == BRAKING:
            path = TABLE[cell + 1] - TABLE[cell]
            if self._cell == CELLS:
                self.mode = RESTING
            return path
        path = TABLE[CELLS - cell] - TABLE[CELLS - cell - 1]
        if self._cell == CELLS:
            self.mode = RUNNING
            self._cell = 0
        return path
