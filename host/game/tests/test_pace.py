from types import SimpleNamespace

import pytest

from firmware.wire import messages
from host.arm.moves import lower, swing, travel_usteps
from host.arm.robot import load
from host.game.pace import Pace

ROBOT = load()
TRAVEL = travel_usteps(ROBOT)
HERE, THERE = (25000, -16000, TRAVEL), (22000, -9000, TRAVEL)


class Lookout:
    """Sees what a test says."""

    def __init__(self):
        self.nobody = True
        self.hand_at_arm = False
        self.glimpses = []

    def clear(self, now_us):
        return self.nobody

    def glimpse(self, now_us, joints):
        self.glimpses.append((now_us, joints))


class Client:
    """Keeps what it is told."""

    def __init__(self):
        self.moving = True
        self.said = []

    def profile(self, profile):
        self.said.append(("profile", profile))

    def hold(self):
        self.said.append("hold")


class Robot:
    """A pace with everything around it."""

    def __init__(self, *, with_camera=True):
        self.lookout = Lookout()
        self.client = Client()
        self.now_us = 1_000_000
        self.session = SimpleNamespace(meanwhile=None, usteps=HERE)
        self.state = "moving"
        watch = SimpleNamespace(session=self.session, found=True, state=lambda: self.state)
        time = SimpleNamespace(now_us=lambda: self.now_us)
        self.pace = Pace(ROBOT, self.client, time, watch, self.lookout if with_camera else None)
        self.pace.begin()

    def watch(self, times=1):
        for _ in range(times):
            self.now_us += 80_000
            self.session.meanwhile()


@pytest.fixture
def robot():
    return Robot()


@pytest.fixture
def fast():
    return swing(ROBOT, HERE, THERE, "carry", fast=True)


def test_a_fast_swing_stays_fast_while_nobody_is_seen(robot, fast):
    assert robot.pace.allowed(fast) is fast
    (sent,) = robot.pace.sent
    assert sent.cut is None
    assert 200 < sent.sent_mm_s == sent.asked_mm_s < 250


def test_a_fast_swing_is_cut_with_a_person_near_and_what_was_sent_is_reported(robot, fast):
    robot.lookout.nobody = False
    sent = robot.pace.allowed(fast)
    assert sent.profile == "normal"
    assert (sent.start_usteps, sent.end_usteps) == (fast.start_usteps, fast.end_usteps)
    assert sent.duration_s > fast.duration_s
    (record,) = robot.pace.sent
    assert record.cut == "a person near"
    assert record.sent_mm_s < 150 < record.asked_mm_s
    assert record.as_dict()["seconds"] == pytest.approx(sent.duration_s, abs=1e-3)


def test_without_a_watch_stream_the_arm_is_never_fast(fast):
    robot = Robot(with_camera=False)
    assert robot.session.meanwhile is None
    assert robot.pace.allowed(fast).profile == "normal"


def test_strokes_are_left_as_they_are(robot):
    stroke = lower(ROBOT, HERE, ROBOT.touch_height, "down")
    assert robot.pace.allowed(stroke) is stroke


def test_a_person_who_comes_during_a_fast_swing_slows_it(robot, fast):
    robot.pace.allowed(fast)
    robot.watch(3)
    assert robot.client.said == []
    robot.lookout.nobody = False
    robot.watch(2)
    assert robot.client.said == [("profile", messages.PROFILE_NORMAL)] * 2
    assert robot.pace.sent[-1].cut == "slowed: a person came near"


def test_a_person_during_a_normal_swing_changes_nothing(robot, fast):
    robot.lookout.nobody = False
    robot.pace.allowed(fast)
    robot.watch(3)
    assert robot.client.said == []


def test_a_hand_at_the_arm_pauses_any_motion_until_it_stands_still(robot, fast):
    robot.lookout.nobody = False
    robot.pace.allowed(fast)
    robot.lookout.hand_at_arm = True
    robot.watch(2)
    assert robot.client.said == ["hold"] * 2
    robot.state = "hold"
    robot.watch(5)
    assert robot.client.said == ["hold"] * 2


def test_a_persons_go_counts_for_the_rest_of_the_motion_and_not_for_the_next(robot, fast):
    robot.lookout.nobody, robot.lookout.hand_at_arm = False, True
    robot.pace.allowed(fast)
    robot.watch()
    robot.state = "hold"
    robot.watch()
    robot.state = "moving"
    robot.watch(5)
    assert robot.client.said == ["hold"]
    robot.pace.allowed(fast)
    robot.watch()
    assert robot.client.said == ["hold"] * 2


def test_nothing_is_said_while_nothing_moves(robot, fast):
    robot.pace.allowed(fast)
    robot.client.moving = False
    robot.lookout.nobody, robot.lookout.hand_at_arm = False, True
    robot.watch(3)
    assert robot.client.said == []
    assert len(robot.lookout.glimpses) == 3


def test_the_arm_is_masked_only_where_its_place_is_known(robot):
    robot.watch()
    assert robot.lookout.glimpses[-1][1] == ROBOT.joints(HERE)
    robot.session.usteps = None
    robot.watch()
    assert robot.lookout.glimpses[-1][1] is None


def test_after_the_last_motion_it_looks_out_no_more(robot):
    robot.pace.end()
    assert robot.session.meanwhile is None
