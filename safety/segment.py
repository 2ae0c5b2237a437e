"""The Segment: a slice of path time and, for each axis, the times of its steps.

One class for planner, link and controller. All times are ticks of 1/8 us of path time, counted from
the start of the segment. Step k (0-based) of an axis falls at

    first + ((k * interval_q12 + add_q12 * k * (k - 1) // 2) >> 12)

The sign of `count` is the direction of all steps of that axis. The segments of a motion follow each
other without gap.
"""

from array import array

from safety.axes import AXES

MAX_DURATION_TICKS = 128000
MAX_COUNT = 32767

_LIMIT = 1 << 30
_WRAP = 1 << 31


def _folded(value):
    return value << 1 if value >= 0 else (-value << 1) - 1


def _append(out, value):
    if not 0 <= value < _WRAP:
        raise ValueError("%d does not fit the wire" % value)
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


class Segment:
    """A slice of path time; `count`, `first`, `interval_q12`, `add_q12` are lists of three (by axis).

    >>> s = Segment(8000, (2, 100, 4096 * 200, 0), (0, 0, 0, 0), (-1, 7999, 0, 0))
    >>> s.invalid(), s.step_time(0, 1)
    (None, 300)
    """

    def __init__(self, duration_ticks=8000, axis0=(0, 0, 0, 0), axis1=(0, 0, 0, 0), axis2=(0, 0, 0, 0)):
        axes = (axis0, axis1, axis2)
        self.duration_ticks = duration_ticks
        self.count = [axis[0] for axis in axes]
        self.first = [axis[1] for axis in axes]
        self.interval_q12 = [axis[2] for axis in axes]
        self.add_q12 = [axis[3] for axis in axes]

    def __eq__(self, other):
        return isinstance(other, Segment) and self.values() == other.values()

    def __hash__(self):
        return hash(tuple(self.values()))

    def __repr__(self):
        return "Segment(" + ", ".join(repr(part) for part in self.axes()) + ")"

    def axes(self):
        """The constructor's arguments: duration and three tuples (count, first, interval_q12, add_q12)."""
        return [self.duration_ticks] + [
            (self.count[i], self.first[i], self.interval_q12[i], self.add_q12[i]) for i in range(AXES)
        ]

    def values(self):
        """The 13 integers: duration, then count, first, interval_q12 and add_q12 of each axis."""
        out = [self.duration_ticks]
        for i in range(AXES):
            out += [self.count[i], self.first[i], self.interval_q12[i], self.add_q12[i]]
        return out

    def numbers(self):
        """`values` as an array of 32-bit integers; what needs 32 bits without a sign becomes negative."""
        return array("i", [(value + _WRAP) % (2 * _WRAP) - _WRAP for value in self.values()])

    def row(self):
        """The bytes that stand for it in a SEGMENTS message.

        One byte says which axes step (bit 0 shoulder, 1 elbow, 2 lift); then `duration_ticks`, and for each
        of these axes `count`, `first`, `interval_q12` if there are two steps, `add_q12` if there are three.
        A number stands in groups of seven bits, the lowest first, with the top bit set in all but the last
        (LEB128); `count` and `add_q12` are doubled, and a negative one is turned into the odd number below.

        >>> list(Segment(8000, (2, 100, 4096 * 200, 0), (0, 0, 0, 0), (-1, 7999, 0, 0)).row())
        [5, 192, 62, 4, 100, 128, 128, 50, 1, 191, 62]
        """
        out = bytearray(1)
        _append(out, self.duration_ticks)
        for axis in range(AXES):
            count = self.count[axis]
            if count == 0:
                continue
            out[0] |= 1 << axis
            _append(out, _folded(count))
            _append(out, self.first[axis])
            if abs(count) > 1:
                _append(out, self.interval_q12[axis])
            if abs(count) > 2:
                _append(out, _folded(self.add_q12[axis]))
        return bytes(out)

    def step_time(self, axis, k):
        """Ticks from the start of the segment to step `k` of `axis`."""
        interval = self.interval_q12[axis]
        return self.first[axis] + ((k * interval + self.add_q12[axis] * (k * (k - 1) // 2)) >> 12)

    def last_time(self, axis):
        """Ticks from the start of the segment to the last step of `axis`; None without steps."""
        count = abs(self.count[axis])
        return self.step_time(axis, count - 1) if count else None

    def invalid(self):
        """None, or which rule is broken: steps must rise in time, stay inside and fit 31 bits on the way."""
        if not 0 < self.duration_ticks <= MAX_DURATION_TICKS:
            return "duration"
        for axis in range(AXES):
            count = abs(self.count[axis])
            if count == 0:
                continue
            if count > MAX_COUNT:
                return "count"
            if not 0 <= self.first[axis] < self.duration_ticks:
                return "first"
            if count == 1:
                continue
            # Bounded before anything is multiplied: on the way every sum then fits 31 bits.
            interval = self.interval_q12[axis]
            add = self.add_q12[axis]
            last_interval = interval + add * (count - 2)
            if not (0 < interval < _LIMIT and 0 < last_interval < _LIMIT):
                return "interval"
            if self.last_time(axis) >= self.duration_ticks:
                return "last"
        return None
