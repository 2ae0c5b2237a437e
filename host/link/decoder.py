"""Bytes of a controller → whole packets; shared by the link and by the twin's black box."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.wire import cobs

# Longer than any frame of the wire; a line of noise without zeros must not grow without end.
_MAX_FRAME = 300


class FrameReader:
    """Cuts what a controller sends at its zeros. Same frames as `firmware.wire.cobs.Framer`, by chunk."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self.errors = 0

    def feed(self, data: bytes) -> Iterator[tuple[bytearray, int]]:
        """Decoded frames as (buffer, length); broken ones are counted and left out."""
        self._rest += data
        *frames, self._rest = self._rest.split(b"\0")
        if len(self._rest) > _MAX_FRAME:
            self._rest.clear()
            self.errors += 1
        for frame in frames:
            if not frame:
                continue
            length = cobs.decode_in_place(frame, len(frame)) if len(frame) <= _MAX_FRAME else -1
            if length < 0:
                self.errors += 1
            else:
                yield frame, length
