"""The watch stream: is anything over the board that the arm does not explain?

One small picture after the other, compared with the picture of the last accepted reading. What the caller
masks (the arm where its joints say it is, places where it has just set something down) is unknown, never
clear; every other change of some size is taken for a hand, whatever its colour. Light that changes as a
whole cancels; a shadow or a lamp that changes a part of the picture counts as a change, which costs speed
and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import VisionError

__all__ = ["CHANGED", "CLEAR", "UNKNOWN", "ChangeWatch", "View"]

CLEAR, CHANGED, UNKNOWN = 0, 1, 2
"""States of a pixel."""

_LEVELS = 14.0
"""Grey levels by which a channel must differ: ten times a webcam's noise after the blur, and less than what
parts a piece from the wood it stands on."""
_LEAST_SHARE = 0.0008
"""Smallest change that counts, as a share of the picture: about 20 mm square where it shows 760 x 430 mm."""
_MOST_UNKNOWN = 0.5
"""With more of the picture unknown than this nothing can be said: that counts as a person, too."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """What one picture of the stream shows. `states` is (H, W) uint8: CLEAR, CHANGED or UNKNOWN."""

    states: NDArray[np.uint8]

    @property
    def person(self) -> bool:
        """Whether a person must be taken to be there."""
        return bool((self.states == CHANGED).any()) or self.unknown_share > _MOST_UNKNOWN

    @property
    def unknown_share(self) -> float:
        """Part of the picture that nothing is known of, 0 to 1."""
        return float((self.states == UNKNOWN).mean())

    def changed_within(self, region: Mask) -> bool:
        """Whether an unexplained change reaches into `region`, (H, W)."""
        return bool((self.states[region] == CHANGED).any())

    def is_clear(self, region: Mask) -> bool:
        """Whether all of `region`, (H, W), was seen and is as it was."""
        return bool((self.states[region] == CLEAR).all())


class ChangeWatch:
    """Compares pictures, uint8 BGR (H, W, 3) of one size, with the last one learnt."""

    def __init__(self) -> None:
        self._reference: NDArray[np.float32] | None = None
        self._never_seen: Mask | None = None

    def learn(self, picture: NDArray[np.uint8], masked: Mask) -> None:
        """Take `picture` as what is there; of what is `masked`, (H, W), nothing is known."""
        self._reference = _smooth(picture)
        self._never_seen = masked.copy()

    def forget(self) -> None:
        """Nothing is known of what is there."""
        self._reference = None

    def judge(self, picture: NDArray[np.uint8], masked: Mask) -> View:
        """Compare `picture`; `masked`, (H, W), is what the caller can explain. All unknown without reference.

        Raises `VisionError` for a picture of another size than the one learnt.
        """
        if self._reference is None or self._never_seen is None:
            return View(np.full(picture.shape[:2], UNKNOWN, np.uint8))
        if picture.shape != self._reference.shape or masked.shape != picture.shape[:2]:
            raise VisionError("The watch stream changed its size; all its pictures must have one size.")
        unknown = masked | self._never_seen
        visible = ~unknown
        states = np.where(unknown, UNKNOWN, CLEAR).astype(np.uint8)
        if visible.any():
            now = _smooth(picture)
            gain = np.median(now[visible] / np.maximum(self._reference[visible], 8.0), axis=0)
            apart = np.abs(now - self._reference * gain).max(axis=2)
            states[_regions((apart > _LEVELS) & visible)] = CHANGED
        return View(states)


def _smooth(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.2), dtype=np.float32)


def _regions(different: Mask) -> Mask:
    """The connected regions of `different` that are large enough to count."""
    opened = cv2.morphologyEx(different.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    least = _LEAST_SHARE * different.size
    large = np.zeros(count, np.bool_)
    large[1:] = stats[1:, cv2.CC_STAT_AREA] >= least
    return np.asarray(large[labels], dtype=np.bool_)
