"""What lies around a board and looks like part of one: tiles, checked cloth, keys, print, other boards."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_vision.camera import Camera
from tools.train_vision.textures import Floats, colour
from vision.geometry import project

__all__ = ["draw_surroundings"]

Array = NDArray[np.float64]

#: Fixed-point digits of pixel positions.
_SHIFT = 4
#: How far from the board's centre the plane of the table is drawn on, in cells.
_FAR = 26.0


def draw_surroundings(rng: np.random.Generator, picture: Floats, camera: Camera) -> None:
    """Draw regular things in the plane of the table into `picture` (H, W, 3), before the board is laid."""
    ground = camera.plane()
    roll = rng.random()
    if roll < 0.3:
        _checks(rng, picture, ground)
    elif roll < 0.6:
        _tiles(rng, picture, ground)
    for draw in (_other_board, _keys, _print, _box):
        if rng.random() < 0.25:
            draw(rng, picture, ground)


def _checks(rng: np.random.Generator, picture: Floats, ground: Array) -> None:
    """A checked cloth or a chequered floor: bands along two directions, half as dark where there is one."""
    step = rng.uniform(0.6, 4.0)
    paint = colour(rng, (0, 1), (0, 0.9), (0.05, 1.0))
    origin, turn = rng.uniform(-1, 1, 2), _turn(rng)
    strength = rng.uniform(0.2, 0.7)
    for direction in (0, 1):
        shape = np.zeros(picture.shape[:2], np.uint8)
        for band in np.arange(-_FAR, _FAR, 2 * step):
            corners = np.array([[band, -_FAR], [band + step, -_FAR], [band + step, _FAR], [band, _FAR]])
            corners = corners[:, ::-1] if direction else corners
            _fill(shape, ground, _placed(corners, origin, turn))
        _blend(picture, shape, paint, strength)


def _tiles(rng: np.random.Generator, picture: Floats, ground: Array) -> None:
    """Tiles, planks or panes: joints along one or two directions."""
    shape = np.zeros(picture.shape[:2], np.uint8)
    origin, turn = rng.uniform(-1, 1, 2), _turn(rng)
    wide = rng.uniform(0.02, 0.15)
    for direction in range(int(rng.integers(1, 3))):
        step = rng.uniform(0.8, 7.0)
        for joint in np.arange(-_FAR, _FAR, step):
            corners = np.array([[joint, -_FAR], [joint + wide, -_FAR], [joint + wide, _FAR], [joint, _FAR]])
            corners = corners[:, ::-1] if direction else corners
            _fill(shape, ground, _placed(corners, origin, turn))
    _blend(picture, shape, colour(rng, (0, 1), (0, 0.6), (0.0, 1.0)), rng.uniform(0.3, 1.0))


def _other_board(rng: np.random.Generator, picture: Floats, ground: Array) -> None:
    """A ruled or chequered board of another game, or a ruled sheet, beside ours."""
    origin, turn = _beside(rng), _turn(rng)
    across, down = (int(count) for count in rng.integers(5, 20, 2))
    if rng.random() < 0.5:
        across = down = int(rng.choice([8, 10, 18]))
    step = rng.uniform(0.4, 1.1)
    whole = np.zeros(picture.shape[:2], np.uint8)
    edge = rng.uniform(0.1, 0.8)
    _fill(
        whole,
        ground,
        _placed(_box_corners(-edge, -edge, across * step + edge, down * step + edge), origin, turn),
    )
    _blend(picture, whole, colour(rng, (0, 1), (0, 0.7), (0.3, 1.0)), 1.0)
    lines = np.zeros(picture.shape[:2], np.uint8)
    if rng.random() < 0.35:
        for row in range(down):
            for column in range(row % 2, across, 2):
                box = _box_corners(column * step, row * step, (column + 1) * step, (row + 1) * step)
                _fill(lines, ground, _placed(box, origin, turn))
    else:
        wide = rng.uniform(0.02, 0.06)
        for at in np.arange(across + 1) * step:
            _fill(lines, ground, _placed(_box_corners(at, 0, at + wide, down * step), origin, turn))
        for at in np.arange(down + 1) * step:
            _fill(lines, ground, _placed(_box_corners(0, at, across * step, at + wide), origin, turn))
    _blend(picture, lines, colour(rng, (0, 1), (0, 0.8), (0.0, 0.6)), rng.uniform(0.5, 1.0))


def _keys(rng: np.random.Generator, picture: Floats, ground: Array) -> None:
    """A keyboard, a counting frame, a tray of eggs: rows of like things."""
    origin, turn = _beside(rng), _turn(rng)
    step, rows, columns = rng.uniform(0.45, 1.0), int(rng.integers(3, 7)), int(rng.integers(5, 15))
    whole = np.zeros(picture.shape[:2], np.uint8)
    _fill(
        whole,
        ground,
        _placed(_box_corners(-0.2, -0.2, columns * step + 0.2, rows * step + 0.2), origin, turn),
    )
    _blend(picture, whole, colour(rng, (0, 1), (0, 0.3), (0.02, 0.9)), 1.0)
    things = np.zeros(picture.shape[:2], np.uint8)
    half, round_ones = step * rng.uniform(0.35, 0.47), rng.random() < 0.35
    angles = np.linspace(0, 2 * np.pi, 16 if round_ones else 4, endpoint=False) + np.pi / 4
    outline = half * (1 if round_ones else np.sqrt(2)) * np.stack([np.cos(angles), np.sin(angles)], 1)
    for row in range(rows):
        for column in range(columns):
            middle = np.array([column + 0.5 + (0.25 * row if not round_ones else 0), row + 0.5]) * step
            _fill(things, ground, _placed(outline + middle, origin, turn))
    _blend(picture, things, colour(rng, (0, 1), (0, 0.4), (0.02, 1.0)), rng.uniform(0.5, 1.0))


def _print(rng: np.random.Generator, picture: Floats, ground: Array) -> None:
    """A newspaper or a book: lines of dark words on a sheet."""
    origin, turn = _beside(rng), _turn(rng)
    across, down = rng.uniform(3, 9), rng.uniform(3, 9)
    sheet = np.zeros(picture.shape[:2], np.uint8)
    _fill(sheet, ground, _placed(_box_corners(0, 0, across, down), origin, turn))
    _blend(picture, sheet, colour(rng, (0, 1), (0, 0.2), (0.6, 1.0)), 1.0)
    words = np.zeros(picture.shape[:2], np.uint8)
    line = rng.uniform(0.25, 0.6)
    for top in np.arange(0.3, down - line, line):
        left = 0.3
        while left < across - 0.6:
            right = min(across - 0.3, left + rng.uniform(0.2, 1.2))
            _fill(words, ground, _placed(_box_corners(left, top, right, top + 0.5 * line), origin, turn))
            left = right + 0.15
    _blend(picture, words, colour(rng, (0, 1), (0, 0.3), (0.0, 0.4)), rng.uniform(0.4, 0.9))


def _box(rng: np.random.Generator, picture: Floats, ground: Array) -> None:
    """What the board lies on: its box, a tray, a stool, with a shadow at its foot."""
    reach = rng.uniform(0.6, 4.0, 4)
    corners = _box_corners(-reach[0], -reach[1], 8 + reach[2], 9 + reach[3]) + rng.normal(0, 0.15, (4, 2))
    shade = np.zeros(picture.shape[:2], np.uint8)
    _fill(shade, ground, corners + rng.normal(0, 0.4, 2))
    soft = np.asarray(cv2.GaussianBlur(shade, (0, 0), float(rng.uniform(1, 8))), dtype=np.uint8)
    _blend(picture, soft, np.zeros(3, np.float32), rng.uniform(0.2, 0.7))
    top = np.zeros(picture.shape[:2], np.uint8)
    _fill(top, ground, corners)
    _blend(picture, top, colour(rng, (0, 1), (0, 0.7), (0.1, 1.0)), 1.0)


def _turn(rng: np.random.Generator) -> float:
    """Most things are put square to the board."""
    square = float(rng.integers(4)) * np.pi / 2
    return float(square + rng.normal(0, 0.06)) if rng.random() < 0.6 else float(rng.uniform(0, 2 * np.pi))


def _beside(rng: np.random.Generator) -> Array:
    """Return a place some cells off the board."""
    angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(5.0, 13.0)
    return np.array([4.0, 4.5]) + away * np.array([np.cos(angle), np.sin(angle)])


def _box_corners(left: float, top: float, right: float, bottom: float) -> Array:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _placed(corners: Array, origin: Array, turn: float) -> Array:
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(corners @ np.array([[cos, sin], [-sin, cos]]) + origin)


def _fill(shape: NDArray[np.uint8], ground: Array, corners: Array) -> None:
    """Fill a polygon of the table's plane (N, 2), in cells, if all of it lies before the camera."""
    depth = np.column_stack([corners, np.ones(len(corners))]) @ ground[2]
    if not (depth > 1e-3 * abs(ground[2, 2])).all():
        return
    pixels = project(ground, corners)
    if np.abs(pixels).max() < 1e5:
        cv2.fillPoly(shape, [np.round(pixels * (1 << _SHIFT)).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)


def _blend(picture: Floats, shape: NDArray[np.uint8], paint: Iterable[float], strength: float) -> None:
    share = (shape.astype(np.float32) * np.float32(strength / 255.0))[:, :, None]
    picture[:] = picture * (1 - share) + np.asarray(paint, np.float32) * share
