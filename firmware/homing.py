"""Searching a limit switch, or feeling with the nose: its first change latches the counters and brakes."""

from firmware.board.lockstep import IN_LIMIT_SHOULDER  # the bits of elbow, lift and nose follow


class Homing:
    """Armed for one axis (or NOSE) at the start of a HOME motion; `changed` tells when its switch moved."""

    def __init__(self):
        self.axis = None
        self.latched = None
        self._level = 0

    def arm(self, axis, inputs):
        """A HOME motion of `axis` begins; the switch stands as `inputs` say."""
        self.axis = axis
        self.latched = None
        self._level = inputs & (IN_LIMIT_SHOULDER << axis)

    def disarm(self):
        """The motion is over."""
        self.axis = None

    def changed(self, inputs, position):
        """True once, when the switch changes; `latched` then holds the step counters (usteps)."""
        if self.axis is None or self.latched is not None:
            return False
        if inputs & (IN_LIMIT_SHOULDER << self.axis) == self._level:
            return False
        self.latched = (position[0], position[1], position[2])
        return True
