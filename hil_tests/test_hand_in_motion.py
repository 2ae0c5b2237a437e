"""A hand that reaches in while the arm moves, in the twin as it is: camera, physics, controllers, link."""

from types import SimpleNamespace

import pytest

from firmware.board import lockstep as pins
from hil_tests.bench import Bench, physics_world
from host.arm.frames import square_board
from host.arm.kinematics import inverse_board
from host.arm.moves import swing
from host.game.lookout import Lookout
from host.game.pace import Pace
from host.link.session import End
from safety import reasons, states
from vision.look import Looker
from vision.reading import Frame

FAR, FIRST, SECOND, MIDDLE = 0, 81, 89, 40
"""Squares as a robot that plays black sees them: its near rank is rank 9, and the hand comes from rank 0."""


@pytest.fixture(params=["red", "black"])
def seat(request):
    return request.param


@pytest.fixture
def bench(request, tmp_path, seat):
    if request.config.getoption("--device", "virtual") != "virtual":
        pytest.skip("only the twin has a hand that a test can command")
    person = {"factory": "hil_tests.waver:make_waver"}
    bench = Bench.start(tmp_path / "twin", {**physics_world(3), "robot_plays": seat}, person=person)
    yield bench
    bench.close()


class Watched:
    """The bench with a lookout over its camera. Squares are those of black; red sees them turned."""

    def __init__(self, bench, seat):
        self.bench, self.session, self.seat = bench, bench.session, seat
        bench.get_ready(bench.usteps_by_encoders())
        self.lookout = Lookout(self._glance, bench.robot, seat)
        held = lambda: "hold" if states.HOLD in bench.session.states.values() else "moving"  # noqa: E731
        watch = SimpleNamespace(session=bench.session, found=True, state=held)
        self.pace = Pace(bench.robot, bench.client, bench.time, watch, self.lookout)
        self.pace.begin()

    def _glance(self):
        t_us, image = self.bench.time.glance()
        return Frame(image, t_us, "watch stream")

    def look(self):
        t_us, image = self.bench.time.frame()
        reading = Looker().look(Frame(image, t_us, "camera"))
        assert reading.verdict == "ok"
        self.lookout.looked(reading, (1280, 720), self.pace.joints())

    def move(self, square, fast=True):
        """Begin a swing over a square."""
        robot = self.bench.robot
        lift = robot.joints(self.session.usteps).lift
        point = square_board(robot, self._seen(square))
        there = robot.usteps(inverse_board(robot, point, lift, self.seat))
        motion = swing(robot, self.session.usteps, there, "swing", fast=fast)
        self.session.begin(self.pace.allowed(motion))

    def wave(self, square):
        self.bench.time.ask("say", message={"wave": self._seen(square)})

    def _seen(self, square):
        return square if self.seat == "black" else 89 - square


@pytest.mark.timeout(600)
def test_a_hand_far_from_the_arm_slows_it_and_one_at_the_arm_pauses_it_until_a_person_says_go(bench, seat):
    robot = Watched(bench, seat)
    creep = bench.creep(0.3)
    robot.session.execute(creep)
    robot.look()
    robot.move(FIRST)
    assert robot.pace.sent[-1].cut == "a person near"  # nobody was watched for yet
    assert robot.session.await_end().end is End.FINISHED
    robot.session.pause(2_200_000)
    before, began_us = robot.lookout.pictures, bench.time.now_us()
    robot.move(SECOND)
    assert robot.pace.sent[-1].cut is None
    robot.wave(FAR)
    outcome = robot.session.await_end()
    assert outcome.end is End.FINISHED
    assert robot.pace.sent[-1].cut == "slowed: a person came near"
    seconds = (bench.time.now_us() - began_us) / 1e6
    assert robot.lookout.pictures - before >= 10 * seconds - 1
    # Slowed: it took longer than planned, and shorter than at the normal speed throughout.
    planned = robot.pace.sent[-1].seconds
    assert planned + 0.1 < seconds < 1.8 * planned
    robot.session.pause(3_500_000)
    robot.wave(MIDDLE)
    robot.move(MIDDLE, fast=False)
    held = robot.session.await_end()
    assert (held.end, held.reason) == (End.HELD, reasons.HOST_HOLD)
    assert "paused: a hand at the arm" in robot.pace.sent[-1].cut
    robot.session.pause(3_000_000)  # the hand goes away
    bench.press(pins.IN_BUTTON_GO)
    assert robot.session.await_end().end is End.FINISHED
