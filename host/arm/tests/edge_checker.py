"""Judges the step edges a controller makes of a motion against the numbers of the robot file.

Shares no code with the planner or the safety room: the segments go through the controller's own expansion
into PIO words, the words give edges, and from the edges alone positions and their derivatives are rebuilt.

The d-th derivative is the least-squares polynomial of degree d over a window. Its kernel is nowhere negative,
so that a path which keeps its limit can never look as if it did not; what remains is that a step is a whole
step, for which `_ROUGH` allows.
"""

import math
from dataclasses import dataclass

import numpy as np

from firmware.queue import CAPACITY, SegmentQueue
from firmware.steps import ENDED, WORDS, Expander
from firmware.wire.messages import SEGMENT_LAST
from safety.braking import CELL_TICKS, RESTING, Rate

TICKS_PER_S = 8e6
GRID_S = 0.002
WINDOW_S = 0.12
# A position rebuilt from edges is off by a part of a step: edges are moved by up to 10 us, and near rest
# nothing tells where between two steps the axis stands.
_ROUGH = 0.25


@dataclass
class Sent:
    """What left the controller: edge times (s) and directions by axis, and the positions before and after."""

    times: list
    signs: list
    start: tuple
    end: tuple
    duration: float

    def axis(self, axis, time):
        """Position of an axis (usteps, unrounded) at each time: an edge is the middle between two steps."""
        times, signs = self.times[axis], self.signs[axis]
        counts = self.start[axis] + np.cumsum(signs) - 0.5 * signs
        known = np.concatenate([[0.0], times, [self.duration]])
        values = np.concatenate([[self.start[axis]], counts, [self.end[axis]]])
        return np.interp(time, known, values)


def send(motion, brake_at_s=None, resume=True, slow_at_s=None, share_256=256):
    """Expand a motion as the controller does, with a brake at `brake_at_s`, gone on from when `resume`.

    From `slow_at_s` on it is slowed to `share_256` / 256 of its rate.
    """
    queue = SegmentQueue()
    expander = Expander(queue)
    expander.set_position(motion.start_usteps)
    waiting = list(motion.segments)
    rate = Rate()
    ticks = [0, 0, 0]
    times, signs = [[], [], []], [[], [], []]
    begun = ended = False
    cells = 0
    while not ended:
        while waiting and queue.count() < CAPACITY:
            segment = waiting.pop(0)
            queue.push(segment.numbers(), 0 if waiting else SEGMENT_LAST, 1, 0, 0)
        if not begun:
            expander.begin()
            begun = True
        if brake_at_s is not None and cells * GRID_S >= brake_at_s:
            rate.brake()
            brake_at_s = None
        if slow_at_s is not None and cells * GRID_S >= slow_at_s:
            rate.slow(share_256)
        if rate.mode == RESTING:
            if not resume:
                break
            rate.resume()
        ended = expander.cell(rate.next_cell()) == ENDED
        cells += 1
        for axis in range(3):
            for word in expander.words[WORDS * axis : WORDS * axis + expander.written(axis)]:
                ticks[axis] += word >> 2
                if word & 2:
                    times[axis].append(ticks[axis] / TICKS_PER_S)
                    signs[axis].append(1 if word & 1 else -1)
    return Sent(
        [np.array(each) for each in times],
        [np.array(each, dtype=np.int64) for each in signs],
        motion.start_usteps,
        tuple(expander.position(axis) for axis in range(3)),
        cells * CELL_TICKS / TICKS_PER_S,
    )


def derivative(values, order):
    """The `order`-th derivative by least squares in every window, and the sum of its weights' sizes."""
    half = round(WINDOW_S / 2 / GRID_S)
    at = np.arange(-half, half + 1) * GRID_S
    weights = np.linalg.pinv(np.vander(at, order + 1, increasing=True))[order] * math.factorial(order)
    # At rest before and after.
    padded = np.pad(values, half, mode="edge")
    return np.convolve(padded, weights[::-1], mode="valid"), float(np.abs(weights).sum())


