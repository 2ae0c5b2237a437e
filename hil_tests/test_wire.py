"""What every controller answers on its serial port, virtual, emulated or real (`--device`)."""

import pytest

from firmware.wire import cobs, messages
from safety import reasons, states, ticks


def test_a_fitting_host_is_welcomed_and_gets_status(controller):
    welcome = controller.hello()
    assert welcome["accepted"] == messages.ACCEPTED
    assert welcome["role"] == messages.ROLE_ARM
    assert welcome["table_hash"] == messages.TABLE_HASH
    controller.expect(messages.STATUS)


def test_a_host_with_another_table_is_refused(controller):
    assert controller.hello(table_hash=1)["accepted"] == messages.TABLE_DIFFERS


def test_a_host_with_other_limits_is_refused_and_hears_nothing_more(controller):
    assert controller.hello(limits_hash=controller.limits_hash ^ 1)["accepted"] == messages.LIMITS_DIFFER
    assert controller.silent(500_000)


def test_without_a_session_it_is_silent(controller):
    assert controller.silent(500_000)


def test_the_controllers_time_runs_as_fast_as_ours(controller):
    controller.hello()
    seen = []
    for token in (1, 2):
        controller.say(messages.TIME, token)
        _, (_, now) = controller.expect(
            messages.TIME_REPLY, lambda fields, token=token: fields["token"] == token
        )
        seen.append((controller.time.now_us(), now))
        controller.silent(400_000)
    (host_a, remote_a), (host_b, remote_b) = seen
    assert abs(ticks.diff(remote_b, remote_a) - (host_b - host_a)) < 20_000


def test_three_zeros_stop_it_without_a_session_and_amid_garbage(controller):
    controller.expect_fault(reasons.HOST_STOP)
    controller.write(b"\xa5\x17garbage" + cobs.STOP)
    controller.hello()
    controller.expect(
        messages.STATUS,
        lambda fields: fields["state"] == states.STOPPED and fields["reason"] == reasons.HOST_STOP,
    )


def test_two_zeros_are_no_stop_and_noise_does_not_end_it(controller):
    controller.write(bytes(byte or 1 for byte in range(256)) * 4 + b"\0\0" + b"\x03\x03\0")
    assert controller.hello()["accepted"] == messages.ACCEPTED
    controller.expect(messages.STATUS, lambda fields: fields["reason"] == reasons.NONE)


def test_packets_of_an_older_session_are_dropped(controller):
    controller.hello()
    stale = controller.session.datagram(messages.encode(messages.TIME, 77))
    controller.hello()
    controller.write(stale)
    with pytest.raises(AssertionError, match="no TIME_REPLY"):
        controller.expect(messages.TIME_REPLY, lambda fields: fields["token"] == 77)


def test_a_message_for_the_hand_is_refused_by_the_arm(controller):
    controller.hello()
    controller.say(messages.MAGNET, 1)
    _, (message, reason, _) = controller.expect(messages.REFUSED)
    assert (message, reason) == (messages.MAGNET, reasons.WRONG_ROLE)
