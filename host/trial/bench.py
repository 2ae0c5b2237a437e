"""The arm on the twin's motors without controllers between: planned step edges go straight into the world.

What is left out is the link and the firmware, which add nothing to where a step falls (their tests show
that); what is kept is everything that moves: motors, free play, friction, magnet, pieces, camera. So a
thousand moves take an hour instead of a day.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from firmware.magnet import KICK_PERMILLE, KICK_US
from host.arm.choreography import MagnetStep, MoveStep, Step, plan_park
from host.arm.encoder_curve import EncoderCurve
from host.arm.homing import AXES, joints_from_encoders, plan_homing, plan_recovery, position_after_homing
from host.arm.joints import Usteps
from host.arm.motion import Motion
from host.arm.moves import feel, lower, raise_nose
from host.arm.robot import Robot
from host.arm.step_check import RestReadings, Sample, StepCheck, curves_of_sweep, mean_sample, plan_sweep
from host.trial.errors import BenchError
from host.twin.world import World
from safety.axes import AXES as AXIS_COUNT
from safety.axes import LIFT, NOSE, TICKS_PER_US
from safety.segment import Segment
from vision.reading import Frame

__all__ = ["BRAKE_US", "Bench"]

BRAKE_US = 250_000
"""How long a controller takes to brake to rest (its rate falls evenly here, jerk-limited there)."""
_SETTLE_US = 50_000
_RISE_US = 2_000_000
_FRAME_US = 1_000
_SEARCH_FRAME_US = 250
_CREEPS = 3
_ALL_SWITCHES = 0b111
_FEEL_M = 0.002
_FULL_DRIVE = 1000
_LINK_US = 60_000
"""What the link and the controllers take from one motion to the next."""
_SWEEP_SAMPLES = 3
_REPORT_US = 20_000
"""How often a controller tells where it is."""


class Bench:
    """A world whose arm carries out plans. It knows where the arm is only as a controller would."""

    def __init__(
        self,
        world: World,
        robot: Robot | None = None,
        curves: tuple[EncoderCurve, EncoderCurve] | None = None,
    ) -> None:
        """`robot` and the encoders' `curves` are what a calibration found (default: the drawing, and what is
        measured after power-on).
        """
        self.world = world
        self.robot: Robot = robot or world.robot
        self.usteps: Usteps = (0, 0, 0)
        self.magnet_on = False
        self.missed: list[tuple[int, int]] = []
        """Cycles of four full steps that shoulder and elbow were found to be off, one entry for each find."""
        self._check = StepCheck(self.robot, curves)

    def now_us(self) -> int:
        """Twin time."""
        return self.world.now_us()

    def wait(self, us: int) -> None:
        """Let the world go on."""
        self.world.advance(self.world.now_us() + us)

    def settle(self, most_us: int = 3_000_000) -> None:
        """Let the world go on until nothing moves, at most so long."""
        until = self.world.now_us() + most_us
        while self.world.now_us() < until and not self.world.is_quiet():
            self.wait(_FRAME_US)

    def picture(self) -> Frame:
        """What the camera sees now."""
        return Frame(self.world.render(), self.world.now_us(), "camera")

    def encoders(self) -> tuple[int, int]:
        """What the joint encoders read now."""
        return self.world.encoder_counts()

    # --- motion -----------------------------------------------------------------------------------

    def run(self, steps: Iterable[Step]) -> None:
        """Carry out the steps of a plan."""
        for step in steps:
            match step:
                case MoveStep(motion):
                    self.move(motion)
                case MagnetStep(on, settle_s):
                    self._switch_magnet(on)
                    self.wait(round(settle_s * 1e6))
                case _:
                    pass

    def move(self, motion: Motion) -> None:
        """Play one motion to its end and let the arm come to rest.

        Raises `BenchError` when it does not begin where the arm is.
        """
        if motion.start_usteps != self.usteps:
            there, here = motion.start_usteps, self.usteps
            raise BenchError(f"the motion '{motion.label}' begins at {there}, but the arm is at {here}")
        begin = self.world.now_us()
        for axis, (times, signs) in enumerate(_edges(motion.segments)):
            if len(times):
                self.world.push_edges(axis, begin + times, signs)
        total_us = sum(segment.duration_ticks for segment in motion.segments) / TICKS_PER_US
        self._check.begins(motion)
        self.wait(round(total_us) + _LINK_US)
        self.usteps = motion.end_usteps
        self._check.finished(motion)
        if motion.via is not None and self._check.curves is not None:
            missed = self._check.missed(*self._rest())
            if missed != (0, 0):
                self.missed.append(missed)

    def _rest(self) -> Sample:
        """What the encoders read now that the joints are at rest."""
        readings = RestReadings(self.robot)
        while True:
            sample = readings.heard(self.world.now_us(), self.usteps, self.encoders())
            if sample is not None:
                return sample
            self.wait(_REPORT_US)

    def feel(self, expected: float) -> float | None:
        """Lower the nose until its switch closes, at the lift height `expected` (m) or so; then raise it.

        Returns the lift height (m) at which it closed, or None when it did not.
        """
        robot = self.robot
        self.move(lower(robot, self.usteps, expected + _FEEL_M, "down to the piece"))
        lowest = max(expected - _FEEL_M, robot.lift.low)
        touched = self._search(feel(robot, self.usteps, lowest, "feeling"), NOSE)
        self.move(raise_nose(robot, self.usteps, "up", holding=False))
        return None if touched is None else touched / robot.lift.usteps_per_unit

    def park(self) -> None:
        """Go to the park position."""
        self.run(plan_park(self.robot, self.usteps, holding=self.magnet_on).put)

    def _switch_magnet(self, on: bool) -> None:
        self.magnet_on = on
        if on:
            self.world.set_magnet(_FULL_DRIVE)
        else:
            self.world.set_magnet(KICK_PERMILLE)
            self.wait(KICK_US)
            self.world.set_magnet(0)

    # --- finding the place ------------------------------------------------------------------------

    def power_on(self) -> None:
        """Close the motor gate and find the arm's place: by the encoders, then by each limit switch.

        Raises `BenchError` when the switches are not found.
        """
        self.world.set_motor_power(True)
        self.wait(300_000)
        self.find_place()
        if self._check.curves is None:
            self.learn_encoders()

    def find_again(self) -> None:
        """After missed steps: without power the lift rises, then the place is found anew."""
        self.world.set_motor_power(False)
        self.wait(_RISE_US)
        self.world.set_motor_power(True)
        self.wait(300_000)
        self.find_place()

    def learn_encoders(self) -> None:
        """Measure the bend of the joint encoders against the motors, as the game does, and park again."""
        samples: list[Sample] = []
        for motion in plan_sweep(self.robot, self.usteps):
            self.move(motion)
            samples.append(mean_sample([self._rest() for _ in range(_SWEEP_SAMPLES)]))
        self._check.curves = curves_of_sweep(self.robot, samples)
        self.park()

    def find_place(self) -> None:
        """Creep to the park position and find the edge of each limit switch, as the game does."""
        robot = self.robot
        lift: float | None = None
        for _ in range(_CREEPS):
            rough = joints_from_encoders(robot, self.encoders(), lift)
            self.usteps = robot.usteps(rough)
            for motion in plan_recovery(robot, rough):
                self.move(motion)
            if self.world.inputs() & _ALL_SWITCHES == _ALL_SWITCHES:
                break
            lift = robot.park.lift
        else:
            raise BenchError("the arm stands at its park position, but not all limit switches are pressed")
        edges = [0, 0, 0]
        for axis in range(len(AXES)):
            off, back = plan_homing(robot, axis, self.usteps)
            self._search(off, axis)
            edge = self._search(_from_here(back, self.usteps), axis)
            if edge is None:
                raise BenchError(f"the limit switch of the {AXES[axis]} did not change")
            edges[axis] = edge
        self.usteps = position_after_homing(robot, self.usteps, (edges[0], edges[1], edges[2]))
        for motion in plan_recovery(robot, robot.joints(self.usteps)):
            self.move(motion)

    def _search(self, motion: Motion, searched: int) -> int | None:
        """Play `motion` until the switch of an axis, or of the nose, changes, and brake.

        What the counter of the axis that moves read at the change, or None when there was none.
        """
        bit, axis = 1 << searched, LIFT if searched == NOSE else searched
        before = self.world.inputs() & bit
        begin = self.world.now_us()
        times, signs = _edges(motion.segments)[axis]
        played = 0
        counter = self.usteps[axis]
        end = begin + round(times[-1]) + _SETTLE_US if len(times) else begin
        while self.world.now_us() < end:
            frame_end = self.world.now_us() + _SEARCH_FRAME_US * 2
            upto = int(np.searchsorted(times, frame_end - begin, side="right"))
            if upto > played:
                self.world.push_edges(axis, begin + times[played:upto], signs[played:upto])
                counter += int(signs[played:upto].sum())
                played = upto
            self.world.advance(frame_end)
            if self.world.inputs() & bit != before:
                latched = counter
                counter += self._brake(axis, times[played:] - (self.world.now_us() - begin), signs[played:])
                self._moved_to(axis, counter)
                return latched
        self._moved_to(axis, counter)
        return None

    def _moved_to(self, axis: int, counter: int) -> None:
        place = list(self.usteps)
        place[axis] = counter
        self.usteps = (place[0], place[1], place[2])

    def _brake(self, axis: int, left: NDArray[np.float64], signs: NDArray[np.int8]) -> int:
        """Play what is left (us from now) at a rate that falls to nothing; the steps made."""
        kept = left <= BRAKE_US / 2
        times = BRAKE_US * (1.0 - np.sqrt(np.clip(1.0 - 2.0 * left[kept] / BRAKE_US, 0.0, 1.0)))
        if kept.any():
            self.world.push_edges(axis, self.world.now_us() + times, signs[kept])
        self.wait(BRAKE_US + _SETTLE_US)
        return int(signs[kept].sum())


def _from_here(motion: Motion, here: Usteps) -> Motion:
    """The same steps from another place (a search begins where the one before came to rest)."""
    span = [end - start for start, end in zip(motion.start_usteps, motion.end_usteps, strict=True)]
    end = (here[0] + span[0], here[1] + span[1], here[2] + span[2])
    return Motion(
        motion.segments, here, end, motion.duration_s, motion.label, motion.profile, motion.home_axis
    )


def _edges(segments: tuple[Segment, ...]) -> list[tuple[NDArray[np.float64], NDArray[np.int8]]]:
    """Step times (us from the motion's start) and directions of each axis."""
    result = []
    starts = np.concatenate([[0], np.cumsum([segment.duration_ticks for segment in segments])])
    for axis in range(AXIS_COUNT):
        times: list[NDArray[np.float64]] = []
        signs: list[NDArray[np.int8]] = []
        for start, segment in zip(starts, segments, strict=False):
            count = abs(segment.count[axis])
            if count == 0:
                continue
            k = np.arange(count, dtype=np.int64)
            shape = (k * segment.interval_q12[axis] + segment.add_q12[axis] * (k * (k - 1) // 2)) >> 12
            times.append((start + segment.first[axis] + shape) / TICKS_PER_US)
            signs.append(np.full(count, 1 if segment.count[axis] > 0 else -1, np.int8))
        if times:
            result.append((np.concatenate(times), np.concatenate(signs)))
        else:
            result.append((np.empty(0), np.empty(0, np.int8)))
    return result
