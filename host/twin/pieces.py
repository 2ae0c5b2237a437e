"""The 32 pieces of a set: sizes, weights and faces, and where a placement field puts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine import FenError, board_of_placement
from host.twin.errors import PlacementError
from host.twin.noise import Noise, bounded_normal

__all__ = ["ORDER", "START", "Piece", "assign", "draw_set"]

START = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR"
ORDER = "KAABBNNRRCCPPPPP" + "kaabbnnrrccppppp"
"""Labels of the 32 pieces in the order in which they are numbered."""

_MEAN_MASS_KG = 0.015


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
    try:
        board = board_of_placement(placement)
    except FenError as error:
        raise PlacementError(str(error)) from error
    free: dict[str, list[int]] = {}
    for piece in reversed(pieces):
        free.setdefault(piece.label, []).append(piece.index)
    placed: dict[int, int] = {}
    for square, letter in enumerate(board):
        if letter == ".":
            continue
        if not free[letter]:
            raise PlacementError(f"the placement names more {letter!r} than a set of 32 pieces has")
        placed[square] = free[letter].pop()
    return placed
