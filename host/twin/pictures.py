"""What the camera sees of wood and ink: pictures of board, trays, table and piece faces."""

from __future__ import annotations

from dataclasses import replace
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
# 0.4 mm a pixel: finer than the camera sees.
_PX_PER_M = 2500
_FACE_PX = 160

_Picture = NDArray[np.uint8]
_Colour = tuple[float, float, float]
# All colours are BGR.
_BEECH: _Colour = (150.0, 196.0, 228.0)
_BAMBOO: _Colour = (116.0, 172.0, 214.0)
_WALNUT: _Colour = (58.0, 84.0, 118.0)
_OAK: _Colour = (62.0, 78.0, 96.0)
_RED_INK: _Colour = (32.0, 32.0, 190.0)
_BLACK_INK: _Colour = (38.0, 34.0, 34.0)
_LINE_INK: _Colour = (34.0, 48.0, 66.0)


def _wood(height: int, width: int, colour: _Colour, rng: np.random.Generator, grain: float) -> _Picture:
    """Wood as a BGR picture (height, width, 3); `grain` is the contrast of its streaks in grey levels."""
    streaks = rng.normal(0.0, 0.75, (max(2, height // 3), max(2, width // 48))).astype(np.float32)
    fine = rng.normal(0.0, 0.35, (height, max(2, width // 12))).astype(np.float32)
    broad, narrow = (
        cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in (streaks, fine)
    )
    tone = broad + narrow
    channels = [tone * grain * share + level for share, level in zip((0.9, 1.0, 1.0), colour, strict=True)]
    return np.asarray(np.clip(cv2.merge(channels), 0, 255), dtype=np.uint8)


def _print(picture: _Picture, mask: NDArray[np.uint8], ink: _Colour, strength: float) -> _Picture:
    """Print with `ink` where `mask` (0-255, the picture's size) says so; some of the grain shows through."""
    weight = (mask.astype(np.float32) * (strength / 255.0))[..., None]
    mixed = picture * (1.0 - weight) + np.array(ink, np.float32) * weight
    return np.asarray(mixed, dtype=np.uint8)


def _glyph(style: str, name: str) -> NDArray[np.uint8]:
    path = _ASSETS / style / f"{name}.png"
    glyph = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if glyph is None:
        raise PlacementError(f"{path}: this glyph is missing; `qiyou glyphs` makes it")
    return np.asarray(glyph, dtype=np.uint8)


def face_picture(label: str, style: str, rng: np.random.Generator) -> _Picture:
    """The top face of a piece: wood grain, engraved ring and glyph; BGR (160, 160, 3).

    `style` names a folder of glyphs below `assets/`.
    """
    red = label.isupper()
    glyph = _glyph(style, f"{'red' if red else 'black'}_{label.lower()}")
    mask = np.zeros((_FACE_PX, _FACE_PX), np.uint8)
    middle = _FACE_PX // 2
    # Ring at 0.87 of the radius, glyph a square of 0.61 of the diameter, as on most turned sets.
    centre = round((middle - 0.5) * 16)
    radius = int(0.87 * middle) * 16
    cv2.circle(mask, (centre, centre), radius, 255, thickness=4, lineType=cv2.LINE_AA, shift=4)
    size = int(1.22 * middle)
    corner = middle - size // 2
    window = mask[corner : corner + size, corner : corner + size]
    np.maximum(window, cv2.resize(glyph, (size, size), interpolation=cv2.INTER_AREA), out=window)
    wood = _wood(_FACE_PX, _FACE_PX, _BEECH, rng, grain=7.0)
    return _print(wood, mask, _RED_INK if red else _BLACK_INK, 0.92)


def table_picture(rng: np.random.Generator) -> _Picture:
    """The table under everything; BGR (768, 768, 3)."""
    return _wood(768, 768, _OAK, rng, grain=9.0)


def board_size(robot: Robot) -> tuple[float, float]:
    """Width and depth of the board with its margin, metres."""
    return 8 * robot.board.pitch + 2 * _BOARD_MARGIN, 9 * robot.board.pitch + 2 * _BOARD_MARGIN


def board_picture(robot: Robot, style: str, rng: np.random.Generator) -> _Picture:
    """The board: grid, palaces, river (its words stand upright for the robot) and small marks; BGR."""
    wide, deep = (round(size * _PX_PER_M) for size in board_size(robot))
    mask = np.zeros((deep, wide), np.uint8)
    pitch, margin = robot.board.pitch * _PX_PER_M, _BOARD_MARGIN * _PX_PER_M

    def line(f0: float, r0: float, f1: float, r1: float, thick: int = 2) -> None:
        # A texel's own coordinate is its middle, half a texel after its corner.
        ends = [[round((margin + at * pitch - 0.5) * 16) for at in end] for end in ((f0, r0), (f1, r1))]
        cv2.line(mask, ends[0], ends[1], 255, thick, cv2.LINE_AA, 4)

    for rank in range(10):
        line(0, rank, 8, rank)
    for file in range(9):
        for r0, r1 in ((0, 9),) if file in (0, 8) else ((0, 4), (5, 9)):
            line(file, r0, file, r1)
    for r0 in (0, 7):
        line(3, r0, 5, r0 + 2)
        line(5, r0, 3, r0 + 2)
    first = round(margin - 0.13 * pitch)
    cv2.rectangle(mask, (first, first), (wide - 1 - first, deep - 1 - first), 255, 4, cv2.LINE_AA)
    marked = [(1, 2), (7, 2), (1, 7), (7, 7)] + [(f, r) for f in range(0, 9, 2) for r in (3, 6)]
    for file, rank in marked:
        for sx, sy in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            if 0 <= file + sx <= 8:
                column, row = file + 0.09 * sx, rank + 0.09 * sy
                line(column, row, column + 0.16 * sx, row)
                line(column, row, column, row + 0.16 * sy)
    size = round(0.62 * pitch)
    for number, middle in enumerate((1.5, 2.5, 5.5, 6.5), start=1):
        left, top = (round(margin + at * pitch - size / 2) for at in (middle, 4.5))
        glyph = cv2.resize(_glyph(style, f"river_{number}"), (size, size), interpolation=cv2.INTER_AREA)
        mask[top : top + size, left : left + size] = glyph
    return _print(_wood(deep, wide, _BAMBOO, rng, grain=8.0), mask, _LINE_INK, 0.85)


def tray_size(robot: Robot) -> tuple[float, float, float]:
    """Width, depth and distance of the middle of a tray from the middle of the board, metres."""
    tray = robot.tray
    middle = tray.offset + (tray.columns - 1) * tray.pitch / 2
    inner = 4 * robot.board.pitch + _BOARD_MARGIN + 0.004
    return 2 * (middle - inner), tray.rows * tray.pitch + 0.008, middle


def tray_picture(robot: Robot, rng: np.random.Generator) -> _Picture:
    """A tray of darker wood with a round of felt for each slot; BGR."""
    width, depth, middle = tray_size(robot)
    wide, deep = round(width * _PX_PER_M), round(depth * _PX_PER_M)
    felt, seam = np.zeros((deep, wide), np.uint8), np.zeros((deep, wide), np.uint8)
    radius = round((robot.piece.diameter / 2 + 0.001) * _PX_PER_M)
    as_drawn = replace(robot.tray, right_x=0.0, right_y=0.0, right_turn=0.0)
    for slot in tray_slots_seat(replace(robot, tray=as_drawn), "right"):
        x, y = slot.x - middle + width / 2, slot.y + depth / 2
        centre = (round(x * _PX_PER_M), round(y * _PX_PER_M))
        cv2.circle(felt, centre, radius, 255, -1, cv2.LINE_AA)
        cv2.circle(seam, centre, radius, 255, 2, cv2.LINE_AA)
    wood = _wood(deep, wide, _WALNUT, rng, grain=7.0)
    return _print(_print(wood, felt, (46.0, 66.0, 92.0), 0.8), seam, (36.0, 50.0, 72.0), 0.8)
