"""What a segment asks of each joint, worked out in 32-bit integers: viper on a controller.

As objects a segment was checked in 3 ms on an emulated Pico, of the 10 ms that it lasts. Numbers stand in
arrays: `values` are a segment's 13 in the order of the wire, `numbers` a path's state and what was found out
about the segment. Every product is bounded before it is made; what is beyond any limit is capped above all
limits, so that verdicts are those of exact arithmetic.
"""

import sys

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

    ptr32 = None

# Within `numbers`, three each unless said otherwise. Of the path: positions (usteps) from 0 on, ticks since
# the last step (`NEVER` at most), mean speeds of the segment before (usteps/s), its ticks (one number).
AGE = 3
SPEED = 6
DURATION = 9
# One number each: known (0 or 1), recovery (0 or 1), axis whose switch is searched or -1, SIGN_SHIFT.
KNOWN = 10
RECOVERY = 11
HOME_AXIS = 12
SIGN = 13
# Of the segment, from 14, 17, 20, 23 and 26 on: least, greatest and mean speed, speed of the gap before the
# first step, and when the last step falls, or -1.
# Ten numbers: `braking.STOP_MIX`.
STOP_MIX = 29
NUMBERS = 39
NEVER = 1 << 29


@micropython.viper
def measure(numbers: ptr32, values: ptr32) -> int:
    """Fill in what `numbers` says of the segment; 0 when it breaks a rule of `Segment.invalid`, else 1."""
    sign = int(numbers[13])
    duration = int(values[0]) << sign >> sign
    if duration <= 0:
        return 0
    if duration > 128000:
        return 0
    axis = 0
    while axis < 3:
        at = 1 + (axis << 2)
        count = int(values[at]) << sign >> sign
        n = count
        if n == 0:
            numbers[14 + axis] = 0
            numbers[17 + axis] = 0
            numbers[20 + axis] = 0
            numbers[23 + axis] = 0
            numbers[26 + axis] = -1
            axis += 1
            continue
        if n < 0:
            n = 0 - n
        first = int(values[at + 1]) << sign >> sign
        interval = int(values[at + 2]) << sign >> sign
        add = int(values[at + 3]) << sign >> sign
        end = interval
        if n > 32767:
            return 0
        if first < 0:
            return 0
        if first >= duration:
            return 0
        last = first
        if n > 1:
            if interval <= 0:
                return 0
            if interval > 0x3FFFFFFF:
                return 0
            if n > 2:
                most = 0x3FFFFFFF // (n - 2)
                if add > most:
                    return 0
                if add < 0 - most:
                    return 0
                end = interval + add * (n - 2)
                if end <= 0:
                    return 0
                if end > 0x3FFFFFFF:
                    return 0
            # The intervals change evenly: their sum is that of first and last, times half their number.
            both = interval + end
            if both > 0x3FFFFFFF // (n - 1):
                return 0
            last = first + (((n - 1) * both) >> 13)
            if last >= duration:
                return 0
        numbers[26 + axis] = last
        # count * 8,000,000 / duration, rounded down, as far as it can matter.
        whole = n * 8000 // duration
        rest = n * 8000 - whole * duration
        mean = 1000000
        if whole < 1000:
            mean = whole * 1000 + rest * 1000 // duration
            if count < 0 and (mean - whole * 1000) * duration != rest * 1000:
                mean += 1
        if count < 0:
            mean = 0 - mean
        low = mean
        high = mean
        if n == 1:
            if mean > 0:
                low = 0
            else:
                high = 0
        if n > 1:
            # 8,000,000 * 4096 / interval by long division, as in `bounds.steps_per_s`, of both ends.
            low = 0
            high = 0
            turn = 0
            while turn < 2:
                divisor = interval
                if turn:
                    divisor = end
                if divisor < 16:
                    divisor = 16
                speed = 512000000 // divisor
                left = 512000000 - speed * divisor
                bit = 0
                while bit < 6:
                    speed = speed << 1
                    left = left << 1
                    if left >= divisor:
                        left -= divisor
                        speed += 1
                    bit += 1
                if turn == 0:
                    low = speed
                    high = speed
                if speed < low:
                    low = speed
                if speed > high:
                    high = speed
                turn += 1
            if count < 0:
                least = 0 - high
                high = 0 - low
                low = least
        since = int(numbers[3 + axis]) + first
        if since < 1:
            since = 1
        gap = 8000000 // since
        numbers[14 + axis] = low
        numbers[17 + axis] = high
        numbers[20 + axis] = mean
        numbers[23 + axis] = gap
        axis += 1
    return 1


@micropython.viper
def advance(numbers: ptr32, values: ptr32):
    """Move the path to the end of the segment."""
    sign = int(numbers[13])
    duration = int(values[0])
    axis = 0
    while axis < 3:
        numbers[axis] = int(numbers[axis]) + (int(values[1 + (axis << 2)]) << sign >> sign)
        numbers[6 + axis] = numbers[20 + axis]
        last = int(numbers[26 + axis]) << sign >> sign
        age = duration - last
        if last < 0:
            age = int(numbers[3 + axis]) + duration
            if age > 0x20000000:
                age = 0x20000000
        numbers[3 + axis] = age
        axis += 1
    numbers[9] = duration
