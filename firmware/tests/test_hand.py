"""The hand: what it holds, its wave, and what it refuses; a real controller, end to end."""

from firmware.board import lockstep
from firmware.tests.in_motion import started, state_is
from firmware.wire import cobs, messages
from safety import reasons, states
from safety.segment import Segment


def test_a_stop_keeps_the_piece_until_a_person_releases_it(hand):
    hand.make_ready()
    hand.send(messages.MAGNET, 1)
    hand.run(20_000)
    assert hand.magnet > 0
    hand.write(cobs.STOP)
    hand.run(20_000)
    hand.send(messages.MAGNET, 0)
    hand.run(150_000)
    assert hand.magnet > 0
    assert hand.led == 4
    assert hand.received(messages.REFUSED)[-1]["reason"] == reasons.CARRYING_IN_STOP
    hand.press(lockstep.IN_BUTTON_TAKEOVER)
    assert hand.magnet > 0
    hand.press(lockstep.IN_BUTTON_ACK)
    hand.run(100_000)
    assert hand.magnet == 0
    assert hand.received(messages.MAGNET_STATE)[-1]["reason"] == reasons.PERSON_RELEASED


def test_the_magnet_rests_after_thirty_seconds(hand):
    hand.make_ready()
    hand.send(messages.MAGNET, 1)
    hand.run(20_000)
    for _ in range(7400):
        hand.frame(4_000)
    assert hand.magnet > 0
    for _ in range(200):
        hand.frame(4_000)
    assert hand.magnet == 0
    assert hand.received(messages.MAGNET_STATE)[-1]["reason"] == reasons.MAGNET_THERMAL


def test_a_release_by_the_host_kicks_backwards(hand):
    hand.make_ready()
    hand.send(messages.MAGNET, 1)
    hand.run(50_000)
    hand.send(messages.MAGNET, 0)
    drives = set()
    for _ in range(100):
        hand.frame()
        drives.add(hand.magnet)
    assert min(drives) < 0
    assert hand.magnet == 0


def test_a_hand_that_holds_slows_its_wave(hand):
    hand.make_ready()
    hand.activity = messages.MOTION
    hand.run(100_000)
    assert hand.status["state"] == states.MOVING
    hand.keep_alive = None
    hand.run(300_000)
    assert hand.received(messages.STATE)[-1]["state"] == states.HOLD
    edges = hand.output_edges[lockstep.OUT_PEER_WAVE]
    assert 18_000 <= edges[-1] - edges[-2] <= 22_000


def test_an_arm_follows_the_hold_of_its_peer(arm):
    started(arm)
    arm.wave_running = False
    for frame in range(200):
        if frame % 20 == 0:
            arm.peer_edges += 1
        arm.frame()
    assert state_is(arm, states.HOLD)()
    assert arm.received(messages.STATE)[-1]["reason"] == reasons.PEER_HOLD


def test_segments_for_the_hand_are_refused(hand):
    hand.make_ready()
    hand.stream(1, [Segment(80000)])
    hand.run(50_000)
    assert hand.received(messages.REFUSED)[-1]["reason"] == reasons.WRONG_ROLE
