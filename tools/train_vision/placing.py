"""Which men stand where: on the board, badly or well put, and beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE

__all__ = ["KINDS", "Piece", "draw_letters", "place"]

KINDS = "KABNRCP"

#: Share of boards on which nobody cares where on his point a man stands.
_CARELESS_SHARE = 0.3
_TRIES = 12

_START = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR"


@dataclass(frozen=True)
class Piece:
    """A cylinder on the board: `kind` is one of KABNRCP or "?" for a thing that is no piece.

    Centre, radius and height in cells, `turn` of the glyph in radians; `character` is what is written on
    it, empty on a photographed face and on what is no piece.
    """

    kind: str
    red: bool
    x: float
    y: float
    radius: float
    height: float
    turn: float
    character: str = ""


def place(
    rng: np.random.Generator, margin_x: float, margin_y: float, letters: Mapping[int, str]
) -> list[Piece]:
    """Put pieces on points (not always well), beside the board, and sometimes foreign things among them."""
    radius, height = rng.uniform(0.34, 0.48), rng.uniform(0.12, 0.42)
    slop = abs(rng.normal(0, 0.08))
    careless = rng.uniform(0.12, 0.38) if rng.random() < _CARELESS_SHARE else 0.0
    manner = rng.choice(["aligned", "seats", "loose"], p=[0.2, 0.3, 0.5])
    wobble = rng.uniform(0.03, 0.5)
    pieces: list[Piece] = []
    for index, letter in letters.items():
        red = letter.isupper()
        if careless:
            shift = _apart(rng, LATTICE[index], careless, pieces, float(2 * radius + 0.01))
        else:
            shift = rng.normal(0, slop, 2) if rng.random() < 0.85 else rng.uniform(-0.5, 0.5, 2)
        if manner == "loose":
            turn = rng.uniform(0, 2 * np.pi)
        else:
            turn = rng.normal(0, wobble) + (np.pi if manner == "seats" and not red else 0.0)
        kind = letter.upper() if rng.random() < 0.97 else "?"
        x, y = LATTICE[index] + shift
        piece = Piece(kind, red, float(x), float(y), float(radius), float(height), float(turn))
        if all(np.hypot(x - other.x, y - other.y) > 2 * radius + 0.01 for other in pieces):
            pieces.append(piece)
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 12))):
            along = rng.uniform(-0.5, 9.5)
            beyond = rng.uniform(0.75 + radius, 1.5 + max(margin_x, margin_y))
            x, y = ((along, -beyond), (along, 9 + beyond), (-beyond, along), (8 + beyond, along))[
                int(rng.integers(4))
            ]
            kind = str(rng.choice(list(KINDS)))
            piece = Piece(
                kind,
                bool(rng.random() < 0.5),
                float(x),
                float(y),
                float(radius),
                float(height),
                float(rng.uniform(0, 6.28)),
            )
            if all(np.hypot(x - other.x, y - other.y) > 2 * radius for other in pieces):
                pieces.append(piece)
    if rng.random() < 0.15:
        pieces += _taken(rng, float(radius), float(height), pieces)
    return pieces


def _apart(
    rng: np.random.Generator, point: NDArray[np.float64], reach: float, others: list[Piece], room: float
) -> NDArray[np.float64]:
    """How far from its point, up to `reach` cells, a man is put that touches none of the others if he can."""
    for _ in range(_TRIES):
        way, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 1.0) * reach
        shift = far * np.array([np.cos(way), np.sin(way)])
        if all(np.hypot(*(point + shift - (other.x, other.y))) > room for other in others):
            break
    return shift


def _taken(rng: np.random.Generator, radius: float, height: float, others: list[Piece]) -> list[Piece]:
    """Set taken men up in a row beside the board, as one more file or rank would be."""
    step = float(max(2 * radius + 0.02, rng.uniform(0.85, 1.15)))
    beyond = radius + rng.uniform(0.5, 1.3)
    first, side, red = rng.uniform(-0.5, 4.0), int(rng.integers(4)), bool(rng.random() < 0.5)
    row: list[Piece] = []
    for index in range(int(rng.integers(3, 9))):
        along, away = first + index * step, beyond + rng.normal(0, 0.04)
        x, y = ((along, -away), (along, 9 + away), (-away, along), (8 + away, along))[side]
        kind, turn = str(rng.choice(list(KINDS))), float(rng.uniform(0, 6.28))
        if all(np.hypot(x - other.x, y - other.y) > 2 * radius for other in others):
            row.append(Piece(kind, red, float(x), float(y), radius, height, turn))
    return row


def draw_letters(rng: np.random.Generator) -> dict[int, str]:
    """Draw which letter stands on which of the 90 points."""
    roll = rng.random()
    start: dict[int, str] = {}
    index = 0
    for letter in _START.replace("/", ""):
        if letter.isdigit():
            index += int(letter)
        else:
            start[index] = letter
            index += 1
    if roll < 0.07:
        return {}
    if roll < 0.2:
        return start
    if roll < 0.55:
        kept = [letter for letter in start.values() if rng.random() < rng.uniform(0.4, 1.0)]
        points = rng.permutation(90)[: len(kept)]
        stay = rng.uniform(0, 0.8)
        moved = {i: letter for i, letter in start.items() if rng.random() < stay}
        free = [int(point) for point in points if int(point) not in moved]
        return moved | dict(zip(free, kept[len(moved) :], strict=False))
    count = int(rng.integers(8, 40))
    letters = rng.choice(list(KINDS + KINDS.lower()), count)
    return dict(
        zip(
            (int(point) for point in rng.permutation(90)[:count]),
            (str(letter) for letter in letters),
            strict=True,
        )
    )
