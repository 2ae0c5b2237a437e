"""Whether a camera's pictures can be believed: frozen, covered, overexposed, too dark. Sans-I/O."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.reading import hash_of_pixels

__all__ = ["CameraFault", "CameraHealth"]

FaultKind = Literal["frozen", "covered-lens", "overexposed", "too-dark"]

_REPEATS = 3  # known pictures one after another; the noise of a sensor never repeats
_KEPT = 32  # pictures that are remembered: a stuck buffer plays its few over and over
_WHITE, _BLACK = 250, 40
_WHITE_SHARE = 0.5
_FLAT = 6.0  # grey levels; a lens cap or a finger on the lens leaves a smooth gradient and nothing else
_MESSAGES: dict[FaultKind, str] = {
    "frozen": "The camera keeps sending the same picture, so I do not act on it. Please plug it in again.",
    "covered-lens": "Something covers the camera's lens, so I am waiting. Please uncover it.",
    "overexposed": "The camera's picture is nearly white, so I am waiting. Please turn the lamp away.",
    "too-dark": "It is too dark for the camera, so I am waiting. Please give me more light.",
}


@dataclass(frozen=True)
class CameraFault:
    """What is wrong with the pictures, and the sentence for a person."""

    kind: FaultKind
    message: str


class CameraHealth:
    """Feed it every picture of a live camera."""

    def __init__(self) -> None:
        self._recent: deque[str] = deque(maxlen=_KEPT)
        self._repeats = 0

    def judge(self, image: NDArray[np.uint8]) -> CameraFault | None:
        """What is wrong with this picture, (H, W, 3) uint8 BGR, after those before it; None if nothing is."""
        pixels = hash_of_pixels(image)
        self._repeats = self._repeats + 1 if pixels in self._recent else 0
        self._recent.append(pixels)
        kind = "frozen" if self._repeats >= _REPEATS else _kind_of(image)
        return None if kind is None else CameraFault(kind, _MESSAGES[kind])


def _kind_of(image: NDArray[np.uint8]) -> FaultKind | None:
    small = cv2.resize(image, (160, 90), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    if (grey >= _WHITE).mean() > _WHITE_SHARE:
        return "overexposed"
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 6.0)
    if float(detail.std()) < _FLAT / 4:
        return "covered-lens"
    return "too-dark" if np.percentile(grey, 95) < _BLACK else None
