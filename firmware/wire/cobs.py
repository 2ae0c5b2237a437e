"""Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): frames without 0x00, parted by 0x00.

Three consecutive 0x00 bytes are the stop signal. They are counted here, before anything is framed, so
that a stop needs no session, check sum or sequence. A sender never writes two zeros in a row.

The loops over bytes are viper on a controller: as bytecode a byte costs a Pico 60 us, a packet of four
segments 15 ms.
"""

import sys
from array import array

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

    ptr8 = ptr32 = None

STOP_ZEROS = 3
STOP = b"\x00\x00\x00"


@micropython.viper
def encode_into(src: ptr8, n: int, dst: ptr8) -> int:
    """Encode `src[:n]` to `dst`, without the closing 0x00; returns the length (at most n + n // 254 + 1)."""
    code_at = 0
    code = 1
    out = 1
    i = 0
    while i < n:
        byte = int(src[i])
        i += 1
        if byte:
            dst[out] = byte
            out += 1
            code += 1
            if code == 255:
                dst[code_at] = 255
                code_at = out
                out += 1
                code = 1
        else:
            dst[code_at] = code
            code_at = out
            out += 1
            code = 1
    dst[code_at] = code
    return out


@micropython.viper
def decode_in_place(buffer: ptr8, n: int) -> int:
    """Decode `buffer[:n]` in place; returns the length, or -1 when it is no COBS frame."""
    i = 0
    out = 0
    while i < n:
        code = int(buffer[i])
        end = i + code
        if code == 0 or end > n:
            return -1
        i += 1
        while i < end:
            byte = int(buffer[i])
            if byte == 0:
                return -1
            buffer[out] = byte
            out += 1
            i += 1
        if code != 255 and i < n:
            buffer[out] = 0
            out += 1
    return out


def encode(data):
    """`data` as a COBS frame with its closing 0x00, as bytes.

    >>> list(encode(bytes([1, 0, 2])))
    [2, 1, 2, 2, 0]
    """
    out = bytearray(len(data) + len(data) // 254 + 2)
    n = encode_into(data, len(data), out)
    return bytes(out[: n + 1])


# State of a framer, for `copy_frame`.
_AT = 0
_FILLED = 1
_ZEROS = 2
_MOST_ZEROS = 3


@micropython.viper
def copy_frame(data: ptr8, n: int, buffer: ptr8, state: ptr32) -> int:
    """Copy `data[at:n]` behind what `buffer` holds until a zero ends a frame; 1 when one did, else 0.

    `state`: at, bytes in `buffer` (they go on being counted when there is no room), zeros in a row, the most
    of them so far, and the room of `buffer`.
    """
    at = int(state[0])
    filled = int(state[1])
    zeros = int(state[2])
    room = int(state[4])
    ended = 0
    while at < n and ended == 0:
        byte = int(data[at])
        at += 1
        if byte:
            zeros = 0
            if filled < room:
                buffer[filled] = byte
            if filled <= room:
                filled += 1
        else:
            zeros += 1
            if zeros > int(state[3]):
                state[3] = zeros
            ended = 1
    state[0] = at
    state[1] = filled
    state[2] = zeros
    return ended


class Framer:
    """Cuts a stream of bytes into frames and counts zeros; feed all bytes that arrive to `take`.

    `stop` becomes True at three zeros in a row and stays so until it is set back. `errors` counts frames
    that were too long or no COBS.
    """

    def __init__(self, capacity=300):
        self.buffer = bytearray(capacity)
        self.stop = False
        self.errors = 0
        self._state = array("i", [0, 0, 0, 0, capacity])

    def begin(self):
        """`take` starts anew at the first byte of the data."""
        self._state[_AT] = 0

    def take(self, data, n):
        """Go on with `data[:n]`; returns the length of the next frame that it completes, or -1 at its end.

        The decoded frame stands in `buffer` until the next call; call until -1, and `begin` before new data.
        """
        state = self._state
        while state[_AT] < n:
            if not copy_frame(data, n, self.buffer, state):
                break
            if state[_MOST_ZEROS] >= STOP_ZEROS:
                state[_MOST_ZEROS] = 0
                self.stop = True
            filled = state[_FILLED]
            state[_FILLED] = 0
            if filled == 0:
                continue
            length = decode_in_place(self.buffer, filled) if filled <= len(self.buffer) else -1
            if length >= 0:
                return length
            self.errors += 1
        return -1
