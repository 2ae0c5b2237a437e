"""The compiled inner loops give what plain integers give; runs under MicroPython too."""

import random
from array import array

from safety import bounds
from safety.limits import REFERENCE, Limits

LIMITS = Limits(REFERENCE)


def half_mm(usteps_s, length_mm, per_rad):
    size = -(-abs(usteps_s) * length_mm * 2 // per_rad)
    return size if usteps_s >= 0 else -size


def plainly(box, arm, limit):
    """The same bound with integers of any size."""
    link1, link2, per_rad1, per_rad2, gantry = arm[0], arm[1], arm[2], arm[3], arm[4]
    for w1 in (box[0], box[1]):
        a = half_mm(w1, link1, per_rad1)
        if abs(a) > limit:
            return 1
        for w2 in (box[2], box[3]):
            b = half_mm(w2, link2, per_rad2) + (0 if gantry else half_mm(w1, link2, per_rad1))
            if abs(b) > 2 * limit:
                return 1
            ab = 0 if gantry else a * b
            cos = box[5] if ab > 0 else box[4]
            if a * a + b * b + (2 * ab * cos >> 10) + box[6] * box[6] > limit * limit:
                return 1
    return 0


def test_the_point_exceeds_exactly_where_plain_integers_say_so():
    random.seed(2)
    verdicts = [0, 0]
    for _ in range(4000):
        top = random.choice([300, 3000, 100000])
        pairs = [sorted((random.randint(-top, top), random.randint(-top, top))) for _ in range(2)]
        cos = sorted((random.randint(-1024, 1024), random.randint(-1024, 1024)))
        box = array("i", pairs[0] + pairs[1] + cos + [random.randrange(random.choice([1, 200, 20000]))])
        arm = array("i", list(LIMITS.arm))
        arm[4] = random.randrange(2)
        limit = random.choice([302, 502, 752, 1502])
        got = bounds.point_exceeds(box, arm, limit)
        assert got == plainly(box, arm, limit)
        verdicts[got] += 1
    assert min(verdicts) > 400
