"""The folder of a calibration under way: its result and a picture of each step, kept when it is done."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from host.calibrate.result import FILE, STEPS, Calibration, load, save

__all__ = ["Folder"]


class Folder:
    """`known` is what it holds of `device` already. Raises `CalibrationFileError` for what is not its own."""

    def __init__(self, path: Path, device: str) -> None:
        self._path = path
        file = path / FILE
        self.known = load(file, device) if file.exists() else Calibration(device)
        path.mkdir(parents=True, exist_ok=True)

    def keep(self, result: Calibration, step: str, picture: NDArray[np.uint8]) -> None:
        """Write down the result after `step`, and what was seen in it (uint8 BGR)."""
        cv2.imwrite(str(self._path / f"{STEPS.index(step) + 1}-{step}.png"), picture)
        save(result, self._path / FILE)