class EdgeChecker:
    """Finds what breaks a limit of `robot`; `factor` scales the acceleration's (braking: the stop limits)."""

    def __init__(self, robot):
        self.robot = robot
        self.axes = (robot.shoulder, robot.elbow, robot.lift)
        self.plans = (robot.plan.shoulder, robot.plan.elbow, robot.plan.lift)
        self.stops = (robot.stop.shoulder, robot.stop.elbow, robot.stop.lift)

    def faults(self, motion, sent, *, holding=False, braked=False):
        """Every broken limit in one sentence each."""
        values = self._values(sent)
        found = self._positions(motion, sent)
        found += self._joints(sent, values, braked)
        found += self._points(motion, values)
        found += self._lift(motion, values, holding)
        return found

    def fastest_point(self, sent, since):
        """The greatest speed (m/s) of elbow or nose over 10 ms from the time `since` on."""
        values = self._values(sent)[round(since / GRID_S) :]
        moved = [np.abs(point[5:] - point[:-5]).max(initial=0.0) for point in self._horizontal(values)]
        return max(moved) / (5 * GRID_S)

    def _values(self, sent):
        """Joint positions (rad, rad, m) every 2 ms, (n, 3)."""
        grid = np.arange(0.0, sent.duration + GRID_S, GRID_S)
        usteps = np.stack([sent.axis(axis, grid) for axis in range(3)], axis=1)
        return usteps / [axis.usteps_per_unit for axis in self.axes]

    def _horizontal(self, values):
        """Elbow and nose in the base frame as complex numbers; of a gantry its bridge and the nose."""
        arm = self.robot.arm
        if arm.kind == "gantry":
            bridge = 1j * arm.link2 * values[:, 1]
            return bridge, bridge + arm.link1 * values[:, 0]
        knee = arm.link1 * np.exp(1j * values[:, 0])
        return knee, knee + arm.link2 * np.exp(1j * (values[:, 0] + values[:, 1]))

    def _positions(self, motion, sent):
        found = []
        if sent.end != motion.end_usteps:
            found.append(f"it ends at {sent.end}, not at {motion.end_usteps}")
        for axis, data in enumerate(self.axes):
            places = np.concatenate([[sent.start[axis]], sent.start[axis] + np.cumsum(sent.signs[axis])])
            low, high = data.low * data.usteps_per_unit, data.high * data.usteps_per_unit
            if motion.profile in {"normal", "fast"} and not (low <= places.min() and places.max() <= high):
                found.append(f"axis {axis} leaves its range")
            if (np.diff(sent.times[axis]) <= 0).any():
                found.append(f"axis {axis} has edges out of order")
        return found

    def _joints(self, sent, values, braked):
        found = []
        for axis, data in enumerate(self.axes):
            limits = (self.stops if braked else self.plans)[axis]
            rough = _ROUGH / data.usteps_per_unit
            for order, most in ((1, self.plans[axis].speed), (2, limits.acceleration), (3, limits.jerk)):
                if braked and order == 3:
                    continue  # the brake's own curve bounds it, not the joint's limit
                rate, spread = derivative(values[:, axis], order)
                if np.abs(rate).max() > most + rough * spread:
                    found.append(f"axis {axis}: derivative {order} is {np.abs(rate).max():.4g} > {most:.4g}")
            if len(sent.times[axis]) > 1:
                quickest = 1.0 / np.diff(sent.times[axis]).min() / data.usteps_per_unit
                if quickest > self.stops[axis].speed:
                    found.append(f"axis {axis}: two steps are nearer than its stop limit allows")
        return found

    def _points(self, motion, values):
        plan = self.robot.plan
        most = {
            "normal": plan.fastest_point,
            "fast": plan.fastest_point_cleared,
            "recovery": plan.recovery,
            "home": plan.home,
        }[motion.profile]
        found = []
        for name, point in zip(("elbow", "nose"), self._horizontal(values), strict=True):
            # Over 10 ms; one step at full reach is 0.06 mm.
            moved = np.abs(point[5:] - point[:-5]).max(initial=0.0)
            rise = np.abs(values[5:, 2] - values[:-5, 2]).max(initial=0.0) if name == "nose" else 0.0
            if max(moved, rise) > most * 5 * GRID_S + 0.00002:
                found.append(f"the {name} moves at {max(moved, rise) / (5 * GRID_S) * 1e3:.1f} mm/s")
        return found

    def _lift(self, motion, values, holding):
        plan, lift = self.robot.plan, self.robot.lift
        found = []
        height = values[:, 2]
        rate = (height[5:] - height[:-5]) / (5 * GRID_S)
        near = np.minimum(height[5:], height[:-5]) < lift.near
        allow = 1.0 / lift.usteps_per_unit / (5 * GRID_S)
        if (near & (rate < -plan.lowering - allow)).any():
            found.append(f"it lowers at {-rate.min() * 1e3:.1f} mm/s near pieces")
        rising = plan.rising_with_piece if holding else plan.rising
        if (near & (rate > rising + allow)).any():
            found.append(f"it rises at {rate.max() * 1e3:.1f} mm/s near pieces")
        if motion.profile in {"normal", "fast"}:
            turning = (np.diff(values[:, 0]) != 0) | (np.diff(values[:, 1]) != 0)
            below = height[1:] < lift.travel - 1.0 / lift.usteps_per_unit
            if (turning & below).any():
                found.append("it moves sideways below travel height")
        return found
