import json
from types import SimpleNamespace

import pytest

from firmware.wire import messages
from host.link import events
from host.link.client import LinkClient
from host.link.errors import LinkError, RefusedError
from host.link.session import End, LinkSession
from host.link.tests.test_core import Bench
from safety import reasons, states
from safety.segment import Segment


class LocalTime:
    """Virtual time of a link core and its controller models."""

    def __init__(self, bench):
        self.bench = bench

    def now_us(self):
        return self.bench.now

    def wait(self, until_us, inboxes):
        while self.bench.now < until_us and not any(inbox.ready() for inbox in inboxes):
            self.bench.run(1000)


class LocalClient(LinkClient):
    """The client with the core in the same process."""

    def __init__(self, bench):
        super().__init__(LocalTime(bench), {}, 0)
        self.bench = bench
        bench.renewing = False
        self._inbox = SimpleNamespace(
            ready=lambda: bool(bench.events), read=self._read, closed=False, write=self._write
        )

    def _read(self):
        heard, self.bench.events = self.bench.events, []
        return b"".join(map(events.to_line, heard))

    def _write(self, data):
        self.bench.core.on_game(data, self.bench.now)


@pytest.fixture
def rig():
    bench = Bench()
    session = LinkSession(LocalClient(bench), LocalTime(bench))
    session.connect()
    return SimpleNamespace(bench=bench, session=session, arm=bench.models["arm"])


def motion(count=30):
    segments = [Segment(128_000, (10, 0, 4096 * 5000, 0)) for _ in range(count)]
    return SimpleNamespace(segments=segments, profile="normal", home_axis=None)


def test_a_motion_runs_to_its_end_with_the_lease_renewed(rig):
    outcome = rig.session.execute(motion(100))
    assert (outcome.end, outcome.reason, outcome.usteps) == (End.FINISHED, 0, (1, 2, 3))
    assert rig.session.usteps == (1, 2, 3)


def test_a_stop_comes_back_with_its_reason(rig):
    rig.session.begin(motion(100))
    rig.session.pause(500_000)
    rig.arm.finish(reasons.ENCODER, rig.bench.now)
    outcome = rig.session.await_end()
    assert (outcome.end, outcome.reason) == (End.STOPPED, reasons.ENCODER)


def test_a_hold_comes_back_and_the_motion_can_be_awaited_again(rig):
    original = rig.arm.on_segments
    held = []

    def hold_after_ten(values, now):
        original(values, now)
        if values[1] >= 10 and not held:
            held.append(now)
            rig.arm.session.send(messages.encode(messages.STATE, 0, states.HOLD, reasons.HOST_SILENT))

    rig.arm.on_segments = hold_after_ten
    outcome = rig.session.execute(motion(30))
    assert (outcome.end, outcome.reason) == (End.HELD, reasons.HOST_SILENT)
    assert rig.session.await_end().end is End.FINISHED


def test_a_lost_controller_ends_the_motion_and_is_named(rig):
    rig.session.begin(motion(100))
    rig.session.pause(300_000)
    rig.bench.silent.add("arm")
    outcome = rig.session.await_end()
    assert outcome.end is End.STOPPED
    assert outcome.lost.startswith("arm")


def test_a_motion_for_a_controller_that_was_lost_before_ends_at_once(rig):
    rig.bench.core.on_closed("arm", rig.bench.now)
    rig.session.pause(50_000)
    outcome = rig.session.execute(motion())
    assert outcome.end is End.STOPPED
    assert outcome.lost.startswith("arm")


def test_events_that_were_not_waited_for_are_kept_for_the_next_wait(rig):
    rig.bench.events += [events.Button("arm", 1), events.Button("arm", 2)]
    assert rig.session.until(lambda event: event == events.Button("arm", 1), 100_000)
    assert rig.session.until(lambda event: event == events.Button("arm", 2), 100_000)


def test_a_refused_controller_is_raised_as_its_sentence():
    bench = Bench(limits=5)
    with pytest.raises(RefusedError, match="flash"):
        LinkSession(LocalClient(bench), LocalTime(bench)).connect()


def test_controllers_that_do_not_answer_are_reported_after_a_while():
    bench = Bench()
    bench.silent |= {"arm", "hand"}
    with pytest.raises(LinkError, match="did not answer"):
        LinkSession(LocalClient(bench), LocalTime(bench)).connect(2_000_000)


def test_messages_of_the_client_are_lines_of_json(rig):
    written = []
    rig.session.client._inbox.write = written.append
    client = rig.session.client
    client.magnet(True)
    client.led(3)
    client.looked()
    client.set_position((1, 2, 3))
    client.profile(1)
    client.hold()
    client.stop()
    assert [json.loads(line)["do"] for line in written] == [
        "magnet", "led", "looked", "position", "profile", "hold", "stop",
    ]  # fmt: skip
    for line in written:
        rig.bench.core.on_game(line, rig.bench.now)
