"""The verdicts of the speed and envelope check, in 32-bit integers: viper on a controller.

`table` is a `Limits.table`, `values` and `numbers` those of `safety.measure`, whose `measure` comes first.
"""

import sys

from safety import reasons
from safety.cosine import TABLE

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython
    from safety.interpreted import ptr16

    ptr32 = None


@micropython.viper
def out_of_range(table: ptr32, numbers: ptr32, values: ptr32) -> int:
    """0, or the reason why the segment may not go where it goes."""
    sign = int(numbers[13])
    if int(numbers[10]) == 0:
        home = int(numbers[12]) << sign >> sign
        # Who looks for a limit switch does not know where the arm is; who feels with the nose must.
        if home < 0:
            return int(reasons.POSITION_UNKNOWN)
        if home == 3:
            return int(reasons.POSITION_UNKNOWN)
        return 0
    axis = 0
    while axis < 3:
        count = int(values[1 + (axis << 2)]) << sign >> sign
        begin = int(numbers[axis]) << sign >> sign
        end = begin + count
        low = int(table[axis]) << sign >> sign
        high = int(table[3 + axis]) << sign >> sign
        outside = 0
        if begin < low:
            outside = -1
        if begin > high:
            outside = 1
        if outside == 0:
            if end < low:
                return int(reasons.JOINT_RANGE)
            if end > high:
                return int(reasons.JOINT_RANGE)
        else:
            if int(numbers[11]) == 0:
                return int(reasons.JOINT_RANGE)
            if outside * count > 0:
                return int(reasons.RECOVERY_DIRECTION)
        axis += 1
    return 0


@micropython.viper
def joints_exceed(table: ptr32, numbers: ptr32, values: ptr32) -> int:
    """0, or the reason of what a joint would do that it may not."""
    sign = int(numbers[13])
    duration = int(values[0])
    earlier = int(numbers[9])
    if earlier == 0:
        earlier = duration
    # Counting whole steps in two neighbouring segments errs by so much, usteps/s.
    quantum = 8000000 // duration + 8000000 // earlier + 2
    between = (duration + earlier) >> 1
    axis = 0
    while axis < 3:
        low = int(numbers[14 + axis]) << sign >> sign
        high = int(numbers[17 + axis]) << sign >> sign
        fastest = high
        if fastest < 0 - low:
            fastest = 0 - low
        if fastest > int(table[6 + axis]):
            return int(reasons.JOINT_SPEED)
        if int(numbers[23 + axis]) > int(table[12 + axis]):
            return int(reasons.SEGMENT_GAP)
        mean = int(numbers[20 + axis]) << sign >> sign
        before = int(numbers[6 + axis]) << sign >> sign
        if mean == 0 and before == 0 and int(values[1 + (axis << 2)]) == 0:
            axis += 1
            continue
        size = mean
        if size < 0:
            size = 0 - size
        size_before = before
        if size_before < 0:
            size_before = 0 - size_before
        change = mean - before
        if change < 0:
            change = 0 - change
        change -= quantum
        stop = int(table[15 + axis])
        slowing = 0
        if change > 0:
            # acceleration * between / 8,000,000, exactly: in thousandths of thousandths.
            acceleration = int(table[9 + axis])
            part = acceleration // 8000
            gain = part * between + (acceleration - part * 8000) * between // 8000
            if change > gain // 1000:
                return int(reasons.JOINT_ACCELERATION)
            if size < size_before:
                # change * 8,000,000 / between, as far as it can matter.
                part = change * 8000 // between
                slowing = 8000000
                if part < 8000:
                    slowing = part * 1000 + (change * 8000 - part * between) * 1000 // between
        # What stopping here would ask of the joint: a slowing path and the falling rate add up.
        if slowing == 0:
            if 600 * size // 100 > stop:
                return int(reasons.JOINT_ACCELERATION)
        else:
            i = 29
            while i < 39:
                if ((int(numbers[i]) * slowing) >> 8) + int(numbers[i + 1]) * size // 100 > stop:
                    return int(reasons.JOINT_ACCELERATION)
                i += 2
        count = int(values[1 + (axis << 2)]) << sign >> sign
        if count < 0:
            count = 0 - count
        if count > 1:
            double = 8000000 // duration
            allowed = stop // 500 * duration // 16000 + double + double + 2
            if high - low > allowed:
                return int(reasons.JOINT_ACCELERATION)
            # The step intervals tell another speed than the count over the duration.
            if mean - high > allowed:
                return int(reasons.JOINT_ACCELERATION)
            if low - mean > allowed:
                return int(reasons.JOINT_ACCELERATION)
        axis += 1
    return 0


