"""The result file of a calibration: one for each device, written after every step, whole at any time."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast

from host.calibrate.errors import CalibrationFileError

__all__ = ["STEPS", "Calibration", "load", "save"]

STEPS = ("lens", "height", "encoders", "geometry")
"""The steps in their order; each writes the fields that begin with its name (`encoders` the play, too)."""

_FORMAT = 1
_MOST_BYTES = 65536
_MOST_NUMBER = 1e6


@dataclass(frozen=True)
class Calibration:
    """What was measured so far; None or empty: not yet. Lengths in metres, angles in radians.

    `lens_residual_cells`: what the grid's own field leaves of the printed lines; `lens_bend_mm`: how far lens
    and warp move the grid at most; `height_piece_m`: top of a piece above the board at its place, by the nose
    switch; `encoders_shoulder`, `encoders_elbow`: terms of `EncoderCurve`, with their residuals in counts;
    `play_*_rad`: free play; `geometry`: the six numbers of `ArmGeometry`, `geometry_residual_mm` what the
    camera last saw of the robot's own placing, root mean square.
    """

    device: str
    format: int = _FORMAT
    lens_residual_cells: float | None = None
    lens_bend_mm: float | None = None
    height_piece_m: float | None = None
    encoders_shoulder: tuple[float, ...] = ()
    encoders_elbow: tuple[float, ...] = ()
    encoders_residual_counts: tuple[float, ...] = ()
    play_shoulder_rad: float | None = None
    play_elbow_rad: float | None = None
    geometry: tuple[float, ...] = ()
    geometry_residual_mm: float | None = None

    def done(self, step: str) -> bool:
        """Whether a step of `STEPS` has been measured."""
        values = [getattr(self, entry.name) for entry in fields(self) if entry.name.startswith(step)]
        return all(value not in (None, ()) for value in values)


def save(calibration: Calibration, path: Path) -> None:
    """Write the file; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(calibration), indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def load(path: Path, device: str) -> Calibration:
    """Read the file of `device`. Raises `CalibrationFileError` for another device's or a damaged file."""
    raw = path.read_bytes()
    try:
        record = json.loads(raw[: _MOST_BYTES + 1].decode("utf-8"))
    except ValueError as error:
        raise _refused(path, f"it is not JSON ({error})") from error
    if not isinstance(record, dict) or set(record) != {entry.name for entry in fields(Calibration)}:
        raise _refused(path, f"its keys are not those of format {_FORMAT}")
    if record["format"] != _FORMAT:
        raise _refused(path, f"its format is {record['format']!r}, not {_FORMAT}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
    for key, value in values.items():
        wrong = None if key == "device" else _wrong_number(value)
        if wrong is not None:
            raise _refused(path, f"{key} holds {wrong}, where a finite number would be right")
    if values["device"] != device:
        raise CalibrationFileError(
            f"{path} belongs to {values['device']!r}, not to {device!r}; name another folder with --out"
        )
    result: Calibration = Calibration(**cast("dict[str, Any]", values))
    return result


def _refused(path: Path, why: str) -> CalibrationFileError:
    return CalibrationFileError(f"{path} is no calibration: {why}; calibrate again")


def _wrong_number(value: object) -> str | None:
    """What is wrong with a field, in words; None for None, a number, or a row of numbers."""
    if value is None:
        return None
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, bool) or not isinstance(number, int | float):
            return repr(number)
        if not math.isfinite(number) or abs(number) > _MOST_NUMBER:
            return repr(number)
    return None
