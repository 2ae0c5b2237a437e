"""The speed and envelope check in exact integers of any size: what `safety.envelope` must agree with.

The same rules, written without a thought for 32 bits or for time. `bounds.point_exceeds` is shared; it has
tests of its own.
"""

from array import array

from safety import bounds, braking, cosine, envelope, reasons
from safety.axes import AXES, ELBOW, LIFT, NOSE, SHOULDER, TICKS_PER_S

_NEVER = 1 << 29
_ALLOW = 2


class PathState(envelope.PathState):
    """The same, with what this check remembers of the path."""

    def __init__(self, position=(0, 0, 0), known=True, profile=envelope.NORMAL):
        self._low = [0] * AXES
        self._high = [0] * AXES
        self._mean = [0] * AXES
        self._gap = [0] * AXES
        self._box = array("i", [0] * 7)
        super().__init__(position, known, profile)

    def rest(self):
        """The path stands still here: a new motion begins."""
        super().rest()
        self._age = [_NEVER] * AXES
        self._speed = [0] * AXES
        self._duration = 0


def check_segment(limits, state, segment):
    """Return 0 and move `state` to the end of `segment`, or the reason id and leave `state` as it was."""
    if segment.invalid():
        return reasons.SEGMENT_INVALID
    _speeds(state, segment)
    return (
        _check_range(limits, state, segment)
        or _check_joints(limits, state, segment)
        or _check_point(limits, state, segment)
        or _check_lift(limits, state, segment)
        or _check_slow(limits, state)
        or _advance(state, segment)
    )


def _quantum(duration, earlier):
    """Speed error of counting whole steps in two neighbouring segments, usteps/s."""
    return TICKS_PER_S // duration + TICKS_PER_S // (earlier or duration) + 2 if duration else 0


def _gain(usteps_s2, duration):
    """What an acceleration adds to a speed in `duration`, usteps/s: never too much, and in 31 bits."""
    return usteps_s2 // 500 * duration // (TICKS_PER_S // 500)


def _speeds(state, segment):
    """Fill the signed speed box, the mean speed and the gap speed of each axis, in usteps/s."""
    for axis in range(AXES):
        count = segment.count[axis]
        n = abs(count)
        mean = count * TICKS_PER_S // segment.duration_ticks
        state._mean[axis] = mean
        low = high = mean
        if n >= 2:
            interval = segment.interval_q12[axis]
            last = interval + segment.add_q12[axis] * (n - 2)
            begin = steps_per_s(interval)
            end = steps_per_s(last)
            low, high = (begin, end) if begin < end else (end, begin)
            if count < 0:
                low, high = -high, -low
        elif n == 1:
            low, high = (0, mean) if mean > 0 else (mean, 0)
        state._low[axis] = low
        state._high[axis] = high
        gap = state._age[axis] + segment.first[axis] if n else _NEVER
        state._gap[axis] = TICKS_PER_S // max(1, gap)


def _check_range(limits, state, segment):
    if not state.known:
        # Who looks for a limit switch does not know where the arm is; who feels with the nose must.
        return reasons.POSITION_UNKNOWN if state.home_axis in (None, NOSE) else 0
    for axis in range(AXES):
        count = segment.count[axis]
        begin = state.position[axis]
        end = begin + count
        low = limits.min_usteps[axis]
        high = limits.max_usteps[axis]
        if low <= begin <= high:
            if not low <= end <= high:
                return reasons.JOINT_RANGE
        elif not state.recovery:
            return reasons.JOINT_RANGE
        elif (begin < low and count < 0) or (begin > high and count > 0):
            return reasons.RECOVERY_DIRECTION
    return 0


def _check_joints(limits, state, segment):
    duration = segment.duration_ticks
    earlier = state._duration or duration
    for axis in range(AXES):
        fastest = max(state._high[axis], -state._low[axis])
        if fastest > limits.joint_usteps_s[axis]:
            return reasons.JOINT_SPEED
        if state._gap[axis] > limits.stop_joint_usteps_s[axis]:
            return reasons.SEGMENT_GAP
        mean = state._mean[axis]
        before = state._speed[axis]
        change = abs(mean - before) - _quantum(duration, earlier)
        between = (duration + earlier) // 2
        if change > 0 and change * TICKS_PER_S > limits.joint_usteps_s2[axis] * between:
            return reasons.JOINT_ACCELERATION
        # What stopping here would ask of the joint: a slowing path and the falling rate add up.
        slowing = change * TICKS_PER_S // between if change > 0 and abs(mean) < abs(before) else 0
        if slowing == 0:
            if braking.STEEPEST * abs(mean) // 100 > limits.stop_joint_usteps_s2[axis]:
                return reasons.JOINT_ACCELERATION
        else:
            for own, rate in braking.STOP_MIX:
                if (own * slowing >> 8) + rate * abs(mean) // 100 > limits.stop_joint_usteps_s2[axis]:
                    return reasons.JOINT_ACCELERATION
        spread = state._high[axis] - state._low[axis]
        if abs(segment.count[axis]) >= 2:
            allowed = _gain(limits.stop_joint_usteps_s2[axis], duration) + _quantum(duration, duration)
            if spread > allowed or _away(state, axis, allowed):
                return reasons.JOINT_ACCELERATION
    return 0


