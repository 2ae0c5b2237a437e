import json

import pytest

from firmware.wire import messages
from host.link import events
from host.link.core import LEASE_US, LinkCore
from host.link.tests.controller_model import ControllerModel
from safety import reasons, states
from safety.segment import Segment

LIMITS = 0x1234


class Bench:
    """Link core and two controller models, 1 ms frames, one frame on the cable each way."""

    def __init__(self, **changes):
        self.models = {
            "arm": ControllerModel(
                changes.get("arm_role", messages.ROLE_ARM), changes.get("limits", LIMITS), 5, 40.0
            ),
            "hand": ControllerModel(messages.ROLE_HAND, LIMITS, (1 << 30) - 400_000, -40.0),
        }
        nonces = iter(range(1, 10_000))
        self.core = LinkCore(LIMITS, ("arm", "hand"), lambda: next(nonces))
        self.now = 0
        self.events = []
        self.renewing = True
        self.silent = set()
        self.log = []

    def run(self, duration_us, until=None):
        end = self.now + duration_us
        while self.now < end:
            self.now += 1000
            if self.renewing and self.now % 30_000 == 0:
                self.say(do="renew")
            written = self.core.poll(self.now)
            for name, model in self.models.items():
                answer = b"" if name in self.silent else model.poll(self.now)
                model.receive(written.get(name, b""), self.now)
                self.core.on_bytes(name, answer, self.now)
            if any(written.values()):
                self.log.append(self.now)
            fresh = self.core.take_events()
            self.events += fresh
            if until is not None and any(isinstance(event, until) for event in fresh):
                return self
        return self

    def say(self, **message):
        self.core.on_game(json.dumps(message).encode(), self.now)

    def move(self, number, count=100, ticks=128_000):
        segments = [Segment(ticks, (10, 0, 4096 * 5000, 0)).axes() for _ in range(count)]
        self.say(do="run", motion=number, profile=0, home_axis=None, segments=segments)

    def heard(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


def test_both_sessions_open_and_the_link_is_ready_once_the_clocks_agree():
    bench = Bench().run(1_000_000)
    assert {event.controller for event in bench.heard(events.Connected)} == {"arm", "hand"}
    assert len(bench.heard(events.Ready)) == 1
    arm, hand = (bench.core.controllers[name].clock for name in ("arm", "hand"))
    for name, clock in (("arm", arm), ("hand", hand)):
        away = clock.to_ticks(bench.now) - bench.models[name].ticks(bench.now)
        assert abs((away + (1 << 29)) % (1 << 30) - (1 << 29)) <= 1000


def test_a_motion_arrives_whole_in_time_and_a_quarter_to_half_a_second_ahead():
    bench = Bench().run(1_000_000)
    bench.move(7)
    arm = bench.models["arm"]
    bench.run(300_000)
    ahead = []
    for _ in range(1000):
        bench.run(1000)
        if len(arm.segments) < 100:
            ahead.append(arm.queue_us(bench.now))
    assert min(ahead) >= 250_000
    assert max(ahead) <= 500_000
    bench.run(1_500_000)
    assert len(arm.segments) == 100
    assert [flags for flags, _, _ in arm.segments if flags] == [messages.SEGMENT_START, messages.SEGMENT_LAST]
    assert bench.heard(events.MotionDone) == [events.MotionDone("arm", 7, 0, (1, 2, 3))]


def test_the_second_motion_starts_only_after_the_first_has_ended():
    bench = Bench().run(1_000_000)
    bench.move(1, count=20)
    bench.move(2, count=20)
    bench.run(300_000)
    assert bench.models["arm"].motion == 1
    bench.run(700_000)
    assert [event.motion for event in bench.heard(events.MotionDone)] == [1, 2]


def test_keep_alives_come_at_least_every_twenty_milliseconds_while_moving_to_both():
    bench = Bench().run(1_000_000)
    bench.move(1)
    bench.run(100_000)
    gaps = {"arm": 0, "hand": 0}
    for _ in range(800):
        bench.run(1000)
        for name, model in bench.models.items():
            gaps[name] = max(gaps[name], bench.now - model.heard_us)
            assert model.activity == messages.MOTION
    assert max(gaps.values()) <= 20_000


def test_without_a_lease_nothing_is_forwarded_in_motion_and_the_game_is_told():
    bench = Bench().run(1_000_000)
    bench.move(1)
    bench.run(300_000)
    bench.renewing = False
    bench.run(LEASE_US + 30_000)
    assert len(bench.heard(events.LeaseLost)) == 1
    bench.log.clear()
    bench.run(200_000)
    assert bench.log == []
    bench.renewing = True
    bench.run(100_000)
    assert bench.log != []


def test_at_rest_no_lease_is_needed():
    bench = Bench()
    bench.renewing = False
    bench.run(2_000_000)
    assert bench.heard(events.LeaseLost) == []
    assert bench.now - bench.models["hand"].heard_us < 100_000


def test_a_stop_on_the_way_gives_up_the_motion_and_those_behind_it():
    bench = Bench().run(1_000_000)
    bench.move(1)
    bench.move(2)
    bench.run(400_000)
    bench.models["arm"].finish(reasons.NOSE_DOWN, bench.now)
    bench.run(100_000)
    done = [(event.motion, event.result) for event in bench.heard(events.MotionDone)]
    assert done == [(1, reasons.NOSE_DOWN), (2, reasons.NOSE_DOWN)]
    sent = len(bench.models["arm"].segments)
    bench.run(300_000)
    assert len(bench.models["arm"].segments) == sent


def test_a_motion_refused_before_it_began_is_reported_as_ended_with_the_reason():
    bench = Bench().run(1_000_000)
    arm = bench.models["arm"]
    arm.on_segments = lambda values, now: arm.session.send(
        messages.encode(messages.REFUSED, messages.SEGMENTS, reasons.NOT_READY, values[0])
    )
    bench.move(5)
    bench.run(100_000)
    assert [(event.motion, event.result) for event in bench.heard(events.MotionDone)] == [
        (5, reasons.NOT_READY)
    ]


def test_in_hold_the_queue_is_filled_up_but_no_further_and_streaming_goes_on_after_it():
    bench = Bench().run(1_000_000)
    bench.move(1)
    bench.run(400_000)
    arm = bench.models["arm"]
    arm.state = states.HOLD
    played = 16_000 * len(arm.segments) - 100_000
    arm.queue_us = lambda now: 16_000 * len(arm.segments) - played
    bench.run(1_000_000)
    sent = len(arm.segments)
    assert 400_000 <= arm.queue_us(bench.now) <= 600_000
    bench.run(500_000)
    assert len(arm.segments) == sent
    arm.state = states.MOVING
    moved_on = bench.now
    arm.queue_us = lambda now: 16_000 * len(arm.segments) - played - (now - moved_on)
    bench.run(200_000)
    assert len(arm.segments) > sent


def test_a_full_queue_gets_no_more_segments():
    bench = Bench().run(1_000_000)
    bench.models["arm"].free_segments = 16
    bench.run(50_000)
    bench.move(1)
    bench.run(300_000)
    assert bench.models["arm"].segments == []
    bench.models["arm"].free_segments = 40
    bench.run(100_000)
    assert len(bench.models["arm"].segments) >= 4


def test_a_silent_controller_is_reported_and_the_other_one_stopped():
    bench = Bench().run(1_000_000)
    bench.silent.add("arm")
    bench.run(500_000)
    assert [event.controller for event in bench.heard(events.Lost)] == ["arm"]
    assert bench.models["hand"].stopped


def test_a_lost_port_is_reported_and_the_other_controller_stopped():
    bench = Bench().run(1_000_000)
    bench.core.on_closed("hand", bench.now)
    bench.run(10_000)
    assert [event.controller for event in bench.heard(events.Lost)] == ["hand"]
    assert bench.models["arm"].stopped


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"limits": 99}, "other limits"), ({"arm_role": messages.ROLE_HAND}, "exchange the two ports")],
)
def test_a_controller_that_does_not_fit_is_refused_with_one_sentence(changes, words):
    bench = Bench(**changes).run(500_000)
    (failed,) = bench.heard(events.Failed)
    assert failed.error == "RefusedError"
    assert words in failed.sentence
    assert bench.heard(events.Ready) == []


def test_another_table_is_refused_with_the_way_to_update():
    bench = Bench()
    bench.models["arm"].table_hash = 1
    bench.run(500_000)
    (failed,) = bench.heard(events.Failed)
    assert "qiyou flash" in failed.sentence


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"do":"dance"}', b'{"do":"run"}', b"\xff"])
def test_a_line_that_is_no_message_is_refused(line):
    with pytest.raises(ValueError, match=r"message|know|Expecting|decode"):
        Bench().core.on_game(line, 0)


def test_events_survive_the_way_to_the_game():
    bench = Bench().run(1_000_000)
    bench.move(1, count=5)
    bench.run(500_000)
    for event in bench.events:
        assert events.from_line(events.to_line(event).strip()) == event
