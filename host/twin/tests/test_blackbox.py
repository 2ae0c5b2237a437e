from firmware.wire import messages
from firmware.wire.session import Session
from host.twin.blackbox import BlackBox
from safety import reasons, states


def status(state, reason, usteps=(1, 2, 3)):
    session = Session()
    session.open(9)
    return session.datagram(
        messages.encode(messages.STATUS, 0, state, reason, 0, 0, *usteps, 0, 0, 0, 0, 0, 0, 0)
    )


def test_it_keeps_the_last_state_reason_and_position_and_every_change():
    box = BlackBox()
    box.feed(status(states.MOVING, 0), 1000)
    box.feed(status(states.MOVING, 0), 2000)
    box.feed(status(states.STOPPED, reasons.ENCODER, (-7, 8, 9)), 3000)
    summary = box.summary()
    assert (summary["state"], summary["reason"], summary["said_at_us"]) == (
        "STOPPED",
        reasons.TEXTS[reasons.ENCODER],
        3000,
    )
    assert summary["usteps"] == [-7, 8, 9]
    assert [(each["at_us"], each["state"]) for each in summary["changes"]] == [
        (1000, "MOVING"),
        (3000, "STOPPED"),
    ]


def test_noise_and_half_frames_change_nothing():
    box = BlackBox()
    whole = status(states.READY, 0)
    box.feed(b"\x00\xff\x13" + b"x" * 400 + b"\x00" + whole[:20], 1000)
    assert box.summary()["said_at_us"] is None
    box.feed(whole[20:], 2000)
    assert box.summary()["state"] == "READY"
    damaged = bytearray(status(states.STOPPED, 1))
    damaged[12] ^= 0x40
    box.feed(bytes(damaged), 3000)
    assert box.summary()["state"] == "READY"
