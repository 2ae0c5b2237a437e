"""Calibrating a robot of the twin: every parameter of it is wrong by what the noise file says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from host.arm.robot import load as load_robot
from host.calibrate.folder import Folder
from host.calibrate.result import Calibration
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
    folder = Folder(out, twin_device(seed))
    bench = Bench(World(load_robot(), load_noise(noise), seed, PLACEMENT, "red"))
    bench.power_on()
    return Calibrator(bench, "red", Looker(), folder.keep, told).run(folder.known)
