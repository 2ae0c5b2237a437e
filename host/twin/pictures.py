"""What the camera sees of wood and ink: pictures of board, trays, table and piece faces."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from host.arm.frames import tray_slots_seat
from host.arm.robot import Robot
from host.twin.errors import PlacementError

__all__ = ["board_picture", "board_size", "face_picture", "table_picture", "tray_picture", "tray_size"]

_ASSETS = Path(__file__).with_name("assets")
_BOARD_MARGIN = 0.019
_PX_PER_M = 4000
_FACE_PX = 160
# Light beech, and inks as printed on common sets (BGR).
_WOOD = np.array([150.0, 196.0, 228.0])
_INK = {True: np.array([32.0, 32.0, 190.0]), False: np.array([38.0, 34.0, 34.0])}


def face_picture(label: str, style: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The top face of a piece: wood grain, engraved ring and glyph; uint8 RGB (160, 160, 3).

    `style` names a folder of glyphs below `assets/`.
    """
    side = "red" if label.isupper() else "black"
    path = _ASSETS / style / f"{side}_{label.lower()}.png"
    glyph = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if glyph is None:
        raise PlacementError(f"{path}: the glyph of {label!r} is missing; `qiyou glyphs` makes it")
    face = _wood(_FACE_PX, _FACE_PX, _WOOD, rng, grain=7.0)
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


def _wood(
    height: int, width: int, colour: NDArray[np.float64], rng: np.random.Generator, grain: float
) -> NDArray[np.float64]:
    """Wood as a float BGR picture (height, width, 3); `grain` is the contrast of its streaks."""
    streaks = rng.normal(0.0, 1.0, (max(2, height // 3), max(2, width // 48))).astype(np.float32)
    fine = rng.normal(0.0, 1.0, (height, max(2, width // 12))).astype(np.float32)
    broad = cv2.resize(streaks, (width, height), interpolation=cv2.INTER_CUBIC)
    detail = cv2.resize(fine, (width, height), interpolation=cv2.INTER_CUBIC)
    tone = grain * (0.75 * broad + 0.35 * detail)
    return np.asarray(colour + tone[..., None] * np.array([0.9, 1.0, 1.0]), dtype=np.float64)


def table_picture(rng: np.random.Generator) -> NDArray[np.float64]:
    """The table under everything: float BGR (1024, 1024, 3)."""
    return _wood(1024, 1024, np.array([62.0, 78.0, 96.0]), rng, grain=9.0)


def board_size(robot: Robot) -> tuple[float, float]:
    """Width and depth of the board with its margin, metres."""
    return 8 * robot.board.pitch + 2 * _BOARD_MARGIN, 9 * robot.board.pitch + 2 * _BOARD_MARGIN


def board_picture(robot: Robot, rng: np.random.Generator) -> NDArray[np.float64]:
    """The board: grid, river, palaces and the small marks of cannons and soldiers, on light wood."""
    wide, deep = (round(size * _PX_PER_M) for size in board_size(robot))
    picture = _wood(deep, wide, np.array([116.0, 172.0, 214.0]), rng, grain=8.0)
    ink = np.zeros((deep, wide), np.uint8)
    pitch, margin = robot.board.pitch * _PX_PER_M, _BOARD_MARGIN * _PX_PER_M

    def line(f0: float, r0: float, f1: float, r1: float, thick: int) -> None:
        ends = [
            (round((margin + f * pitch) * 16), round((margin + r * pitch) * 16))
            for f, r in ((f0, r0), (f1, r1))
        ]
        cv2.line(ink, ends[0], ends[1], 255, thick, cv2.LINE_AA, 4)

    for rank in range(10):
        line(0, rank, 8, rank, 4)
    for file in range(9):
        for r0, r1 in ((0, 9),) if file in (0, 8) else ((0, 4), (5, 9)):
            line(file, r0, file, r1, 4)
    for r0 in (0, 7):
        line(3, r0, 5, r0 + 2, 3)
        line(5, r0, 3, r0 + 2, 3)
    rim = round(0.13 * pitch)
    first = round(margin) - rim
    cv2.rectangle(ink, (first, first), (wide - 1 - first, deep - 1 - first), 255, 8, cv2.LINE_AA)
    marks = [(1, 2), (7, 2), (1, 7), (7, 7)] + [(f, r) for f in range(0, 9, 2) for r in (3, 6)]
    for file, rank in marks:
        for sx in (-1, 1):
            for sy in (-1, 1):
                if 0 <= file + sx <= 8:
                    x, y = file + 0.09 * sx, rank + 0.09 * sy
                    line(x, y, x + 0.16 * sx, y, 3)
                    line(x, y, x, y + 0.16 * sy, 3)
    weight = (ink.astype(np.float64) / 255.0 * 0.85)[..., None]
    return np.asarray(picture * (1.0 - weight) + np.array([34.0, 48.0, 66.0]) * weight, dtype=np.float64)


def tray_size(robot: Robot) -> tuple[float, float, float]:
    """Width, depth and distance of the middle of a tray from the middle of the board, metres."""
    tray = robot.tray
    middle = tray.offset + (tray.columns - 1) * tray.pitch / 2
    inner = 4 * robot.board.pitch + _BOARD_MARGIN + 0.004
    return 2 * (middle - inner), tray.rows * tray.pitch + 0.008, middle


def tray_picture(robot: Robot, rng: np.random.Generator) -> NDArray[np.float64]:
    """A tray of darker wood with a felt ring for each slot."""
    width, depth, middle = tray_size(robot)
    wide, deep = round(width * _PX_PER_M), round(depth * _PX_PER_M)
    picture = _wood(deep, wide, np.array([58.0, 84.0, 118.0]), rng, grain=7.0)
    for slot in tray_slots_seat(robot, "right"):
        centre = (round((slot.x - middle + width / 2) * _PX_PER_M), round((slot.y + depth / 2) * _PX_PER_M))
        cv2.circle(
            picture,
            centre,
            round((robot.piece.diameter / 2 + 0.001) * _PX_PER_M),
            (48.0, 70.0, 98.0),
            -1,
            cv2.LINE_AA,
        )
        cv2.circle(
            picture,
            centre,
            round((robot.piece.diameter / 2 + 0.001) * _PX_PER_M),
            (38.0, 54.0, 78.0),
            3,
            cv2.LINE_AA,
        )
    return picture
