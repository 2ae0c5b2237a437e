"""The limits of one robot: integers with the unit in the name, one hash that host and controllers compare.

Lists of three are by axis: shoulder, elbow, lift. `from_dict` refuses an unknown key, a missing key, a
number out of its bounds and a set that contradicts itself, naming the key.
"""

import binascii
import json
from array import array

from safety.bounds import SIGN_SHIFT

# What the rounding of step times may add to the speed of a point, half mm/s.
ALLOW = 2

# key: (entries, least, most). One number when entries is 1, else a list.
SCHEMA = {
    # 0 a SCARA arm of two links; 1 a gantry, whose "links" are what one radian of its drums moves.
    "gantry": (1, 0, 1),
    "link1_mm": (1, 50, 1000),
    "link2_mm": (1, 50, 1000),
    "usteps_per_rad": (2, 100, 100000),
    "usteps_per_mm": (1, 10, 10000),
    "min_usteps": (3, -400000, 400000),
    "max_usteps": (3, -400000, 400000),
    # Plan limits: what a motion may ask for. `point` is the fastest point of the arm (tip, elbow, tool).
    "point_mm_s": (1, 10, 500),
    "fast_point_mm_s": (1, 10, 500),
    "joint_usteps_s": (3, 10, 100000),
    "joint_usteps_s2": (3, 100, 2000000),
    # Stop limits: what the mechanics bear while braking, and what no single step interval may imply.
    "stop_point_mm_s": (1, 10, 750),
    "stop_fast_point_mm_s": (1, 10, 750),
    "stop_joint_usteps_s": (3, 10, 150000),
    "stop_joint_usteps_s2": (3, 100, 3000000),
    # The lift. Heights are of the nose face above the board, in millimetres.
    "lowering_mm_s": (1, 1, 200),
    "lowering_zone_mm": (1, 1, 200),
    "rising_mm_s": (1, 1, 500),
    # Jogging back from outside the joint range, and searching a limit switch.
    "recovery_mm_s": (1, 1, 50),
    "home_mm_s": (1, 1, 100),
    # AS5600: counts at 0 usteps, sense of rotation, and how far the counts may stray from the steps.
    "encoder_zero": (2, 0, 4095),
    "encoder_sign": (2, -1, 1),
    "encoder_tolerance_counts": (1, 4, 200),
    "magnet_hold_s": (1, 1, 60),
}

# The reference robot of the design (robot.toml of a built robot takes its place).
REFERENCE = {
    "gantry": 0,
    "link1_mm": 320,
    "link2_mm": 280,
    "usteps_per_rad": [10186, 8149],
    "usteps_per_mm": 400,
    "min_usteps": [-8000, -23900, 0],
    "max_usteps": [46000, -1200, 52000],
    "point_mm_s": 150,
    "fast_point_mm_s": 250,
    "joint_usteps_s": [7000, 9000, 40000],
    "joint_usteps_s2": [84000, 108000, 480000],
    "stop_point_mm_s": 225,
    "stop_fast_point_mm_s": 375,
    "stop_joint_usteps_s": [10500, 13500, 60000],
    "stop_joint_usteps_s2": [126000, 162000, 720000],
    "lowering_mm_s": 50,
    "lowering_zone_mm": 30,
    "rising_mm_s": 100,
    "recovery_mm_s": 25,
    "home_mm_s": 25,
    "encoder_zero": [2048, 2048],
    "encoder_sign": [1, 1],
    "encoder_tolerance_counts": 24,
    "magnet_hold_s": 30,
}


class LimitsError(ValueError):
    """A set of limits cannot be used; the message names the key and what would be right."""


def _check(key, value):
    entries, least, most = SCHEMA[key]
    values = [value] if entries == 1 else value
    if entries > 1 and (not isinstance(value, (list, tuple)) or len(value) != entries):
        raise LimitsError("limits: %s must be a list of %d integers" % (key, entries))
    for number in values:
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            raise LimitsError("limits: %s must be integers from %d to %d" % (key, least, most))