def _away(state, axis, allowed):
    """Whether the step intervals tell another speed than the count over the duration."""
    mean = state._mean[axis]
    return mean - state._high[axis] > allowed or state._low[axis] - mean > allowed


def _half_mm(usteps_s, length_mm, per_rad):
    """|usteps_s| at `length_mm` from the axis, in half mm/s, rounded up, with the sign of usteps_s."""
    size = -(-abs(usteps_s) * length_mm * 2 // per_rad)
    return size if usteps_s >= 0 else -size


def _lift_half_mm(limits, usteps_s):
    return -(-abs(usteps_s) * 2 // limits.usteps_per_mm)


def _check_point(limits, state, segment):
    fast = state.profile == envelope.FAST
    low_cos = -cosine.ONE
    high_cos = cosine.ONE
    if state.known:
        begin = state.position[ELBOW]
        end = begin + segment.count[ELBOW]
        low_cos, high_cos = cosine_bounds(min(begin, end), max(begin, end), limits.usteps_per_rad[1])
    limit = 2 * (limits.fast_point_mm_s if fast else limits.point_mm_s) + _ALLOW
    vertical = _lift_half_mm(limits, max(state._high[LIFT], -state._low[LIFT]))
    box = state._box
    box[0] = state._low[SHOULDER]
    box[1] = state._high[SHOULDER]
    box[2] = state._low[ELBOW]
    box[3] = state._high[ELBOW]
    box[4] = low_cos
    box[5] = high_cos
    box[6] = vertical
    if bounds.point_exceeds(box, limits.arm, limit):
        return reasons.POINT_SPEED
    stop = 2 * (limits.stop_fast_point_mm_s if fast else limits.stop_point_mm_s) + _ALLOW
    for axis in (SHOULDER, ELBOW):
        gap = state._gap[axis]
        if segment.count[axis] > 0:
            box[2 * axis + 1] = max(box[2 * axis + 1], gap)
        elif segment.count[axis] < 0:
            box[2 * axis] = min(box[2 * axis], -gap)
    return reasons.SEGMENT_GAP if bounds.point_exceeds(box, limits.arm, stop) else 0


def _check_lift(limits, state, segment):
    count = segment.count[LIFT]
    if not state.known:
        return 0
    zone = limits.lowering_zone_mm * limits.usteps_per_mm
    near = min(state.position[LIFT], state.position[LIFT] + count) < zone
    if near and _lift_half_mm(limits, min(0, state._low[LIFT])) > 2 * limits.lowering_mm_s + _ALLOW:
        return reasons.LOWERING_SPEED
    if near and _lift_half_mm(limits, max(0, state._high[LIFT])) > 2 * limits.rising_mm_s + _ALLOW:
        return reasons.RISING_SPEED
    return 0


def _check_slow(limits, state):
    """Recovery and homing: the slow speeds, and homing moves one axis only."""
    home = state.home_axis
    if home is None and not state.recovery:
        return 0
    limit = 2 * (limits.recovery_mm_s if state.recovery else limits.home_mm_s) + _ALLOW
    reason = reasons.RECOVERY_SPEED if state.recovery else reasons.HOME_SPEED
    fastest = [max(state._high[axis], -state._low[axis]) for axis in range(AXES)]
    if home is not None:
        moves = LIFT if home == NOSE else home
        for axis in range(AXES):
            if axis != moves and fastest[axis]:
                return reasons.HOME_AXIS
    reach = limits.link1_mm if limits.gantry else limits.link1_mm + limits.link2_mm
    swing = _half_mm(fastest[SHOULDER], reach, limits.usteps_per_rad[0])
    swing += _half_mm(fastest[ELBOW], limits.link2_mm, limits.usteps_per_rad[1])
    if swing > limit or _lift_half_mm(limits, fastest[LIFT]) > limit:
        return reason
    return 0


def _advance(state, segment):
    for axis in range(AXES):
        state.position[axis] += segment.count[axis]
        state._speed[axis] = state._mean[axis]
        last = segment.last_time(axis)
        if last is None:
            state._age[axis] = min(_NEVER, state._age[axis] + segment.duration_ticks)
        else:
            state._age[axis] = segment.duration_ticks - last
    state._duration = segment.duration_ticks
    return 0


def cosine_bounds(low_usteps, high_usteps, usteps_per_rad):
    """(least, greatest) of 1024 cos over all angles from `low_usteps` to `high_usteps`, rounded outward.

    The angles must lie within -pi .. pi.
    """
    small = low_usteps if abs(low_usteps) < abs(high_usteps) else high_usteps
    large = high_usteps if abs(low_usteps) < abs(high_usteps) else low_usteps
    scale = cosine.SCALE // usteps_per_rad
    nearest = 0 if low_usteps <= 0 <= high_usteps else (abs(small) * scale) >> 16
    farthest = ((abs(large) * (scale + 1)) >> 16) + 1
    return cosine.TABLE[min(farthest, 256)] - 1, cosine.TABLE[min(nearest, 256)]


def steps_per_s(interval_q12):
    """Steps a second at an interval of ticks; what is shorter than 16 counts as 16."""
    return TICKS_PER_S * 4096 // max(16, interval_q12)
