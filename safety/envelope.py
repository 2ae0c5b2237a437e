"""The speed and envelope check: may this segment follow on that path? It can only say no.

Pure integers; the arithmetic is that of `safety.measure` and `safety.judge`. Speeds of an axis in a segment
are bounded by the intervals of its first and last steps (they change monotonically in between); the fastest
point is taken at all four corners of that box and at the worst elbow angle the segment passes, so the bound
holds over the segment, not only at its ends.

With a = L1 w1 and b = L2 (w1 + w2) the tip moves at v^2 = a^2 + b^2 + 2 a b cos(theta2), which is
(L1^2 + L2^2 + 2 L1 L2 cos) w1^2 + 2 (L2^2 + L1 L2 cos) w1 w2 + L2^2 w2^2; the elbow at |a|. The lift's
speed is added at a right angle. A gantry's two travels stand at a right angle, too: v^2 = a^2 + b^2 with
b = L2 w2. Speeds are compared in half millimetres per second, rounded up; the check allows 1 mm/s for the
rounding of step times.
"""

from array import array

from safety import bounds, braking, judge, measure, reasons
from safety.axes import AXES, TICKS_PER_S
from safety.bounds import SIGN_SHIFT

NORMAL = 0
FAST = 1

# Where a table of limits says how fast a point may be: by profile, planned and stopping.
_POINT = 18
_STOP_POINT = 20


class PathState:
    """Where a checked path has come to: what the next segment is judged against.

    `position` (usteps, list of three), `known` (False until homed or set), `profile` (NORMAL or FAST),
    `recovery` (jogging back from outside the range), `home_axis` (None, or the axis whose limit switch is
    searched, the only one that may move; NOSE for a search with the nose, which moves the lift).
    """

    def __init__(self, position=(0, 0, 0), known=True, profile=NORMAL):
        self.position = list(position)
        self.known = known
        self.profile = profile
        self.recovery = False
        self.home_axis = None
        self.numbers = array("i", [0] * measure.NUMBERS)
        self.numbers[measure.SIGN] = SIGN_SHIFT
        for i in range(len(braking.STOP_MIX)):
            self.numbers[measure.STOP_MIX + 2 * i] = braking.STOP_MIX[i][0]
            self.numbers[measure.STOP_MIX + 2 * i + 1] = braking.STOP_MIX[i][1]
        self.box = array("i", [0] * 7)
        self.rest()

    def rest(self):
        """The path stands still here: a new motion begins."""
        for axis in range(AXES):
            self.numbers[measure.AGE + axis] = measure.NEVER
            self.numbers[measure.SPEED + axis] = 0
        self.numbers[measure.DURATION] = 0


def check_segment(limits, state, segment):
    """Return 0 and move `state` to the end of `segment`, or the reason id and leave `state` as it was."""
    return check_values(limits, state, segment.numbers())


def check_values(limits, state, values):
    """`check_segment` of the 13 numbers of a segment (array of 32-bit integers)."""
    numbers = state.numbers
    table = limits.table
    position = state.position
    numbers[0] = position[0]
    numbers[1] = position[1]
    numbers[2] = position[2]
    numbers[measure.KNOWN] = state.known
    numbers[measure.RECOVERY] = state.recovery
    numbers[measure.HOME_AXIS] = -1 if state.home_axis is None else state.home_axis
    if not measure.measure(numbers, values):
        return reasons.SEGMENT_INVALID
    reason = judge.out_of_range(table, numbers, values) or judge.joints_exceed(table, numbers, values)
    if reason:
        return reason
    box = state.box
    judge.fill_box(table, numbers, values, box)
    if bounds.point_exceeds(box, limits.arm, table[_POINT + state.profile]):
        return reasons.POINT_SPEED
    judge.widen_by_gaps(numbers, values, box)
    if bounds.point_exceeds(box, limits.arm, table[_STOP_POINT + state.profile]):
        return reasons.SEGMENT_GAP
    reason = judge.lift_or_slow_exceeds(table, numbers, values)
    if reason:
        return reason
    measure.advance(numbers, values)
    position[0] = numbers[0]
    position[1] = numbers[1]
    position[2] = numbers[2]
    return 0


def check_rest(limits, state):
    """Return 0 when a motion may end where `state` stands, else ENDS_MOVING."""
    numbers = state.numbers
    duration = numbers[measure.DURATION]
    if duration == 0:
        return 0
    # A whole step more or less in this segment and the one before.
    quantum = 2 * (TICKS_PER_S // duration) + 2
    for axis in range(AXES):
        # What an acceleration adds to a speed in that time: never too much, and in 31 bits.
        gain = limits.joint_usteps_s2[axis] // 500 * duration // (TICKS_PER_S // 500)
        if abs(numbers[measure.SPEED + axis]) > quantum + gain:
            return reasons.ENDS_MOVING
    return 0


def inside(limits, position, slack_usteps=(0, 0, 0)):
    """True when every axis of `position` is in its range, give or take `slack_usteps`."""
    for axis in range(AXES):
        slack = slack_usteps[axis]
        if not limits.min_usteps[axis] - slack <= position[axis] <= limits.max_usteps[axis] + slack:
            return False
    return True
