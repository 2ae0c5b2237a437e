"""The speed of the fastest point, bounded in 32-bit integers: viper on a controller."""

import sys

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

    ptr32 = None

# A 64-bit viper loads 32 bits without their sign; a shift up and down brings it back.
SIGN_SHIFT = 32 if sys.implementation.name == "micropython" and sys.maxsize > 1 << 32 else 0


@micropython.viper
def point_exceeds(box: ptr32, arm: ptr32, limit: int) -> int:
    """1 when elbow or tip may exceed `limit` (half mm/s) somewhere in a box of joint speeds, else 0.

    `box`: least and greatest speed of shoulder and elbow (usteps/s), least and greatest 1024 cos(theta2), the
    lift's speed (half mm/s). `arm`: both links (mm), usteps per radian of both joints, 1 for a gantry, and
    `SIGN_SHIFT`. Speeds at a length are rounded up, away from zero.
    """
    sign = int(arm[5])
    link1 = int(arm[0])
    link2 = int(arm[1])
    per_rad1 = int(arm[2])
    per_rad2 = int(arm[3])
    gantry = int(arm[4])
    low_cos = int(box[4]) << sign >> sign
    high_cos = int(box[5]) << sign >> sign
    vertical = int(box[6])
    room = limit * limit - vertical * vertical
    i = 0
    while i < 2:
        w1 = int(box[i]) << sign >> sign
        size = w1
        if size < 0:
            size = 0 - size
        a = (size * link1 * 2 + per_rad1 - 1) // per_rad1
        if a > limit:
            return 1
        turning = (size * link2 * 2 + per_rad1 - 1) // per_rad1
        if w1 < 0:
            a = 0 - a
            turning = 0 - turning
        k = 2
        while k < 4:
            w2 = int(box[k]) << sign >> sign
            size = w2
            if size < 0:
                size = 0 - size
            b = (size * link2 * 2 + per_rad2 - 1) // per_rad2
            if w2 < 0:
                b = 0 - b
            ab = 0
            if gantry == 0:
                b += turning
                ab = a * b
            if b > 2 * limit:
                return 1
            if b < 0 - 2 * limit:
                return 1
            cos = low_cos
            if ab > 0:
                cos = high_cos
            # 2 a b cos / 1024, in two parts that fit.
            upper = ab >> 9
            mixed = upper * cos + (((ab - (upper << 9)) * cos) >> 9)
            if a * a + b * b + mixed > room:
                return 1
            k += 1
        i += 1
    return 0
