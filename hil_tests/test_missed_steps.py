"""Steps lost by a motor of the running robot: physics, controllers, the link and the game's own watch."""

import random
from dataclasses import replace

import pytest

from firmware.board import lockstep as pins
from hil_tests.bench import Bench, physics_world
from host.arm.frames import square_board
from host.arm.kinematics import inverse_board
from host.arm.moves import swing, travel_usteps
from host.game.motions import Motions
from host.game.pace import Pace
from host.game.place import Place
from host.game.step_watch import StepWatch
from host.game.watch import SafetyWatch
from safety import reasons

FOUND_WITHIN_US = 200_000
SEATS = ("red", "black")
SEED = 5


@pytest.fixture
def robot(request, tmp_path):
    if request.config.getoption("--device", "virtual") != "virtual":
        pytest.skip("only in the twin can a test let a motor lose steps")
    bench = Bench.start(tmp_path / "twin", physics_world(SEED))
    yield Playing(bench)
    bench.close()


class Playing:
    """The robot as the game has it, from finding its place on."""

    def __init__(self, bench):
        self.bench, self.robot = bench, bench.robot
        self.steps = StepWatch(bench.robot)
        self.watch = SafetyWatch(bench.client, bench.time, self.steps)
        pace = Pace(bench.robot, bench.client, bench.time, self.watch, None)
        self.motions = Motions(bench.robot, bench.client, bench.time, self.watch, pace, lambda _: None)
        self.place = Place(bench.robot, bench.client, self.watch, self.motions)

    def get_ready(self):
        """A person's acts, then the place is found."""
        session = self.watch.session
        session.pause(500_000)
        for button in (pins.IN_BUTTON_ACK, pins.IN_BUTTON_GO):
            self.bench.client.looked()
            session.pause(50_000)
            self.bench.time.ask("press", buttons=button, for_us=120_000)
            session.pause(2_000_000)
        assert self.place.secure() is None

    def swing_over(self, square, seat):
        """Swing there; the stop, if it was stopped."""
        there = self.robot.usteps(inverse_board(self.robot, square_board(self.robot, square), 0.02, seat))
        here = self.motions.position()
        goal = (*there[:2], max(here[2], travel_usteps(self.robot)))
        return self.motions.execute(swing(self.robot, here, goal, "test", approach=True))


@pytest.mark.timeout(3600)
def test_each_slip_of_four_full_steps_is_found_within_a_fifth_of_a_second_of_rest(robot, long):
    dice = random.Random(SEED)
    robot.get_ready()
    assert robot.steps.check.curves is not None
    slips = [(k % 2, dice.choice([-1, 1]), dice.choice(SEATS)) for k in range(40)]
    for axis, cycles, seat in slips if long else [(0, 1, "red"), (1, -1, "black")]:
        here, there = dice.sample(range(90), 2)
        assert robot.swing_over(here, seat) is None
        robot.watch.session.pause(400_000)
        assert robot.steps.missed == (0, 0)
        robot.bench.time.ask("slip", axis=axis, cycles=cycles)
        stop = robot.swing_over(there, seat)
        rested_us = robot.bench.time.now_us()
        robot.watch.session.until(lambda _: robot.steps.missed != (0, 0), 1_000_000)
        assert robot.bench.time.now_us() - rested_us <= FOUND_WITHIN_US
        assert robot.steps.missed == ((cycles, 0) if axis == 0 else (0, cycles))
        assert not robot.watch.found
        robot.watch.session.pause(400_000)
        assert robot.watch.state() == "stopped"
        assert robot.watch.why() == reasons.TEXTS[reasons.ENCODER]
        assert stop is None or stop.reason == reasons.TEXTS[reasons.ENCODER]
        robot.get_ready()
        assert robot.watch.found


@pytest.mark.timeout(3600)
def test_known_bends_of_the_encoders_save_the_sweep_unless_a_magnet_has_moved(robot):
    robot.get_ready()
    measured = robot.steps.check.curves

    def seconds_to_find():
        began_us = robot.bench.time.now_us()
        robot.watch.found = False
        assert robot.place.secure() is None
        return (robot.bench.time.now_us() - began_us) / 1e6

    quick = seconds_to_find()
    assert robot.steps.check.curves == measured
    shoulder, elbow = measured
    turned = replace(elbow, terms=(elbow.terms[0] + 8.0, *elbow.terms[1:]))
    robot.steps.check.curves = (shoulder, turned)
    assert seconds_to_find() > quick + 15.0
    here, joint = robot.motions.position()[1], robot.robot.elbow
    learned = robot.steps.check.curves[1]
    assert abs(learned.off(joint, here, 0.0) - elbow.off(joint, here, 0.0)) < 1.0
    assert robot.watch.safety_events == []


@pytest.mark.timeout(3600)
def test_a_robot_that_loses_no_step_is_never_stopped(robot, long):
    dice = random.Random(SEED + 1)
    robot.get_ready()
    # Every point but the one over which the arm stands: a square of one seat is another of the other.
    here = -1
    for _ in range(300 if long else 4):
        point = dice.choice([point for point in range(90) if point != here])
        seat = dice.choice(SEATS)
        assert robot.swing_over(point if seat == SEATS[0] else 89 - point, seat) is None
        robot.watch.session.pause(300_000)
        here = point
    assert robot.watch.safety_events == []
    assert robot.steps.missed == (0, 0)
