"""Two real controllers as peers: a stop of one stops both, one act resumes both, without the host."""

import pytest

from firmware.board import lockstep
from firmware.tests.fake_twin import Controller
from firmware.tests.paths import move
from firmware.wire import cobs, messages
from safety import reasons, states

LONG = move((6000, -3000, 2000), 3.0)


class Pair:
    """Arm and hand on one table: their waves cross, buttons and mushroom reach both."""

    def __init__(self):
        # Their clocks differ, as two crystals and two power-ons do.
        self.arm = Controller("arm")
        self.hand = Controller("hand", start_us=12345)
        self.both = (self.arm, self.hand)
        for controller in self.both:
            controller.wave_running = False

    def close(self):
        for controller in self.both:
            controller.close()

    def frame(self):
        edges = [len(controller.output_edges[lockstep.OUT_PEER_WAVE]) for controller in self.both]
        self.arm.peer_edges, self.hand.peer_edges = edges[1], edges[0]
        for controller in self.both:
            controller.frame()

    def run(self, duration_us):
        for _ in range(duration_us // 1000):
            self.frame()

    def press(self, bit):
        for controller in self.both:
            controller.inputs |= bit
        self.run(30_000)
        for controller in self.both:
            controller.inputs &= ~bit
        self.run(130_000)

    def greet(self):
        for controller in self.both:
            hello = messages.encode(messages.HELLO, messages.TABLE_HASH, controller.limits.hash(), 5)
            controller.write(controller.session.greeting(5, hello))
            controller.keep_alive = 20_000
        self.run(20_000)
        for controller in self.both:
            assert controller.received(messages.WELCOME)

    def make_ready(self):
        self.arm.offset = [10000, -12000, 12000]
        self.run(150_000)
        self.greet()
        self.look()
        self.press(lockstep.IN_BUTTON_GO)
        self.arm.send(messages.SET_POSITION, 10000, -12000, 12000)
        self.run(150_000)
        assert self.states() == (states.READY, states.READY)

    def look(self):
        for controller in self.both:
            controller.send(messages.LOOKED)
        self.run(20_000)

    def move(self, run_us=900_000):
        for controller in self.both:
            controller.activity = messages.MOTION
        self.arm.stream(1, LONG)
        self.run(run_us)
        assert self.states() == (states.MOVING, states.MOVING)

    def states(self):
        return tuple(controller.status["state"] for controller in self.both)

    def reasons(self):
        return tuple(controller.status["reason"] for controller in self.both)


@pytest.fixture
def pair():
    both = Pair()
    yield both
    both.close()


@pytest.mark.parametrize("stopped", [0, 1])
def test_a_stop_of_one_stops_the_other(pair, stopped):
    pair.make_ready()
    pair.move()
    pair.both[stopped].write(cobs.STOP)
    pair.run(600_000)
    assert pair.states() == (states.STOPPED, states.STOPPED)
    assert pair.reasons()[stopped] == reasons.HOST_STOP
    assert pair.reasons()[1 - stopped] == reasons.PEER_LOST
    made = [axis.position for axis in pair.arm.axes]
    assert 0 < made[0] < 6000
    # Both are acknowledged by the same act and ready again after a look.
    for controller in pair.both:
        controller.activity = messages.IDLE
    pair.press(lockstep.IN_BUTTON_ACK)
    assert pair.states() == (states.SAFE, states.SAFE)
    pair.look()
    pair.press(lockstep.IN_BUTTON_GO)
    assert pair.states() == (states.READY, states.READY)


def test_a_hiccup_of_the_host_holds_both_and_one_act_resumes_both(pair):
    pair.make_ready()
    pair.move()
    for controller in pair.both:
        controller.keep_alive = None
        controller.streaming = False
    pair.run(600_000)
    for controller in pair.both:
        controller.keep_alive = 20_000
        controller.streaming = True
    pair.run(100_000)
    assert pair.states() == (states.HOLD, states.HOLD)
    pair.press(lockstep.IN_BUTTON_GO)
    assert pair.states() == (states.MOVING, states.MOVING)
    pair.run(3_000_000)
    assert [axis.position for axis in pair.arm.axes] == [6000, -3000, 2000]


def test_a_hand_that_hears_no_host_holds_the_arm(pair):
    pair.make_ready()
    pair.move()
    pair.hand.keep_alive = None
    silent = pair.arm.now_us
    pair.run(400_000)
    states_seen = [values for values in pair.arm.received(messages.STATE) if values["state"] == states.HOLD]
    assert states_seen[-1]["reason"] == reasons.PEER_HOLD
    assert pair.arm.when(messages.STATE)[-1] - silent <= 100_000 + 20_000 + 80_000
    # The link to the hand stays silent: after a second both are stopped.
    pair.run(1_000_000)
    pair.hand.keep_alive = 20_000
    pair.run(150_000)
    assert pair.states() == (states.STOPPED, states.STOPPED)


def test_the_mushroom_stops_both_and_a_takeover_reaches_both(pair):
    pair.make_ready()
    for controller in pair.both:
        controller.inputs |= lockstep.IN_MUSHROOM
    pair.run(150_000)
    assert pair.states() == (states.STOPPED, states.STOPPED)
    assert pair.reasons() == (reasons.MUSHROOM, reasons.MUSHROOM)
    pair.press(lockstep.IN_BUTTON_TAKEOVER)
    assert pair.states() == (states.TAKEOVER, states.TAKEOVER)
    pair.press(lockstep.IN_BUTTON_TAKEOVER)
    assert pair.states() == (states.SAFE, states.SAFE)
    assert pair.reasons() == (reasons.MUSHROOM, reasons.MUSHROOM)
