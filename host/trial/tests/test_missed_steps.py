"""Steps lost on the bench: each is found at the next rest, and nothing else is taken for one."""

import random
from dataclasses import replace

import pytest

from host.arm.choreography import MoveStep, plan_park
from host.arm.frames import square_board
from host.arm.kinematics import inverse_board
from host.arm.moves import swing, travel_usteps
from host.arm.robot import load as load_robot
from host.trial.bench import Bench
from host.twin.noise import load as load_noise
from host.twin.world import World

ROBOT = load_robot()


def bench_of(seed, play_arcmin, seat):
    noise = load_noise()
    noise = replace(noise, motor=replace(noise.motor, play_arcmin=play_arcmin))
    bench = Bench(World(ROBOT, noise, seed, robot_plays=seat))
    bench.power_on()
    return bench


def over(bench, square):
    """A swing over a square, as the game plans it."""
    seat = bench.world.robot_plays
    shoulder, elbow, _ = ROBOT.usteps(inverse_board(ROBOT, square_board(ROBOT, square), 0.02, seat))
    there = (shoulder, elbow, travel_usteps(ROBOT))
    return swing(ROBOT, bench.usteps, there, "test", approach=True)


@pytest.mark.parametrize(("play_arcmin", "seat"), [(6.0, "red"), (15.0, "black")])
def test_every_slip_of_four_full_steps_is_found_at_rest_and_nothing_else(play_arcmin, seat):
    dice = random.Random(round(play_arcmin))
    bench = bench_of(11, play_arcmin, seat)
    for _ in range(12):
        bench.move(over(bench, dice.randrange(90)))
        bench.run(plan_park(ROBOT, bench.usteps, holding=False).put)
    assert bench.missed == []
    for _ in range(12):
        bench.run(plan_park(ROBOT, bench.usteps, holding=False).put)
        here, there = dice.sample(range(90), 2)
        bench.move(over(bench, here))
        axis, cycles = dice.randrange(2), dice.choice([-2, -1, 1, 2])
        bench.world.slip(axis, cycles)
        bench.move(over(bench, there))
        lost = (cycles, 0) if axis == 0 else (0, cycles)
        assert bench.missed == [lost]
        bench.missed.clear()
        bench.world.slip(axis, -cycles)


def test_after_a_slip_the_arm_finds_its_place_again():
    bench = bench_of(12, 6.0, "black")
    bench.world.slip(0, 1)
    bench.move(over(bench, 40))
    assert bench.missed == [(1, 0)]
    bench.find_again()
    bench.missed.clear()
    for square in (0, 40, 89):
        bench.move(over(bench, square))
    steps = [step for step in plan_park(ROBOT, bench.usteps, holding=False).put if isinstance(step, MoveStep)]
    bench.run(steps)
    assert bench.missed == []
