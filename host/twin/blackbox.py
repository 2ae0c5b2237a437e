"""Listens to what a controller says on its serial line and keeps its last state and reason."""

from __future__ import annotations

from typing import Any

from firmware.wire import messages, packet
from host.link.decoder import FrameReader
from safety import reasons, states


class BlackBox:
    """The last state and reason a controller reported itself, for the time after its death."""

    def __init__(self) -> None:
        self._frames = FrameReader()
        self._state = states.OFF
        self._reason = reasons.NONE
        self._usteps = (0, 0, 0)
        self._said_us: int | None = None
        self._changes: list[tuple[int, int, int]] = []

    def feed(self, data: bytes, now_us: int) -> None:
        """Take bytes the controller wrote at twin time `now_us`."""
        for buffer, length in self._frames.feed(data):
            if not packet.intact(buffer, length):
                continue
            payload = bytes(buffer[packet.HEADER_SIZE : length - packet.CRC_SIZE])
            try:
                rows = messages.decode(payload)
            except messages.MessageError:
                continue
            for message, values in rows:
                # STATUS follows every change at once, and unlike STATE it is never sent again.
                if message == messages.STATUS:
                    self._note(values[1], values[2], now_us)
                    self._usteps = values[5:8]

    def summary(self) -> dict[str, Any]:
        """State and reason by name, when they were last said, and every change (twin us, state, reason)."""
        return {
            "state": states.NAMES[self._state],
            "reason": reasons.TEXTS[self._reason],
            "said_at_us": self._said_us,
            "usteps": list(self._usteps),
            "changes": [
                {"at_us": at_us, "state": states.NAMES[state], "reason": reasons.TEXTS[reason]}
                for at_us, state, reason in self._changes
            ],
        }

    def _note(self, state: int, reason: int, now_us: int) -> None:
        if state >= len(states.NAMES) or reason not in reasons.TEXTS:
            return
        self._said_us = now_us
        if (state, reason) != (self._state, self._reason):
            self._state, self._reason = state, reason
            self._changes.append((now_us, state, reason))