@micropython.viper
def fill_box(table: ptr32, numbers: ptr32, values: ptr32, box: ptr32):
    """`box` for `bounds.point_exceeds`: the speeds of the segment, and the cosines of the elbow's way."""
    sign = int(numbers[13])
    least = -1024
    greatest = 1024
    if int(numbers[10]):
        begin = int(numbers[1]) << sign >> sign
        end = begin + (int(values[5]) << sign >> sign)
        small = begin
        if small < 0:
            small = 0 - small
        large = end
        if large < 0:
            large = 0 - large
        if large < small:
            swapped = large
            large = small
            small = swapped
        scale = 5340354 // int(table[31])
        # A table's angle at most: beyond, the products would not fit.
        most = 0x3FFFFFFF // (scale + 1)
        if small > most:
            small = most
        if large > most:
            large = most
        nearest = (small * scale) >> 16
        if begin <= 0 and end >= 0:
            nearest = 0
        if begin >= 0 and end <= 0:
            nearest = 0
        farthest = ((large * (scale + 1)) >> 16) + 1
        if nearest > 256:
            nearest = 256
        if farthest > 256:
            farthest = 256
        cosines = ptr16(TABLE)
        least = int(cosines[farthest])
        if least > 32767:
            least -= 65536
        least -= 1
        greatest = int(cosines[nearest])
        if greatest > 32767:
            greatest -= 65536
    box[0] = numbers[14]
    box[1] = numbers[17]
    box[2] = numbers[15]
    box[3] = numbers[18]
    box[4] = least
    box[5] = greatest
    low = int(numbers[16]) << sign >> sign
    high = int(numbers[19]) << sign >> sign
    if high < 0 - low:
        high = 0 - low
    per_mm = int(table[22])
    box[6] = (high * 2 + per_mm - 1) // per_mm


@micropython.viper
def widen_by_gaps(numbers: ptr32, values: ptr32, box: ptr32):
    """Let `box` hold the speeds, too, that the gaps before the first steps imply."""
    sign = int(numbers[13])
    axis = 0
    while axis < 2:
        count = int(values[1 + (axis << 2)]) << sign >> sign
        gap = int(numbers[23 + axis])
        at = axis << 1
        if count > 0 and gap > int(box[at + 1]) << sign >> sign:
            box[at + 1] = gap
        if count < 0 and 0 - gap < int(box[at]) << sign >> sign:
            box[at] = 0 - gap
        axis += 1


@micropython.viper
def lift_or_slow_exceeds(table: ptr32, numbers: ptr32, values: ptr32) -> int:
    """0, or the reason of what is too fast: the lift near the board, recovery, homing."""
    sign = int(numbers[13])
    per_mm = int(table[22])
    low = int(numbers[16]) << sign >> sign
    high = int(numbers[19]) << sign >> sign
    down = 0
    if low < 0:
        down = ((0 - low) * 2 + per_mm - 1) // per_mm
    up = 0
    if high > 0:
        up = (high * 2 + per_mm - 1) // per_mm
    if int(numbers[10]):
        begin = int(numbers[2]) << sign >> sign
        end = begin + (int(values[9]) << sign >> sign)
        if end < begin:
            begin = end
        if begin < int(table[23]):
            if down > int(table[24]):
                return int(reasons.LOWERING_SPEED)
            if up > int(table[25]):
                return int(reasons.RISING_SPEED)
    home = int(numbers[12]) << sign >> sign
    limit = int(table[27])
    if int(numbers[11]):
        limit = int(table[26])
    elif home < 0:
        return 0
    if home == 3:
        home = 2
    swing = 0
    axis = 0
    while axis < 3:
        fastest = int(numbers[17 + axis]) << sign >> sign
        slowest = int(numbers[14 + axis]) << sign >> sign
        if fastest < 0 - slowest:
            fastest = 0 - slowest
        if fastest > 0 and home >= 0 and axis != home:
            return int(reasons.HOME_AXIS)
        if axis < 2:
            per_rad = int(table[30 + axis])
            swing += (fastest * int(table[28 + axis]) * 2 + per_rad - 1) // per_rad
        axis += 1
    if up > swing:
        swing = up
    if down > swing:
        swing = down
    if swing <= limit:
        return 0
    if int(numbers[11]):
        return int(reasons.RECOVERY_SPEED)
    return int(reasons.HOME_SPEED)
