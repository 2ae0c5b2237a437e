"""A hostile wire: no wrong command is obeyed, nothing crashes or leaks, and the link recovers by itself."""

import random
import zlib

import pytest

from firmware.wire import messages
from hil_tests.devices.packets import hostile
from hil_tests.devices.proxy import Mischief
from host.link import bundle
from host.link.service import ServiceLink
from safety import reasons, states

SHORT = 20_000
LONG = 1_000_000
BATCH = 400
MARKS = ("state", "reason", "shoulder_usteps", "elbow_usteps", "lift_usteps", "profile", "motion")


def marks(controller):
    """What an obeyed command would change."""
    status = controller.until(lambda _: True)
    return {name: status[name] for name in MARKS}


def pour(controller, count, seed):
    """Send hostile packets in batches, with a keep-alive between them; returns every REFUSED heard."""
    refused = []
    frames = hostile(seed, controller.session.nonce, count)
    sent = 0
    while batch := b"".join(frame for frame, _ in zip(frames, range(BATCH), strict=False)):
        controller.write(batch)
        sent += BATCH
        while controller.cable.device.kind == "virtual" and controller.board.waiting:
            controller.advance(4)
        controller.say(messages.RUN, messages.IDLE)
        refused += [row for row in controller.heard(20_000) if row[0] == messages.REFUSED]
    return refused


def plain_decode(frame):
    """COBS by the book, written apart from the controllers' own."""
    out = bytearray()
    at = 0
    while at < len(frame):
        code = frame[at]
        if at + code > len(frame):
            return b""
        out += frame[at + 1 : at + code]
        at += code
        if code < 255 and at < len(frame):
            out.append(0)
    return bytes(out)


@pytest.mark.timeout(3600)
def test_what_is_called_hostile_is_never_a_whole_packet_of_the_session(long):
    """Otherwise obeying it would be right."""
    nonce = 0x1234ABCD
    for frame in hostile(11, nonce, LONG if long else SHORT):
        body = plain_decode(frame[:-1])
        whole = len(body) >= 13 and zlib.crc32(body[:-4]) == int.from_bytes(body[-4:], "little")
        mine = int.from_bytes(body[:4], "little") == nonce and body[4:5] in (b"\x01", b"\x02")
        if whole and mine:
            assert not messages.well_formed(body, 9, len(body) - 4)


@pytest.mark.timeout(3600)
def test_no_hostile_packet_is_obeyed_by_a_ready_arm(controller, long):
    controller.make_ready()
    before = marks(controller)
    heap = controller.who().heap_free_kb
    refused = pour(controller, LONG if long else SHORT, seed=11)
    assert refused == []
    assert marks(controller) == before
    assert controller.board.edges == []
    assert abs(controller.who().heap_free_kb - heap) <= 2
    assert controller.board.starts == 1


def test_no_hostile_packet_switches_the_magnet_of_a_ready_hand(hand):
    hand.make_ready()
    led = hand.board.led
    assert pour(hand, SHORT // 3, seed=12) == []
    assert (hand.board.magnet_permille, hand.board.led) == (0, led)
    assert marks(hand)["state"] == states.READY


def test_pure_noise_may_stop_it_but_never_crash_or_start_anything(controller):
    dice = random.Random(5)
    controller.hello()
    for _ in range(60):
        controller.write(dice.randbytes(1000))
        controller.advance(4)
    controller.expect_fault(reasons.HOST_STOP)
    assert controller.hello()["accepted"] == messages.ACCEPTED
    assert marks(controller)["state"] in (states.SAFE, states.STOPPED)
    assert controller.board.edges == []


BAD_CABLES = {
    "drops": Mischief(drop=0.004),
    "turns bits": Mischief(corrupt=0.004),
    "sends twice": Mischief(duplicate=0.3),
    "reorders": Mischief(reorder=0.3),
    "delays": Mischief(delay_us=40_000),
    "does all of it": Mischief(0.001, 0.001, 0.05, 0.05, 20_000),
}


@pytest.mark.parametrize("name", sorted(BAD_CABLES))
def test_commands_over_a_bad_cable_are_obeyed_once_each_and_in_order(hand, name):
    hand.hello()
    mischief = BAD_CABLES[name]
    hand.cable.misbehave(mischief, mischief)
    # The hand refuses each of these with its own answer, so that the order can be seen.
    sent = [messages.encode(messages.LED, 8 + number % 200) for number in range(60)]
    answers = []
    for payload in sent:
        assert hand.session.send(payload)
        answers += [row for row in hand.heard(10_000) if row[0] == messages.REFUSED]
    deadline_ms = hand.now() + 20_000
    while len(answers) < len(sent) and hand.now() < deadline_ms:
        answers += [row for row in hand.heard(20_000) if row[0] == messages.REFUSED]
    answers += [row for row in hand.heard(300_000) if row[0] == messages.REFUSED]
    assert len(answers) == len(sent)
    assert hand.session.unacknowledged == 0


def test_the_link_recovers_by_itself_when_a_bad_cable_gets_well(controller):
    controller.hello()
    noise = Mischief(drop=0.3, corrupt=0.3)
    controller.cable.misbehave(noise, noise)
    for token in range(40):
        controller.say(messages.TIME, token)
        controller.advance(20)
    controller.cable.behave()
    controller.expect_fault(reasons.HOST_STOP)
    controller.heard(100_000)
    # The frame that ends the noise is lost with it; the one after it is not.
    controller.say(messages.RUN, messages.IDLE)
    controller.say(messages.TIME, 4711)
    controller.expect(messages.TIME_REPLY, lambda fields: fields["token"] == 4711)


def test_a_firmware_goes_over_a_bad_cable_whole_or_not_at_all(hand):
    firmware = bundle.build(bundle.VIRTUAL, hand.robot.limits.as_dict())
    few = {path: data for path, data in firmware.files.items() if path.startswith("safety/s")}
    part = bundle.Bundle(firmware.release, firmware.platform, few)
    mischief = Mischief(drop=0.0002, corrupt=0.0002, duplicate=0.02, delay_us=4_000)
    link = ServiceLink(hand.line, 3)
    link.open()
    hand.cable.misbehave(mischief, mischief)
    link.write(part, lambda *_: None)
    hand.cable.behave()
    hand.expect_fault(reasons.UPDATE, reasons.HOST_STOP)
    for path, data in part.in_order():
        assert (hand.board.flash / "b" / path).read_bytes() == data
    # A new session ends that of the service, and what that one had loaded is forgotten.
    hand.hello()


def test_the_clock_wraps_while_a_session_is_open(controller):
    controller.hello()
    seen = []
    for token in range(8):
        controller.say(messages.TIME, token)
        _, (_, now) = controller.expect(
            messages.TIME_REPLY, lambda fields, token=token: fields["token"] == token
        )
        seen.append(now)
        controller.heard(200_000)
    if controller.device.kind == "virtual":
        assert max(seen) < 1 << 30
