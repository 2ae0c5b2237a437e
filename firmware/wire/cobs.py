"""Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): frames without 0x00, parted by 0x00.

Three consecutive 0x00 bytes are the stop signal. They are counted here, before anything is framed, so
that a stop needs no session, check sum or sequence. A sender never writes two zeros in a row.
"""

STOP_ZEROS = 3
STOP = b"\x00\x00\x00"


def encode_into(src, n, dst):
    """Encode `src[:n]` to `dst`, without the closing 0x00; returns the length (at most n + n // 254 + 1)."""
    code_at = 0
    code = 1
    out = 1
    for i in range(n):
        byte = src[i]
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


def decode_in_place(buffer, n):
    """Decode `buffer[:n]` in place; returns the length, or -1 when it is no COBS frame."""
    i = 0
    out = 0
    while i < n:
        code = buffer[i]
        end = i + code
        if code == 0 or end > n:
            return -1
        i += 1
        while i < end:
            byte = buffer[i]
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


class Framer:
    """Cuts a stream of bytes into frames and counts zeros; feed every byte that arrives to `push`.

    After `push` returned a length >= 0 the decoded frame stands in `buffer` until the next push.
    `stop` becomes True at three zeros in a row and stays so until it is set back. `errors` counts
    frames that were too long or no COBS.
    """

    def __init__(self, capacity=300):
        self.buffer = bytearray(capacity)
        self.stop = False
        self.errors = 0
        self._n = 0
        self._zeros = 0
        self._overrun = False

    def push(self, byte):
        """Take one byte; returns the length of the frame it completed, or -1."""
        if byte:
            self._zeros = 0
            n = self._n
            if n < len(self.buffer):
                self.buffer[n] = byte
                self._n = n + 1
            else:
                self._overrun = True
            return -1
        self._zeros += 1
        if self._zeros >= STOP_ZEROS:
            self.stop = True
        n = self._n
        self._n = 0
        if self._overrun:
            self._overrun = False
            self.errors += 1
            return -1
        if n == 0:
            return -1
        n = decode_in_place(self.buffer, n)
        if n < 0:
            self.errors += 1
        return n
