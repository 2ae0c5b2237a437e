"""The table is sound, and a payload is a row of whole messages or refused."""

import binascii

from firmware.wire import messages as m
from firmware.wire import packet
from firmware.wire.meanings import MEANINGS

# Version of the table, and the CRC of what its messages mean.
MEANING_OF_VERSION = (4, 3323825076)
# The table hash of the firmware that does not know a search of the nose switch.
BEFORE_FEELING = 0x591A90FE


def zeros(message):
    values = [b"" if code == "s" else 0 for code in m.FORMATS[message][1:] if code.isalpha()]
    if message == m.SEGMENTS:
        values[-1] = b""
    return values


def test_ids_and_names_are_unique_and_sides_do_not_mix():
    assert len({row[0] for row in m.TABLE}) == len(m.TABLE) == len({row[1] for row in m.TABLE})
    for row in m.TABLE:
        assert (row[0] < 32) == (row[2] == m.TO_CONTROLLER)
        assert getattr(m, row[1]) == row[0]


def test_every_message_round_trips_and_fits_a_packet():
    for row in m.TABLE:
        message = row[0]
        data = m.encode(message, *zeros(message))
        assert len(data) == 1 + m.SIZES[message] <= packet.MAX_PAYLOAD
        ((back, values),) = m.decode(data)
        assert back == message
        assert len(values) == len(m.fields(message, values))


def test_fields_go_by_name():
    values = m.decode(m.encode(m.SET_POSITION, 1, -2, 3))[0][1]
    named = m.fields(m.SET_POSITION, values)
    assert named == {"shoulder_usteps": 1, "elbow_usteps": -2, "lift_usteps": 3}


def test_segments_end_where_their_last_number_says():
    data = m.encode(m.SEGMENTS, 1, 2, 3, 4, 5, b"abc") + m.encode(m.RUN, 1)
    assert m.decode(data) == [(m.SEGMENTS, (1, 2, 3, 4, 5, b"abc")), (m.RUN, (1,))]
    assert m.body_size(data, 0, len(data)) == m.SIZES[m.SEGMENTS] + 3
    for length in range(1, len(data) - 2):
        assert not m.well_formed(data, 0, length), length


def test_unknown_and_cut_messages_are_refused():
    whole = m.encode(m.RUN, 1) + m.encode(m.TIME, 5)
    assert m.well_formed(whole, 0, len(whole))
    for bad in (whole[:-1], whole + b"\x03", b"\x00", b"\xff", b"\x1f\x01"):
        assert not m.well_formed(bad, 0, len(bad))
        try:
            m.decode(bad)
        except m.MessageError:
            continue
        raise AssertionError("a bad payload passed")


def test_an_empty_payload_is_a_row_of_no_messages():
    assert m.decode(b"") == []


def test_no_message_of_the_host_is_an_act():
    names = [row[1] for row in m.TABLE if row[2] == m.TO_CONTROLLER]
    for act in ("BUTTON", "ACK", "GO", "TAKEOVER", "RESUME", "ACKNOWLEDGE"):
        assert act not in names


def test_a_firmware_that_cannot_feel_with_the_nose_has_another_hash():
    assert m.TABLE_HASH != BEFORE_FEELING


def test_messages_keep_their_meaning_within_a_version():
    text = "\n".join("%d %s" % (number, MEANINGS[number]) for number in sorted(MEANINGS))
    assert (m.VERSION, binascii.crc32(text.encode()) & 0xFFFFFFFF) == MEANING_OF_VERSION, (
        "a meaning has changed: where a firmware of before would act otherwise, raise VERSION; "
        "then write down both numbers here"
    )
