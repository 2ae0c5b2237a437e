"""A packet: header, messages, CRC-32. It travels as one COBS frame.

Header (little-endian): nonce u32, kind u8, number u16, ack u16. `nonce` names the session; a packet of
another session is dropped. `number` counts reliable packets and datagrams apart from each other. `ack`
is the number of the next reliable packet the sender of this one expects.

The CRC is checked by its residue: the CRC-32 over a packet and its own CRC (little-endian) is always
0x2144DF1C.

On a controller packets are made and read in place by viper: a 32-bit number, a slice or a tuple would each be
garbage, a hundred times a second.
"""

import struct
import sys
from array import array

if sys.implementation.name == "micropython":
    import micropython
else:
    import binascii

    from safety import interpreted as micropython

    ptr8 = ptr32 = None

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
# A header as numbers; the nonce in two halves, for a controller's integers have 31 bits.
NONCE_LOW = 0
NONCE_HIGH = 1
KIND = 2
NUMBER = 3
ACK = 4
HEADER_NUMBERS = 5


@micropython.viper
def assemble(dst: ptr8, header: ptr32, payload: ptr8, n: int):
    """Write the numbers of `header` and `payload[:n]` to `dst`."""
    i = 0
    at = 0
    while i < 5:
        dst[at] = int(header[i]) & 255
        at += 1
        if i != 2:
            dst[at] = int(header[i]) >> 8 & 255
            at += 1
        i += 1
    i = 0
    while i < n:
        dst[9 + i] = int(payload[i])
        i += 1


@micropython.viper
def read_header(buffer: ptr8, header: ptr32):
    """The header that `buffer` begins with, as numbers."""
    header[0] = int(buffer[0]) | int(buffer[1]) << 8
    header[1] = int(buffer[2]) | int(buffer[3]) << 8
    header[2] = int(buffer[4])
    header[3] = int(buffer[5]) | int(buffer[6]) << 8
    header[4] = int(buffer[7]) | int(buffer[8]) << 8


def _half_byte_table():
    table = array("I", [0] * 16)
    for half in range(16):
        crc = half
        for _ in range(4):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
        table[half] = crc
    return table


_HALF_BYTES = _half_byte_table()


@micropython.viper
def crc_bytes(data: ptr8, n: int, table: ptr32, out: ptr8):
    """CRC-32 of `data[:n]`, half a byte at a time, as four bytes of `out` (little-endian)."""
    crc = -1
    i = 0
    while i < n:
        crc = crc ^ int(data[i])
        crc = ((crc >> 4) & 0x0FFFFFFF) ^ int(table[crc & 15])
        crc = ((crc >> 4) & 0x0FFFFFFF) ^ int(table[crc & 15])
        i += 1
    i = 0
    while i < 4:
        out[i] = (crc & 255) ^ 255
        crc = crc >> 8
        i += 1


_CRC = bytearray(CRC_SIZE)

if sys.implementation.name == "micropython":

    def seal(dst, end):
        """Write the CRC of `dst[:end]` behind it."""
        crc_bytes(dst, end, _HALF_BYTES, _CRC)
        for i in range(CRC_SIZE):
            dst[end + i] = _CRC[i]

    def _holds(buffer, n):
        crc_bytes(buffer, n - CRC_SIZE, _HALF_BYTES, _CRC)
        at = n - CRC_SIZE
        return (
            _CRC[0] == buffer[at]
            and _CRC[1] == buffer[at + 1]
            and _CRC[2] == buffer[at + 2]
            and _CRC[3] == buffer[at + 3]
        )

else:
    # Interpreted, the loop above would take a host longer than all the rest.
    def seal(dst, end):
        """Write the CRC of `dst[:end]` behind it."""
        struct.pack_into(_CRC_FORMAT, dst, end, binascii.crc32(memoryview(dst)[:end]))

    def _holds(buffer, n):
        return binascii.crc32(memoryview(buffer)[:n]) == RESIDUE


def build_into(dst, nonce, kind, number, ack, payload):
    """Write a whole packet to `dst` (at least `MAX_PACKET` bytes); returns its length."""
    struct.pack_into(HEADER_FORMAT, dst, 0, nonce, kind, number, ack)
    end = HEADER_SIZE + len(payload)
    dst[HEADER_SIZE:end] = payload
    seal(dst, end)
    return end + CRC_SIZE


def build(nonce, kind, number, ack, payload):
    """A whole packet as bytes; raises ValueError when the payload is longer than `MAX_PAYLOAD`."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError("a packet holds at most %d bytes of messages" % MAX_PAYLOAD)
    dst = bytearray(MAX_PACKET)
    return bytes(dst[: build_into(dst, nonce, kind, number, ack, payload)])


def intact(buffer, n):
    """True when `buffer[:n]` is a packet whose CRC holds."""
    return HEADER_SIZE + CRC_SIZE <= n <= MAX_PACKET and _holds(buffer, n)


def header(buffer):
    """(nonce, kind, number, ack) of an intact packet."""
    return struct.unpack_from(HEADER_FORMAT, buffer, 0)
