"""From a trajectory to the stream of segments a controller expands into steps.

The time of every step is known exactly from the trajectory; a segment replays it as a quadratic in the
step's number. The path is cut into slices of 16 ms at most, each axis of a slice gets its least-squares
quadratic, and a slice whose replay is off by more than `MAX_ERROR_TICKS` anywhere is halved. Totals are exact
by construction: every step is in exactly one slice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from host.arm.trajectory import Trajectory
from safety.axes import AXES, TICKS_PER_S
from safety.segment import Segment

__all__ = ["MAX_ERROR_TICKS", "SLICE_TICKS", "to_segments"]

SLICE_TICKS = 126_000
"""Longest slice: 15.75 ms, a little less than a segment may last."""

MAX_ERROR_TICKS = 80
"""Largest difference between a replayed and an exact step time: 10 us (the contract allows 25 us)."""

_MIN_SLICE_TICKS = 2_000

_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _AxisFit:
    """Per slice: steps and their quadratic (first, interval_q12, add_q12); `bad` where it does not fit."""

    counts: _Ints
    first: _Ints
    interval: _Ints
    add: _Ints
    bad: NDArray[np.bool_]


def to_segments(trajectory: Trajectory) -> tuple[Segment, ...]:
    """Convert a trajectory; the segments follow each other without gap and end at rest."""
    times = [trajectory.step_times(axis) * TICKS_PER_S for axis in range(AXES)]
    signs = [1 if trajectory.end[axis] >= trajectory.start[axis] else -1 for axis in range(AXES)]
    total = int(np.ceil(trajectory.duration * TICKS_PER_S)) + 1
    slices = max(1, -(-total // SLICE_TICKS))
    bounds: _Ints = np.round(np.linspace(0, total, slices + 1)).astype(np.int64)
    while True:
        fits = [_fit(axis_times, bounds) for axis_times in times]
        bad = np.logical_or.reduce([fit.bad for fit in fits])
        bad &= np.diff(bounds) > _MIN_SLICE_TICKS
        if not bad.any():
            break
        middles = (bounds[:-1][bad] + bounds[1:][bad]) // 2
        bounds = np.sort(np.concatenate([bounds, middles]))
    durations = np.diff(bounds).tolist()
    axes = [
        np.stack([sign * fit.counts, fit.first, fit.interval, fit.add], axis=1).tolist()
        for sign, fit in zip(signs, fits, strict=True)
    ]
    return tuple(Segment(*row) for row in zip(durations, *axes, strict=True))


def _fit(times: NDArray[np.float64], bounds: _Ints) -> _AxisFit:
    """Fit each slice of one axis. `times` (ticks, ascending) and `bounds` (ticks) share their origin."""
    edges = np.searchsorted(times, bounds.astype(np.float64), side="left")
    edges[-1] = len(times)
    counts = np.diff(edges).astype(np.int64)
    slices = len(counts)
    first = np.zeros(slices, np.int64)
    interval = np.zeros(slices, np.int64)
    add = np.zeros(slices, np.int64)
    bad = np.zeros(slices, np.bool_)
    if len(times) == 0:
        return _AxisFit(counts, first, interval, add, bad)
    busy = np.flatnonzero(counts)
    widest = int(counts.max())
    k = np.arange(widest)
    inside = k[None, :] < counts[busy, None]
    index = np.minimum(edges[:-1][busy, None] + k[None, :], len(times) - 1)
    local = np.where(inside, times[index] - bounds[:-1][busy, None], 0.0)
    c0, c1, c2 = _least_squares(local, inside, counts[busy])
    interval[busy] = np.round(c1 * 4096).astype(np.int64)
    add[busy] = np.round(c2 * 4096).astype(np.int64)
    shape = (k[None, :] * interval[busy, None] + add[busy, None] * (k[None, :] * (k[None, :] - 1) // 2)) >> 12
    last = np.take_along_axis(shape, counts[busy, None] - 1, axis=1)[:, 0]
    room = np.diff(bounds)[busy] - 1 - last
    first[busy] = np.clip(np.round(c0).astype(np.int64), 0, np.maximum(room, 0))
    replay = first[busy, None] + shape
    error = np.where(inside, np.abs(replay - local), 0.0).max(axis=1)
    rising = np.where(inside[:, 1:], np.diff(shape, axis=1), 1).min(axis=1, initial=1) > 0
    bad[busy] = (error > MAX_ERROR_TICKS) | ~rising | (room < 0)
    return _AxisFit(counts, first, interval, add, bad)


def _least_squares(
    local: NDArray[np.float64], inside: NDArray[np.bool_], counts: _Ints
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Coefficients of t(k) = c0 + c1 k + c2 k (k - 1) / 2 by slice; exact for one, two and three steps."""
    span = np.maximum(counts - 1, 1).astype(np.float64)
    u = np.where(inside, np.arange(local.shape[1])[None, :] / span[:, None], 0.0)
    weight = inside.astype(np.float64)
    powers = [(weight * u**p).sum(axis=1) for p in range(5)]
    normal = np.empty((len(counts), 3, 3))
    for row in range(3):
        for column in range(3):
            normal[:, row, column] = powers[row + column]
    right = np.stack([(weight * local * u**p).sum(axis=1) for p in range(3)], axis=1)
    # With one or two steps the higher terms are not determined: keep them zero.
    few = counts < 3
    normal[few, :, 2] = normal[few, 2, :] = 0.0
    normal[few, 2, 2] = 1.0
    right[few, 2] = 0.0
    one = counts < 2
    normal[one, :, 1] = normal[one, 1, :] = 0.0
    normal[one, 1, 1] = 1.0
    right[one, 1] = 0.0
    b = np.linalg.solve(normal, right[:, :, None])[:, :, 0]
    # u = k / span and k^2 = k (k - 1) + k.
    return b[:, 0], b[:, 1] / span + b[:, 2] / span**2, 2 * b[:, 2] / span**2
