"""Calibrating a robot of the twin: every parameter of it is wrong by what the noise file says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from host.arm.robot import load as load_robot
from host.calibrate.result import FILE, STEPS, Calibration, load, save
from host.calibrate.steps import PLACEMENT, Calibrator
from host.trial.bench import Bench
from host.twin.noise import load as load_noise
from host.twin.world import World
from vision.look import Looker

__all__ = ["calibrate_twin", "twin_device"]


def twin_device(seed: int) -> str:
    """The name under which a robot of the twin is calibrated."""
    return f"twin-{seed}"


def calibrate_twin(seed: int, noise: Path | None, out: Path, told: Callable[[str], None]) -> Calibration:
    """Calibrate the robot drawn from `seed`, going on with what `out` holds already.

    Writes `calibration.json` and a picture after each step. Raises `CalibrationFileError`,
    `MeasurementError`, and the noise file's own error.
    """
    device = twin_device(seed)
    path = out / FILE
    known = load(path, device) if path.exists() else Calibration(device)
    out.mkdir(parents=True, exist_ok=True)
    bench = Bench(World(load_robot(), load_noise(noise), seed, PLACEMENT, "red"))
    bench.power_on()

    def keep(result: Calibration, step: str, picture: NDArray[np.uint8]) -> None:
        cv2.imwrite(str(out / f"{STEPS.index(step) + 1}-{step}.png"), picture)
        save(result, path)

    return Calibrator(bench, "red", Looker(), keep, told).run(known)
