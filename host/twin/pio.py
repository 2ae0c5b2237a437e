"""The PIO and DMA of the arm controller, modelled outside its process.

What the controller has handed over plays out with exact times and then stops, whether the
controller still lives or not: that is how one-shot DMA on the real board behaves, and why a killed
controller's steps end within what it had queued (15 ms).

A FIFO word: bit 0 direction, bit 1 step (0 = only wait), bits 2-31 delay in ticks of 1/8 us before
the edge. Times are ticks of the controller's own crystal, unwrapped.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

AXES = ("shoulder", "elbow", "lift")
TICKS_PER_US = 8
_STEP_BIT = 2
_DIRECTION_BIT = 1
_DELAY_SHIFT = 2


class Edges(NamedTuple):
    """Step edges of one axis: controller ticks, rising, and directions (+1 or -1)."""

    ticks: list[int]
    directions: list[int]


class _Chunk:
    """When the PIO is done with each word and makes each edge, and how far it has got with both.

    Lists and bisection: a frame sees a handful of words, for which numpy's calls cost more than the work.
    """

    __slots__ = ("directions", "emitted", "ends", "played", "ticks")

    def __init__(self, words: NDArray[np.uint32], start: int) -> None:
        self.ends: list[int] = []
        self.ticks: list[int] = []
        self.directions: list[int] = []
        self.played = 0
        self.emitted = 0
        tick = start
        for word in words.tolist():
            tick += word >> _DELAY_SHIFT
            self.ends.append(tick)
            if word & _STEP_BIT:
                self.ticks.append(tick)
                self.directions.append(1 if word & _DIRECTION_BIT else -1)


class StateMachine:
    """One axis: a queue of words, a running flag, and the time at which the last queued word ends."""

    def __init__(self) -> None:
        self.running = False
        self.underruns = 0
        self.pending = 0
        """Words handed over and not yet consumed."""
        self._cursor = 0
        self._waiting: list[NDArray[np.uint32]] = []
        self._chunks: deque[_Chunk] = deque()

    @property
    def playing(self) -> bool:
        """Whether words are being played out."""
        return bool(self._chunks)

    def feed(self, words: NDArray[np.uint32], now_ticks: int) -> None:
        """Append words; before `start` they only wait. Late words play from now on: an underrun."""
        if not len(words):
            return
        self.pending += len(words)
        if not self.running:
            self._waiting.append(words)
            return
        if self._cursor < now_ticks:
            self.underruns += 1
            self._cursor = now_ticks
        self._append(words)

    def start(self, now_ticks: int) -> None:
        """Begin to play what was fed, from now on."""
        if not self.playing:
            self._cursor = now_ticks
        self.running = True
        waiting, self._waiting = self._waiting, []
        for words in waiting:
            self._append(words)

    def abort(self) -> None:
        """Drop everything and stop."""
        self.running = False
        self.pending = 0
        self._waiting.clear()
        self._chunks.clear()

    def take(self, until_ticks: int) -> Edges | None:
        """Play up to and including `until_ticks`; the step edges met, or None."""
        ticks: list[int] = []
        directions: list[int] = []
        while self._chunks:
            chunk = self._chunks[0]
            played = bisect_right(chunk.ends, until_ticks, chunk.played)
            emitted = bisect_right(chunk.ticks, until_ticks, chunk.emitted)
            ticks += chunk.ticks[chunk.emitted : emitted]
            directions += chunk.directions[chunk.emitted : emitted]
            self.pending -= played - chunk.played
            chunk.played, chunk.emitted = played, emitted
            if played < len(chunk.ends):
                break
            self._chunks.popleft()
        return Edges(ticks, directions) if ticks else None

    def _append(self, words: NDArray[np.uint32]) -> None:
        chunk = _Chunk(words, self._cursor)
        self._cursor = chunk.ends[-1]
        self._chunks.append(chunk)


class Pio:
    """The three step state machines of the arm controller, started and aborted together."""

    def __init__(self) -> None:
        self.axes = tuple(StateMachine() for _ in AXES)

    @property
    def playing(self) -> bool:
        """Whether any axis still has words to play."""
        shoulder, elbow, lift = self.axes
        return shoulder.playing or elbow.playing or lift.playing

    @property
    def underruns(self) -> int:
        """Underruns of all axes since the start."""
        return sum(axis.underruns for axis in self.axes)

    def pending(self) -> tuple[int, ...]:
        """Words not yet consumed, per axis (shoulder, elbow, lift)."""
        return tuple(axis.pending for axis in self.axes)

    def obey(self, words: tuple[NDArray[np.uint32], ...], now_ticks: int, *, start: bool) -> None:
        """Take words for each axis at controller time `now_ticks`; with `start` they begin a run."""
        if start and not self.playing:
            for axis in self.axes:
                axis.running = False
        self.feed(words, now_ticks)
        if start:
            self.start(now_ticks)

    def feed(self, words: tuple[NDArray[np.uint32], ...], now_ticks: int) -> None:
        """Hand over words for each axis at controller time `now_ticks`."""
        for axis, part in zip(self.axes, words, strict=True):
            axis.feed(part, now_ticks)

    def start(self, now_ticks: int) -> None:
        """Start all axes on the same tick."""
        for axis in self.axes:
            axis.start(now_ticks)

    def abort(self) -> None:
        """Stop all axes at once and drop what is queued."""
        for axis in self.axes:
            axis.abort()

    def take(self, until_ticks: int) -> list[tuple[int, Edges]]:
        """All edges up to `until_ticks` as (axis index, edges), axes without edges left out."""
        if not self.playing:
            return []
        taken = ((index, axis.take(until_ticks)) for index, axis in enumerate(self.axes))
        return [(index, edges) for index, edges in taken if edges is not None]
