"""The noise file: every way in which the simulated world departs from its drawing.

`load` reads `noise.toml` into frozen dataclasses. A key that is unknown, missing or out of bounds is
refused with a sentence that names the file, the line and what would be right.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TypeVar, cast

import numpy as np

from host.twin.errors import NoiseFileError

__all__ = [
    "ArmNoise",
    "BoardNoise",
    "CameraNoise",
    "ClockNoise",
    "EncoderNoise",
    "MagnetNoise",
    "MotorNoise",
    "Noise",
    "PersonNoise",
    "PieceNoise",
    "SetupNoise",
    "bounded_normal",
    "bounded_offset",
    "load",
]

DEFAULT_FILE = Path(__file__).with_name("noise.toml")
_MAX_BYTES = 65536
_Section = TypeVar("_Section")


def _number(least: float, most: float, default: float | None = None) -> float:
    """A field that must lie in [least, most] (the bounds travel in the field's metadata).

    Without a default the file must have it.
    """
    metadata = {"least": least, "most": most}
    if default is None:
        return cast(float, field(metadata=metadata))
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class PersonNoise:
    """How a person puts pieces down and how long an act takes."""

    place_sigma_mm: float = _number(0.0, 6.0)
    place_max_mm: float = _number(0.0, 13.4)
    move_min_s: float = _number(1.0, 10.0)
    move_max_s: float = _number(1.0, 10.0)


@dataclass(frozen=True)
class SetupNoise:
    """How the pieces stand as the game begins."""

    place_sigma_mm: float = _number(0.0, 4.0)
    place_max_mm: float = _number(0.0, 4.5)
    yaw_sigma_deg: float = _number(0.0, 180.0)


@dataclass(frozen=True)
class PieceNoise:
    """How the pieces of a set differ."""

    diameter_max_mm: float = _number(0.0, 0.5)
    height_max_mm: float = _number(0.0, 1.0)
    mass_sigma_g: float = _number(0.0, 2.0)
    mass_max_g: float = _number(0.0, 3.0)
    friction_min: float = _number(0.05, 1.0)
    friction_max: float = _number(0.05, 1.0)


@dataclass(frozen=True)
class CameraNoise:
    """What the camera adds to the picture and how far its mount is off."""

    pixel_sigma_levels: float = _number(0.0, 20.0)
    position_sigma_mm: float = _number(0.0, 10.0)
    position_max_mm: float = _number(0.0, 15.0)
    tilt_sigma_deg: float = _number(0.0, 1.0)
    tilt_max_deg: float = _number(0.0, 2.0)
    gain_spread: float = _number(0.0, 0.5)
    white_balance_spread: float = _number(0.0, 0.2)
    slope_spread: float = _number(0.0, 0.5)
    flicker_sigma: float = _number(0.0, 0.05)
    blur_px: float = _number(0.0, 3.0)
    radial_sigma: float = _number(0.0, 0.2)
    radial_max: float = _number(0.0, 0.3)
    tangential_sigma: float = _number(0.0, 0.005)
    tangential_max: float = _number(0.0, 0.01)


@dataclass(frozen=True)
class BoardNoise:
    """The board the pieces stand on, and the trays beside it."""

    warp_mm: float = _number(0.0, 2.0)
    tray_shift_sigma_mm: float = _number(0.0, 4.0, 0.8)
    tray_shift_max_mm: float = _number(0.0, 5.0, 2.0)
    tray_turn_sigma_mrad: float = _number(0.0, 10.0, 3.0)
    tray_turn_max_mrad: float = _number(0.0, 15.0, 8.0)


@dataclass(frozen=True)
class ArmNoise:
    """What the calibration of the arm does not know."""

    link_sigma_mm: float = _number(0.0, 2.0)
    link_max_mm: float = _number(0.0, 4.0)
    switch_sigma_mrad: float = _number(0.0, 5.0)
    switch_max_mrad: float = _number(0.0, 10.0)
    lift_switch_sigma_mm: float = _number(0.0, 1.0)
    lift_switch_max_mm: float = _number(0.0, 1.0)
    board_shift_sigma_mm: float = _number(0.0, 5.0)
    board_shift_max_mm: float = _number(0.0, 10.0)
    board_turn_sigma_mrad: float = _number(0.0, 10.0)
    board_turn_max_mrad: float = _number(0.0, 20.0)
    switch_repeat_sigma_mrad: float = _number(0.0, 2.0)
    lift_repeat_sigma_mm: float = _number(0.0, 0.5)
    start_max_rad: float = _number(0.0, 0.5)
    marker_sigma_mm: float = _number(0.0, 3.0, 0.3)
    marker_max_mm: float = _number(0.0, 5.0, 0.8)
    marker_height_sigma_mm: float = _number(0.0, 3.0, 0.4)
    marker_height_max_mm: float = _number(0.0, 5.0, 1.0)


@dataclass(frozen=True)
class EncoderNoise:
    """The joint encoders."""

    linearity_deg: float = _number(0.0, 3.0)
    zero_sigma_deg: float = _number(0.0, 3.0)
    noise_sigma_deg: float = _number(0.0, 0.2)


@dataclass(frozen=True)
class MotorNoise:
    """Friction and free play of the drives, and spread of the motors."""

    joint_friction_min_nm: float = _number(0.0, 1.0)
    joint_friction_max_nm: float = _number(0.0, 1.0)
    lift_friction_n: float = _number(0.0, 2.0)
    play_arcmin: float = _number(0.0, 30.0)
    torque_spread: float = _number(0.0, 0.3)


@dataclass(frozen=True)
class MagnetNoise:
    """Spread of the magnet's pull and what a release does to a piece."""

    force_spread: float = _number(0.0, 0.5)
    release_slip_sigma_mm: float = _number(0.0, 2.0)
    release_slip_max_mm: float = _number(0.0, 4.0)


@dataclass(frozen=True)
class ClockNoise:
    """The controllers' crystals."""

    drift_max_ppm: float = _number(0.0, 200.0)


@dataclass(frozen=True)
class Noise:
    """All sections of the noise file."""

    person: PersonNoise
    setup: SetupNoise
    pieces: PieceNoise
    camera: CameraNoise
    board: BoardNoise
    arm: ArmNoise
    encoder: EncoderNoise
    motor: MotorNoise
    magnet: MagnetNoise
    clock: ClockNoise


_SECTIONS: dict[str, type[object]] = {
    "person": PersonNoise,
    "setup": SetupNoise,
    "pieces": PieceNoise,
    "camera": CameraNoise,
    "board": BoardNoise,
    "arm": ArmNoise,
    "encoder": EncoderNoise,
    "motor": MotorNoise,
    "magnet": MagnetNoise,
    "clock": ClockNoise,
}
_ORDERED = (
    ("person", "move_min_s", "move_max_s"),
    ("pieces", "friction_min", "friction_max"),
    ("motor", "joint_friction_min_nm", "joint_friction_max_nm"),
)


def load(path: Path | None = None) -> Noise:
    """Read a noise file (default: the one beside this module).

    Raises `NoiseFileError` with one sentence when the file is not what it must be, `OSError` when it
    cannot be read.
    """
    source = DEFAULT_FILE if path is None else path
    raw = source.read_bytes()
    if len(raw) > _MAX_BYTES:
        raise NoiseFileError(f"{source}: {len(raw)} bytes is too long for a noise file; at most {_MAX_BYTES}")
    try:
        text = raw.decode("utf-8")
        table = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NoiseFileError(f"{source}: this is not TOML: {error}") from error
    for name in table:
        if name not in _SECTIONS:
            where = f"{source}:{_line(text, name, None)}"
            raise NoiseFileError(f"{where}: there is no section [{name}]; one of {', '.join(_SECTIONS)}")
    sections = {name: _section(source, text, name, kind, table.get(name)) for name, kind in _SECTIONS.items()}
    for name, low, high in _ORDERED:
        if getattr(sections[name], low) > getattr(sections[name], high):
            where = f"{source}:{_line(text, name, low)}"
            raise NoiseFileError(f"{where}: {low} in [{name}] is above {high}; it must not be")
    return Noise(**sections)  # type: ignore[arg-type]


def _section(source: Path, text: str, name: str, kind: type[_Section], table: object) -> _Section:
    if not isinstance(table, dict):
        raise NoiseFileError(f"{source}: the section [{name}] is missing; it must be there")
    known = {entry.name: entry.metadata for entry in fields(kind)}  # type: ignore[arg-type]
    spare = {entry.name for entry in fields(kind) if entry.default is not MISSING}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            where = f"{source}:{_line(text, name, key)}"
            raise NoiseFileError(f"{where}: there is no key {key!r} in [{name}]; one of {', '.join(known)}")
    values: dict[str, float] = {}
    for key, bounds in known.items():
        right = f"a number from {_span(bounds)} would be right"
        if key not in table:
            if key in spare:
                continue
            raise NoiseFileError(f"{source}:{_line(text, name, None)}: [{name}] lacks {key}; {right}")
        value = table[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not _within(float(value), bounds):
            raise NoiseFileError(f"{source}:{_line(text, name, key)}: {key} = {value!r}; {right}")
        values[key] = float(value)
    return kind(**values)


def _within(value: float, bounds: object) -> bool:
    least, most = cast(dict[str, float], bounds)["least"], cast(dict[str, float], bounds)["most"]
    return math.isfinite(value) and least <= value <= most


def _span(bounds: object) -> str:
    table = cast(dict[str, float], bounds)
    return f"{table['least']:g} to {table['most']:g}"


def _line(text: str, section: str, key: str | None) -> int:
    """The 1-based line of a section's heading, or of a key in it; 1 when the file spells it another way."""
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        heading = re.match(r"\s*\[\s*([^\]]+?)\s*\]", line)
        if heading:
            inside = heading.group(1) == section
            if inside and key is None:
                return number
        elif inside and key is not None and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return 1


def bounded_normal(rng: np.random.Generator, sigma: float, most: float) -> float:
    """One draw of a normal distribution around 0, repeated until it is within `most` (0 when either is 0)."""
    if sigma <= 0.0 or most <= 0.0:
        return 0.0
    while True:
        value = float(rng.normal(0.0, sigma))
        if abs(value) <= most:
            return value


def bounded_offset(rng: np.random.Generator, sigma: float, most: float) -> tuple[float, float]:
    """A two-dimensional normal offset whose length is at most `most` (same unit as `sigma`)."""
    if sigma <= 0.0 or most <= 0.0:
        return 0.0, 0.0
    while True:
        dx, dy = (float(value) for value in rng.normal(0.0, sigma, 2))
        if math.hypot(dx, dy) <= most:
            return dx, dy
