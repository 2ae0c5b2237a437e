"""COBS frames carry every byte string, and three zeros are a stop whatever surrounds them."""

from firmware.wire import cobs
from firmware.wire.cobs import Framer


def push_all(framer, data, chunk=7):
    frames = []
    for at in range(0, len(data), chunk):
        piece = data[at : at + chunk]
        framer.begin()
        while (n := framer.take(piece, len(piece))) >= 0:
            frames.append(bytes(framer.buffer[:n]))
    return frames


def test_encoding_and_decoding_are_inverse():
    cases = [b"", b"\x00", b"\x00\x00\x00", b"a", bytes(range(256))]
    cases += [bytes([7]) * n for n in (253, 254, 255, 256, 280)]
    cases += [bytes([7]) * 254 + b"\x00", b"\x00" + bytes([7]) * 254]
    for data in cases:
        frame = cobs.encode(data)
        assert frame[-1] == 0
        assert 0 not in frame[:-1]
        assert push_all(Framer(), frame) == [data]


def test_known_encodings():
    assert list(cobs.encode(b"\x00")) == [1, 1, 0]
    assert list(cobs.encode(b"\x11\x22\x00\x33")) == [3, 17, 34, 2, 51, 0]


def test_a_bad_frame_is_counted_and_the_next_one_passes():
    framer = Framer()
    assert push_all(framer, b"\x05\x01\x00") == []
    assert framer.errors == 1
    assert push_all(framer, cobs.encode(b"ok")) == [b"ok"]


def test_a_frame_that_is_too_long_is_dropped_whole():
    framer = Framer(10)
    assert push_all(framer, cobs.encode(bytes([1]) * 30)) == []
    assert framer.errors == 1
    assert push_all(framer, cobs.encode(b"ok")) == [b"ok"]


def test_three_zeros_are_a_stop_even_inside_a_frame():
    for before in (b"", b"\x05ab", cobs.encode(b"x"), bytes([1]) * 500):
        framer = Framer()
        push_all(framer, before + b"\x00\x00")
        push_all(framer, b"\x00")
        assert framer.stop


def test_two_zeros_are_no_stop():
    framer = Framer()
    push_all(framer, b"\x00\x00a\x00\x00b\x00\x00" + cobs.encode(b"\x00\x00\x00\x00"))
    assert not framer.stop


def test_a_stop_stays_until_it_is_taken():
    framer = Framer()
    push_all(framer, cobs.STOP + cobs.encode(b"x"))
    assert framer.stop


def test_a_stream_is_the_same_in_any_pieces():
    stream = cobs.encode(b"one") + b"\x05\x01\x00" + cobs.encode(bytes(range(256))) + b"\x00"
    stream += cobs.encode(b"") + bytes([9]) * 400 + b"\x00" + cobs.encode(b"two")
    whole = Framer()
    frames = push_all(whole, stream, len(stream))
    assert frames == [b"one", bytes(range(256)), b"", b"two"]
    for chunk in (1, 2, 3, 64):
        framer = Framer()
        assert push_all(framer, stream, chunk) == frames
        assert (framer.errors, framer.stop) == (whole.errors, whole.stop) == (2, False)
