"""A packet: header, messages, CRC-32. It travels as one COBS frame.

Header (little-endian): nonce u32, kind u8, number u16, ack u16. `nonce` names the session; a packet of
another session is dropped. `number` counts reliable packets and datagrams apart from each other. `ack`
is the number of the next reliable packet the sender of this one expects.

The CRC is checked by its residue: the CRC-32 over a packet and its own CRC (little-endian) is always
0x2144DF1C, which stays a small integer on a 32-bit MicroPython.
"""

import binascii
import struct

GREETING = 0
RELIABLE = 1
DATAGRAM = 2

HEADER_FORMAT = "<IBHH"
HEADER_SIZE = 9
CRC_SIZE = 4
MAX_PAYLOAD = 250
MAX_PACKET = HEADER_SIZE + MAX_PAYLOAD + CRC_SIZE
RESIDUE = 0x2144DF1C

_CRC_FORMAT = "<I"


def build_into(dst, nonce, kind, number, ack, payload):
    """Write a whole packet to `dst` (at least `MAX_PACKET` bytes); returns its length."""
    struct.pack_into(HEADER_FORMAT, dst, 0, nonce, kind, number, ack)
    end = HEADER_SIZE + len(payload)
    dst[HEADER_SIZE:end] = payload
    struct.pack_into(_CRC_FORMAT, dst, end, binascii.crc32(memoryview(dst)[:end]) & 0xFFFFFFFF)
    return end + CRC_SIZE


def build(nonce, kind, number, ack, payload):
    """A whole packet as bytes; raises ValueError when the payload is longer than `MAX_PAYLOAD`."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError("a packet holds at most %d bytes of messages" % MAX_PAYLOAD)
    dst = bytearray(MAX_PACKET)
    return bytes(dst[: build_into(dst, nonce, kind, number, ack, payload)])


def intact(buffer, n):
    """True when `buffer[:n]` is a packet whose CRC holds."""
    if not HEADER_SIZE + CRC_SIZE <= n <= MAX_PACKET:
        return False
    return binascii.crc32(memoryview(buffer)[:n]) & 0xFFFFFFFF == RESIDUE


def header(buffer):
    """(nonce, kind, number, ack) of an intact packet."""
    return struct.unpack_from(HEADER_FORMAT, buffer, 0)
