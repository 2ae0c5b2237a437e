"""The result file of a calibration: one for each device, written after every step, whole at any time."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from host.arm.aim import PARAMETERS as ARM
from host.arm.aim import ArmGeometry
from host.arm.encoder_curve import CURVE_TERMS
from host.calibrate.errors import CalibrationFileError

__all__ = ["FILE", "NAMES", "STEPS", "Calibration", "kept_file", "load", "load_any", "save"]

STEPS = ("lens", "height", "encoders", "marker", "arm", "tray", "proof")
"""The steps in their order; each writes the fields that begin with its name (`encoders` the play, too)."""

FILE = "calibration.json"

NAMES = [
    "focal_px", "k1", "k2", "p1", "p2", "camera_rx_rad", "camera_ry_rad", "camera_rz_rad", "camera_x_m",
    "camera_y_m", "camera_z_m", "bow_m", "cup_m", "twist_m", "shoulder_rad", "elbow_rad", "link1_m",
    "link2_m", "base_x_m", "base_y_m", "marker_x_m", "marker_y_m", "marker_z_m", "rim_m", "piece_m",
]
"""What the step `arm` finds, with its standard deviation (see `host.calibrate.bundle`)."""

_FORMAT = 2
_MOST_BYTES = 65536
_MOST_NUMBER = 1e6
_LENGTHS = {
    "arm_covariance": 36,
    "tray_left": 3,
    "tray_right": 3,
    "encoders_shoulder": CURVE_TERMS,
    "encoders_elbow": CURVE_TERMS,
    "encoders_residual_counts": 2,
}


@dataclass(frozen=True)
class Calibration:
    """What was measured so far; None or empty: not yet. Lengths in metres, angles in radians.

    `lens_residual_cells`: what the grid's own field leaves of the printed lines; `lens_bend_mm`: how far
    lens and warp move the grid at most. `height_piece_m`: a piece from board to top; `height_floor_m`: the
    board above the lift's zero. `encoders_shoulder`, `encoders_elbow`: terms of `EncoderCurve`, with their
    residuals in counts; `play_*_rad`: free play. `marker_sights`: five numbers each, joints (rad, rad, m)
    and pixel. `arm` and `arm_sigma`: `NAMES` with their values and standard deviations; `arm_covariance`
    (36) that of the six numbers of `ArmGeometry`; `arm_grid_px`, `arm_marker_px`, `arm_marker_mm`,
    `arm_push_mm`: what is left, root mean square. `tray_left`, `tray_right`: how far each tray lies from
    where it is drawn, x and y (m, seat frame) and turn (rad); `tray_residual_mm`. `proof_mm`: how far
    pieces stood from where they were carried to.
    """

    device: str
    format: int = _FORMAT
    lens_residual_cells: float | None = None
    lens_bend_mm: float | None = None
    height_piece_m: float | None = None
    height_floor_m: float | None = None
    encoders_shoulder: tuple[float, ...] = ()
    encoders_elbow: tuple[float, ...] = ()
    encoders_residual_counts: tuple[float, ...] = ()
    play_shoulder_rad: float | None = None
    play_elbow_rad: float | None = None
    marker_sights: tuple[float, ...] = ()
    arm: Mapping[str, float] = field(default_factory=dict)
    arm_sigma: Mapping[str, float] = field(default_factory=dict)
    arm_covariance: tuple[float, ...] = ()
    arm_grid_px: float | None = None
    arm_marker_px: float | None = None
    arm_marker_mm: float | None = None
    arm_push_mm: float | None = None
    tray_left: tuple[float, ...] = ()
    tray_right: tuple[float, ...] = ()
    tray_residual_mm: float | None = None
    proof_mm: tuple[float, ...] = ()

    def done(self, step: str) -> bool:
        """Whether a step of `STEPS` has been measured."""
        values = [getattr(self, entry.name) for entry in fields(self) if entry.name.startswith(step)]
        return all(value is not None and value not in ((), {}) for value in values)

    @property
    def complete(self) -> bool:
        """Whether all steps have been measured."""
        return all(self.done(step) for step in STEPS)

    @property
    def geometry(self) -> ArmGeometry | None:
        """The arm as it was found, or None."""
        return ArmGeometry.of([self.arm[name] for name in ARM]) if self.arm else None

    @property
    def covariance(self) -> NDArray[np.float64] | None:
        """How well it is known, (6, 6) for `host.arm.aim.Aim`, or None."""
        return np.array(self.arm_covariance).reshape(6, 6) if self.arm_covariance else None


def kept_file(device: str) -> Path:
    """Where the calibration in use of a device is kept."""
    home = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(home) if home else Path.home() / ".config"
    return folder / "qiyou" / f"calibration-{re.sub(r'[^a-z0-9]+', '-', device.lower()).strip('-')}.json"


def save(calibration: Calibration, path: Path) -> None:
    """Write the file; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(calibration), indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def load(path: Path, device: str) -> Calibration:
    """Read the file of `device`. Raises `CalibrationFileError` for another device's or a damaged file."""
    result = load_any(path)
    if result.device != device:
        raise CalibrationFileError(
            f"{path} belongs to {result.device!r}, not to {device!r}; name another one"
        )
    return result


def load_any(path: Path) -> Calibration:
    """Read the file of whatever device. Raises `CalibrationFileError` for one that cannot be read."""
    try:
        record = json.loads(path.read_bytes()[: _MOST_BYTES + 1].decode("utf-8"))
    except OSError as error:
        raise CalibrationFileError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _refused(path, f"it is not JSON ({error})") from error
    if isinstance(record, dict) and record.get("format") != _FORMAT:
        raise _refused(path, f"its format is {record.get('format')!r}, not {_FORMAT}")
    if not isinstance(record, dict) or set(record) != {entry.name for entry in fields(Calibration)}:
        raise _refused(path, f"its keys are not those of format {_FORMAT}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
    if not isinstance(values["device"], str):
        raise _refused(path, "it names no device")
    for key, value in values.items():
        wrong = None if key == "device" else _wrong(key, value)
        if wrong is not None:
            raise _refused(path, f"{key} holds {wrong}")
    result: Calibration = Calibration(**cast("dict[str, Any]", values))
    for name, right in _LENGTHS.items():
        if len(getattr(result, name)) not in (0, right):
            raise _refused(path, f"{name} holds {len(getattr(result, name))} numbers, not {right}")
    return result


def _refused(path: Path, why: str) -> CalibrationFileError:
    return CalibrationFileError(f"{path} is no calibration: {why}; calibrate again")


def _wrong(key: str, value: object) -> str | None:
    """What is wrong with a field, in words; None when nothing is."""
    if key in ("arm", "arm_sigma"):
        if not isinstance(value, dict) or (value and list(value) != NAMES):
            return "not the numbers of an arm by their names"
        return _wrong_number(tuple(value.values()))
    return _wrong_number(value)


def _wrong_number(value: object) -> str | None:
    """None for None, a number, or a row of numbers."""
    if value is None:
        return None
    for number in value if isinstance(value, tuple) else (value,):
        good = isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number)
        if not good or abs(number) > _MOST_NUMBER:
            return f"{number!r}, where a finite number would be right"
    return None
