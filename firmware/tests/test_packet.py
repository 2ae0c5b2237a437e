"""A packet is whole or it is nothing."""

import binascii
import random
from array import array

from firmware.wire import packet


def test_the_residue_proves_a_packet():
    data = packet.build(0xDEADBEEF, packet.RELIABLE, 65535, 7, b"hello")
    assert packet.intact(data, len(data))
    assert binascii.crc32(data) & 0xFFFFFFFF == packet.RESIDUE
    assert packet.header(data) == (0xDEADBEEF, packet.RELIABLE, 65535, 7)
    assert data[packet.HEADER_SIZE : -packet.CRC_SIZE] == b"hello"


def test_every_single_flipped_bit_is_found():
    data = bytearray(packet.build(5, packet.DATAGRAM, 1, 2, b"\x03\x01"))
    for i in range(len(data) * 8):
        data[i // 8] ^= 1 << (i % 8)
        assert not packet.intact(data, len(data))
        data[i // 8] ^= 1 << (i % 8)


def test_lengths_outside_the_format_are_no_packet():
    data = packet.build(5, packet.DATAGRAM, 1, 2, b"")
    assert not packet.intact(data, 4)
    assert not packet.intact(data, packet.MAX_PACKET + 1)
    assert packet.intact(data, packet.HEADER_SIZE + packet.CRC_SIZE)


def test_a_payload_has_its_limit():
    assert len(packet.build(1, 1, 1, 1, bytes(packet.MAX_PAYLOAD))) == packet.MAX_PACKET
    try:
        packet.build(1, 1, 1, 1, bytes(packet.MAX_PAYLOAD + 1))
    except ValueError:
        return
    raise AssertionError("a payload that is too long passed")


def test_half_bytes_give_the_crc_that_everybody_has():
    random.seed(3)
    out = bytearray(4)
    for n in range(0, 263, 3):
        data = bytes([random.randrange(256) for _ in range(n)])
        packet.crc_bytes(data, n, packet._HALF_BYTES, out)
        assert bytes(out) == (binascii.crc32(data) & 0xFFFFFFFF).to_bytes(4, "little")


def test_a_packet_made_in_place_is_the_same_packet():
    numbers = array("i", [0xBEEF, 0xDEAD, packet.RELIABLE, 65535, 7])
    made = bytearray(packet.MAX_PACKET)
    packet.assemble(made, numbers, b"hello", 5)
    packet.seal(made, packet.HEADER_SIZE + 5)
    whole = packet.build(0xDEADBEEF, packet.RELIABLE, 65535, 7, b"hello")
    assert bytes(made[: len(whole)]) == whole
    read = array("i", [0] * packet.HEADER_NUMBERS)
    packet.read_header(whole, read)
    assert list(read) == list(numbers)