class Limits:
    """Validated limits; every key of `SCHEMA` is an attribute (an int or a tuple of ints)."""

    def __init__(self, values):
        for key in values:
            if key not in SCHEMA:
                raise LimitsError("limits: %s is no known key" % key)
        for key in SCHEMA:
            if key not in values:
                raise LimitsError("limits: %s is missing" % key)
            _check(key, values[key])
            value = values[key]
            setattr(self, key, value if isinstance(value, int) else tuple(value))
        self._consistent()
        # As `safety.judge` wants them; speeds of a point in half mm/s, a little above for whole steps.
        self.table = array("i", self._numbers())
        # As `bounds.point_exceeds` wants it.
        links = [self.link1_mm, self.link2_mm]
        self.arm = array("i", links + list(self.usteps_per_rad) + [self.gantry, SIGN_SHIFT])
        self._hash = binascii.crc32(self.text().encode()) & 0xFFFFFFFF

    def _consistent(self):
        for axis in range(3):
            if self.min_usteps[axis] >= self.max_usteps[axis]:
                raise LimitsError("limits: min_usteps must be below max_usteps on every axis")
            if self.stop_joint_usteps_s[axis] < self.joint_usteps_s[axis]:
                raise LimitsError("limits: stop_joint_usteps_s must not be below joint_usteps_s")
            if self.stop_joint_usteps_s2[axis] < self.joint_usteps_s2[axis]:
                raise LimitsError("limits: stop_joint_usteps_s2 must not be below joint_usteps_s2")
        if self.point_mm_s > self.fast_point_mm_s:
            raise LimitsError("limits: fast_point_mm_s must not be below point_mm_s")
        if self.stop_point_mm_s < self.point_mm_s or self.stop_fast_point_mm_s < self.fast_point_mm_s:
            raise LimitsError("limits: stop_point_mm_s and stop_fast_point_mm_s must not be below the plan's")
        if self.encoder_sign[0] == 0 or self.encoder_sign[1] == 0:
            raise LimitsError("limits: encoder_sign must be 1 or -1")

    def _numbers(self):
        numbers = []
        for by_axis in (
            self.min_usteps,
            self.max_usteps,
            self.joint_usteps_s,
            self.joint_usteps_s2,
            self.stop_joint_usteps_s,
            self.stop_joint_usteps_s2,
        ):
            numbers += list(by_axis)
        speeds = (self.point_mm_s, self.fast_point_mm_s, self.stop_point_mm_s, self.stop_fast_point_mm_s)
        numbers += [2 * speed + ALLOW for speed in speeds]
        numbers += [self.usteps_per_mm, self.lowering_zone_mm * self.usteps_per_mm]
        speeds = (self.lowering_mm_s, self.rising_mm_s, self.recovery_mm_s, self.home_mm_s)
        numbers += [2 * speed + ALLOW for speed in speeds]
        reach = self.link1_mm if self.gantry else self.link1_mm + self.link2_mm
        numbers += [reach, self.link2_mm]
        return numbers + list(self.usteps_per_rad)

    @staticmethod
    def from_dict(values):
        """Limits from a mapping such as `REFERENCE`; raises `LimitsError` with one sentence."""
        return Limits(values)

    def as_dict(self):
        """The values as plain integers and lists, fit for JSON and for `from_dict`."""
        out = {}
        for key in SCHEMA:
            value = getattr(self, key)
            out[key] = value if isinstance(value, int) else list(value)
        return out

    def text(self):
        """The canonical text: one `key=value` line for every key in alphabetical order."""
        lines = []
        for key in sorted(SCHEMA):
            value = getattr(self, key)
            numbers = [value] if isinstance(value, int) else value
            lines.append(key + "=" + ",".join([str(number) for number in numbers]))
        return "\n".join(lines)

    def hash(self):
        """CRC-32 of the canonical text, 0 .. 2^32 - 1."""
        return self._hash


def load(path):
    """Limits from a JSON file; raises `LimitsError` naming the file."""
    try:
        with open(path) as file:
            values = json.load(file)
    except (OSError, ValueError) as error:
        raise LimitsError("limits: %s cannot be read (%s)" % (path, error)) from None
    if not isinstance(values, dict):
        raise LimitsError("limits: %s must hold one JSON object" % path)
    return Limits(values)
