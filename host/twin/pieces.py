"""The 32 pieces of a set: sizes, weights and faces, and where a placement field puts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from host.twin.errors import PlacementError
from host.twin.noise import Noise, bounded_normal

__all__ = ["ORDER", "START", "Piece", "assign", "draw_set", "face_picture"]

START = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR"
ORDER = "KAABBNNRRCCPPPPP" + "kaabbnnrrccppppp"
"""Labels of the 32 pieces in the order in which they are numbered."""

_ASSETS = Path(__file__).with_name("assets")
_RANKS, _FILES = 10, 9
_MEAN_MASS_KG = 0.015
_FACE_PX = 160
# Light beech, and inks as printed on common sets (BGR).
_WOOD = np.array([150.0, 196.0, 228.0])
_INK = {True: np.array([32.0, 32.0, 190.0]), False: np.array([38.0, 34.0, 34.0])}


@dataclass(frozen=True)
class Piece:
    """One piece as it was turned. `pull` scales the magnet's force (depth of the steel inlay)."""

    index: int
    label: str
    diameter_m: float
    height_m: float
    mass_kg: float
    friction: float
    pull: float

    @property
    def is_red(self) -> bool:
        """Whether the piece is red's."""
        return self.label.isupper()


def draw_set(diameter_m: float, height_m: float, noise: Noise, rng: np.random.Generator) -> tuple[Piece, ...]:
    """Draw the 32 pieces of one set around the nominal size (metres), in the order of `ORDER`."""
    spread = noise.pieces
    pieces = []
    for index, label in enumerate(ORDER):
        diameter = diameter_m + float(rng.uniform(-1.0, 1.0)) * spread.diameter_max_mm * 1e-3
        height = height_m + float(rng.uniform(-1.0, 1.0)) * spread.height_max_mm * 1e-3
        mass = _MEAN_MASS_KG + bounded_normal(rng, spread.mass_sigma_g, spread.mass_max_g) * 1e-3
        friction = float(rng.uniform(spread.friction_min, spread.friction_max))
        pull = 1.0 + float(rng.uniform(-1.0, 1.0)) * noise.magnet.force_spread
        pieces.append(Piece(index, label, diameter, height, mass, friction, pull))
    return tuple(pieces)


def assign(placement: str, pieces: Sequence[Piece]) -> dict[int, int]:
    """Give each letter of a FEN placement field one piece: {square: piece index}.

    Pieces that the field does not name are off the board. Raises `PlacementError`.
    """
    rows = placement.split("/")
    if len(placement) > 200 or len(rows) != _RANKS:
        raise PlacementError(f"the placement {placement[:40]!r} has {len(rows)} ranks; 10 parted by '/' would be right")
    free: dict[str, list[int]] = {}
    for piece in reversed(pieces):
        free.setdefault(piece.label, []).append(piece.index)
    placed: dict[int, int] = {}
    for rank, row in zip(range(_RANKS - 1, -1, -1), rows, strict=True):
        file = 0
        for letter in row.translate(str.maketrans("HhEe", "NnBb")):
            if letter in "123456789":
                file += int(letter)
            elif letter not in free:
                raise PlacementError(f"rank {rank} of the placement holds {letter!r}; a piece letter or 1-9 would be right")
            elif not free[letter]:
                raise PlacementError(f"the placement names more {letter!r} than a set of 32 pieces has")
            else:
                placed[rank * _FILES + min(file, _FILES - 1)] = free[letter].pop()
                file += 1
        if file != _FILES:
            raise PlacementError(f"rank {rank} of the placement covers {file} points; 9 would be right")
    return placed


def face_picture(label: str, style: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The top face of a piece: wood grain, engraved ring and glyph; uint8 RGB (160, 160, 3).

    `style` names a folder of glyphs below `assets/`.
    """
    side = "red" if label.isupper() else "black"
    path = _ASSETS / style / f"{side}_{label.lower()}.png"
    glyph = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if glyph is None:
        raise PlacementError(f"{path}: the glyph of {label!r} is missing; `qiyou glyphs` makes it")
    face = wood_picture(_FACE_PX, _FACE_PX, _WOOD, rng, grain=7.0)
    ink = np.zeros((_FACE_PX, _FACE_PX), np.float32)
    middle = _FACE_PX // 2
    # Ring at 0.84 and glyph within 0.60 of the radius, as on most turned sets.
    cv2.circle(ink, (middle, middle), int(0.84 * middle), 1.0, thickness=4, lineType=cv2.LINE_AA)
    size = int(1.10 * middle)
    corner = middle - size // 2
    small = cv2.resize(glyph, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    window = ink[corner : corner + size, corner : corner + size]
    np.maximum(window, small, out=window)
    weight = 0.92 * ink[..., None]
    mixed = face * (1.0 - weight) + _INK[side == "red"] * weight
    return np.ascontiguousarray(np.clip(mixed, 0, 255).astype(np.uint8)[..., ::-1])


def wood_picture(
    height: int, width: int, colour: NDArray[np.float64], rng: np.random.Generator, grain: float
) -> NDArray[np.float64]:
    """Wood as a float BGR picture (height, width, 3): `grain` is the contrast of its streaks in grey levels."""
    streaks = rng.normal(0.0, 1.0, (max(2, height // 3), max(2, width // 48))).astype(np.float32)
    fine = rng.normal(0.0, 1.0, (height, max(2, width // 12))).astype(np.float32)
    broad = cv2.resize(streaks, (width, height), interpolation=cv2.INTER_CUBIC)
    detail = cv2.resize(fine, (width, height), interpolation=cv2.INTER_CUBIC)
    tone = grain * (0.75 * broad + 0.35 * detail)
    return np.asarray(colour + tone[..., None] * np.array([0.9, 1.0, 1.0]), dtype=np.float64)
