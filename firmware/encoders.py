"""The joint encoders (AS5600, 4096 counts a turn) against the counted steps."""

COUNTS = 4096
_HALF = 2048
# 4096 * 65536 / (2 pi)
_SCALE = 42722830
STRIKES = 3


class Encoders:
    """Says what the encoders should read and finds missed steps and a moved arm."""

    def __init__(self, limits):
        self._zero = limits.encoder_zero
        self._sign = limits.encoder_sign
        self._per_rad = limits.usteps_per_rad
        self._tolerance = limits.encoder_tolerance_counts
        self._strikes = 0

    def expected(self, axis, usteps):
        """Counts (0-4095) that belong to `usteps` of a joint axis (0 shoulder, 1 elbow)."""
        turned = usteps * (_SCALE // self._per_rad[axis]) >> 16
        return (self._zero[axis] + self._sign[axis] * turned) % COUNTS

    def usteps(self, axis, counts):
        """Usteps of a joint axis that `counts` stand for, within half a turn of zero."""
        turned = self.distance(counts, self._zero[axis]) * self._sign[axis]
        return (turned << 16) // (_SCALE // self._per_rad[axis])

    @staticmethod
    def distance(a, b):
        """Signed counts from `b` to `a`, the short way round."""
        return (a - b + _HALF) % COUNTS - _HALF

    def agree(self, position, counts):
        """Whether both joints read what `position` (usteps) asks for, within the tolerance."""
        for axis in range(2):
            if abs(self.distance(counts[axis], self.expected(axis, position[axis]))) > self._tolerance:
                return False
        return True

    def strayed(self, position, counts):
        """Call about every 10 ms while the position is known: True after three bad readings in a row."""
        if self.agree(position, counts):
            self._strikes = 0
            return False
        self._strikes += 1
        return self._strikes >= STRIKES

    def slack_usteps(self, axis):
        """The tolerance in usteps of a joint axis."""
        return (self._tolerance << 16) // (_SCALE // self._per_rad[axis])
