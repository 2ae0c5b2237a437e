import math
import random
from itertools import pairwise

import pytest

from host.arm.encoder_curve import expected_counts
from host.arm.moves import ease, swing, travel_usteps
from host.arm.robot import load
from host.arm.step_check import RestReadings, StepCheck, curves_of_sweep, plan_sweep

ROBOT = load()
AXES = (ROBOT.shoulder, ROBOT.elbow)
PARK = ROBOT.usteps(ROBOT.park)
CYCLE = 4 * ROBOT.shoulder.microsteps
PLAY_COUNTS = math.radians(15 / 60) * 4096 / math.tau


def bend(axis, usteps):
    """A magnet a degree off: eleven counts at its worst."""
    angle = usteps / AXES[axis].usteps_per_unit
    return 3.0 + 8.0 * math.sin(angle + 1.0 + axis) + 3.0 * math.sin(2 * angle - axis)


def read(usteps, slipped=(0, 0), other_side=0.0):
    counts = []
    for axis, joint in enumerate(AXES):
        real = usteps[axis] + slipped[axis] * CYCLE
        counts.append(expected_counts(joint, real) + bend(axis, real) + other_side)
    return counts[0], counts[1]


@pytest.fixture(scope="module")
def curves():
    return curves_of_sweep(
        ROBOT, [(m.end_usteps, read(m.end_usteps)) for m in plan_sweep(ROBOT, PARK)]
    )


def anywhere(dice):
    low, high = (
        [round(getattr(joint, end) * joint.usteps_per_unit) for joint in AXES] for end in ("low", "high")
    )
    place = [dice.randint(a + 300, b - 300) for a, b in zip(low, high, strict=True)]
    return (place[0], place[1], travel_usteps(ROBOT))


def at_rest(curves, here, there, approach=True):
    check = StepCheck(ROBOT, curves)
    motion = swing(ROBOT, here, there, "test", approach=approach)
    check.begins(motion)
    check.finished(motion)
    return check


def test_a_sweep_follows_one_motion_with_the_next_and_covers_both_ranges():
    motions = plan_sweep(ROBOT, PARK)
    assert motions[0].start_usteps == PARK
    assert all(a.end_usteps == b.start_usteps for a, b in pairwise(motions))
    assert all(motion.via is not None for motion in motions)
    for axis, joint in enumerate(AXES):
        angles = [motion.end_usteps[axis] / joint.usteps_per_unit for motion in motions]
        assert max(angles) - min(angles) > 0.97 * (joint.high - joint.low)


def test_every_missed_cycle_is_found_wherever_the_arm_rests(curves):
    dice = random.Random(5)
    for _ in range(200):
        here, there = anywhere(dice), anywhere(dice)
        check = at_rest(curves, here, there)
        lost = (dice.randint(-3, 3), dice.randint(-3, 3))
        assert check.missed(there, read(there, lost)) == lost


def test_noise_of_a_count_is_no_missed_step(curves):
    dice = random.Random(6)
    for _ in range(200):
        here, there = anywhere(dice), anywhere(dice)
        counts = tuple(value + dice.uniform(-1.2, 1.2) for value in read(there))
        assert at_rest(curves, here, there).missed(there, counts) == (0, 0)


def test_after_a_rest_from_another_side_the_free_play_is_no_missed_step(curves):
    here, there = (25000, -16000, travel_usteps(ROBOT)), (22000, -9000, travel_usteps(ROBOT))
    loose = at_rest(curves, here, there, approach=False)
    for side in (-PLAY_COUNTS, PLAY_COUNTS):
        assert loose.missed(there, read(there, other_side=side)) == (0, 0)
    assert loose.missed(there, read(there, (2, 0)))[0] != 0
    stopped = at_rest(curves, here, there)
    stopped.begins(ease(ROBOT, there, here, "on its way"))
    assert stopped.missed(there, read(there, other_side=PLAY_COUNTS)) == (0, 0)


def test_without_curves_nothing_is_found():
    assert StepCheck(ROBOT).missed(PARK, (0.0, 0.0)) == (0, 0)


def test_readings_count_from_when_the_joints_have_come_to_rest():
    rest = RestReadings(ROBOT)
    place = (25000, -16000, 14000)
    exact = read(place)
    counts = (round(exact[0]) % 4096, round(exact[1]) % 4096)
    assert rest.heard(0, (24000, -16000, 14000), counts) is None
    heard = [(ms, rest.heard(ms * 1000, (*place[:2], 14000 - ms), counts)) for ms in range(20, 400, 20)]
    samples = [(ms, sample) for ms, sample in heard if sample is not None]
    # 60 ms to ring down, then two readings, and so on while it rests; the lift may move.
    assert [ms for ms, _ in samples] == [100, 140, 180, 220, 260, 300, 340, 380]
    for ms, (usteps, mean) in samples:
        assert usteps == (*place[:2], 14000 - ms)
        assert all(
            abs(math.remainder(a - b, 4096)) <= 0.5 for a, b in zip(mean, exact, strict=True)
        )


def test_a_mean_is_taken_across_the_wrap_of_the_counts():
    rest = RestReadings(ROBOT)
    at_zero = round((2048 - ROBOT.shoulder.encoder_zero) % 4096 * ROBOT.shoulder.encoder_sign)
    usteps = round(at_zero / 4096 * math.tau * ROBOT.shoulder.usteps_per_unit)
    place = (usteps, -16000, 14000)
    expected = expected_counts(ROBOT.shoulder, usteps)
    rest.heard(0, place, (0, 0))
    sample = None
    for ms, off in ((80, -1), (100, 1)):
        sample = rest.heard(ms * 1000, place, (round(expected + off) % 4096, 0))
    assert sample is not None
    assert abs(sample[1][0] - round(expected)) < 1.0
