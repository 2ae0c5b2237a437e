"""Pictures that show no Xiangqi board, many of them with lines and discs: drawn anew from a number each."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["KINDS", "foreign_picture"]

Picture = NDArray[np.uint8]
Rng = np.random.Generator
_SIDE = 720


def foreign_picture(kind: str, number: int) -> Picture:
    """Picture `number` of a kind, (720, 960, 3) uint8 BGR, seen from somewhere above."""
    rng = np.random.default_rng([number, *(ord(letter) for letter in kind)])
    flat = _KINDS[kind](rng)
    picture = _seen(rng, flat) if kind in _FLAT_THINGS else cv2.resize(flat, (960, 720))
    noisy = picture + rng.normal(0, rng.uniform(0.5, 4), picture.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _paint(rng: Rng, low: int = 20, high: int = 240) -> tuple[int, int, int]:
    blue, green, red = (int(part) for part in rng.integers(low, high, 3))
    return blue, green, red


def _ground(rng: Rng, height: int = _SIDE, width: int = _SIDE) -> Picture:
    """A surface with smooth stains and a streaked grain."""
    base = np.full((height, width, 3), _paint(rng, 60, 230), np.float32)
    for cells, depth in ((4, 20), (24, 10)):
        stain = rng.normal(0, depth, (cells, cells)).astype(np.float32)
        base += cv2.resize(stain, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    grain = cv2.resize(rng.normal(0, 8, (height, 8)).astype(np.float32), (width, height))
    return np.asarray(np.clip(base + grain[:, :, None], 0, 255), np.uint8)


def _seen(rng: Rng, flat: Picture) -> Picture:
    """The flat thing on a table, turned and tilted."""
    table = cv2.resize(_ground(rng), (960, 720))
    side = flat.shape[0]
    turn = rng.uniform(0, 2 * np.pi) + np.arange(4) * np.pi / 2
    reach = rng.uniform(280, 460)
    around = np.stack([np.cos(turn), np.sin(turn)], 1) * rng.uniform(0.85, 1.1, (4, 1))
    corners = np.array([480, 360]) + reach * around
    source = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    cv2.warpPerspective(flat, matrix, (960, 720), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    return np.asarray(table, np.uint8)


def _chequers(rng: Rng, squares: int, *, stones: str) -> Picture:
    flat = _ground(rng)
    step, ink = _SIDE // (squares + 1), _paint(rng, 10, 120)
    for row in range(squares):
        for column in range(squares):
            corner = (step // 2 + column * step, step // 2 + row * step)
            if (row + column) % 2:
                cv2.rectangle(flat, corner, (corner[0] + step, corner[1] + step), ink, -1)
            if stones and rng.random() < 0.4:
                centre = (corner[0] + step // 2, corner[1] + step // 2)
                shade = (30, 30, 30) if rng.random() < 0.5 else (220, 225, 230)
                cv2.circle(flat, centre, int(0.38 * step), shade, -1, cv2.LINE_AA)
                if stones == "chess":
                    cv2.circle(flat, centre, int(0.2 * step), _paint(rng), -1, cv2.LINE_AA)
                    cv2.line(flat, centre, (centre[0], centre[1] - int(0.4 * step)), shade, 8)
    return flat


def _ruled(rng: Rng, lines: int, *, stones: float, text: bool = False) -> Picture:
    flat = _ground(rng)
    step, ink = _SIDE / (lines + 1), _paint(rng, 10, 110)
    last = round(lines * step)
    for line in range(1, lines + 1):
        at = round(line * step)
        cv2.line(flat, (at, round(step)), (at, last), ink, 2, cv2.LINE_AA)
        cv2.line(flat, (round(step), at), (last, at), ink, 2, cv2.LINE_AA)
    for row in range(1, lines + 1):
        for column in range(1, lines + 1):
            if rng.random() < stones:
                shade = (25, 25, 25) if rng.random() < 0.5 else (235, 235, 235)
                centre = (round(column * step), round(row * step))
                cv2.circle(flat, centre, int(0.46 * step), shade, -1, cv2.LINE_AA)
            elif text and rng.random() < 0.4:
                at_text = (round((column + 0.3) * step), round((row + 0.7) * step))
                cv2.putText(flat, str(rng.integers(1, 10)), at_text, 0, step / 40, ink, 2, cv2.LINE_AA)
    return flat


def _rug(rng: Rng) -> Picture:
    flat = _ground(rng)
    for ring in range(5, 340, int(rng.integers(18, 40))):
        cv2.rectangle(flat, (ring, ring), (_SIDE - ring, _SIDE - ring), _paint(rng), int(rng.integers(4, 14)))
    for _ in range(60):
        centre = (int(rng.integers(_SIDE)), int(rng.integers(_SIDE)))
        cv2.ellipse(flat, centre, (18, 9), float(rng.uniform(0, 180)), 0, 360, _paint(rng), -1, cv2.LINE_AA)
    return flat


def _face(rng: Rng) -> Picture:
    flat = _ground(rng, 720, 960)
    x, y = int(rng.integers(350, 600)), int(rng.integers(300, 420))
    wide, high = int(rng.integers(140, 220)), int(rng.integers(200, 280))
    cv2.ellipse(flat, (x, y), (wide, high), 0, 0, 360, _paint(rng, 60, 230), -1, cv2.LINE_AA)
    for side in (-1, 1):
        eye = (x + side * wide // 2, y - high // 4)
        cv2.ellipse(flat, eye, (wide // 5, wide // 10), 0, 0, 360, (240, 240, 240), -1, cv2.LINE_AA)
        cv2.circle(flat, eye, wide // 11, _paint(rng, 10, 90), -1, cv2.LINE_AA)
    cv2.line(flat, (x, y - high // 8), (x - wide // 10, y + high // 6), _paint(rng, 30, 120), 5, cv2.LINE_AA)
    cv2.ellipse(flat, (x, y + high // 2), (wide // 3, high // 10), 0, 0, 180, (60, 60, 170), 8, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(flat, (0, 0), 2), np.uint8)


def _empty_frame(rng: Rng) -> Picture:
    flat = _ground(rng, 720, 960)
    if rng.random() < 0.6:
        cv2.rectangle(flat, (200, 120), (760, 600), _paint(rng), int(rng.integers(4, 24)))
    return flat


def _keyboard(rng: Rng) -> Picture:
    flat, keys = _ground(rng), _paint(rng)
    for row in range(6):
        for column in range(13):
            left, top = 30 + column * 51 + row * 6, 180 + row * 56
            cv2.rectangle(flat, (left, top), (left + 44, top + 48), keys, -1)
            letter = chr(65 + int(rng.integers(26)))
            cv2.putText(flat, letter, (left + 12, top + 32), 0, 0.7, (240, 240, 240), 2, cv2.LINE_AA)
    return flat


def _bricks(rng: Rng) -> Picture:
    flat, high = _ground(rng), int(rng.integers(36, 70))
    for row in range(0, _SIDE, high):
        cv2.line(flat, (0, row), (_SIDE, row), (200, 205, 210), 4)
        start = high if row // high % 2 else 0
        for column in range(start, _SIDE, 2 * high):
            cv2.line(flat, (column, row), (column, row + high), (200, 205, 210), 4)
    return flat


def _blinds(rng: Rng) -> Picture:
    flat = _ground(rng, 720, 960)
    step = int(rng.integers(24, 60))
    for row in range(0, 720, step):
        cv2.rectangle(flat, (0, row), (960, row + step // 2), _paint(rng, 120, 250), -1)
    return flat


def _page(rng: Rng) -> Picture:
    flat = np.full((_SIDE, _SIDE, 3), 240, np.uint8)
    for row in range(50, 690, int(rng.integers(22, 36))):
        words = "".join(chr(97 + int(rng.integers(26))) if rng.random() < 0.85 else " " for _ in range(46))
        cv2.putText(flat, words, (40, row), 0, 0.7, (40, 40, 40), 2, cv2.LINE_AA)
    return flat


def _plates(rng: Rng) -> Picture:
    flat = _ground(rng)
    for _ in range(int(rng.integers(3, 14))):
        centre, size = (int(rng.integers(80, 640)), int(rng.integers(80, 640))), int(rng.integers(25, 110))
        cv2.circle(flat, centre, size, _paint(rng, 150, 255), -1, cv2.LINE_AA)
        cv2.circle(flat, centre, int(0.7 * size), _paint(rng, 120, 255), 3, cv2.LINE_AA)
    return flat


_KINDS: dict[str, Callable[[Rng], Picture]] = {
    "chess": lambda rng: _chequers(rng, 8, stones="chess"),
    "chess, empty": lambda rng: _chequers(rng, 8, stones=""),
    "checkers": lambda rng: _chequers(rng, int(rng.choice([8, 10])), stones="checkers"),
    "go 19": lambda rng: _ruled(rng, 19, stones=0.3),
    "go 13": lambda rng: _ruled(rng, 13, stones=0.3),
    "go 9": lambda rng: _ruled(rng, 9, stones=0.25),
    "sudoku": lambda rng: _ruled(rng, 10, stones=0.0, text=True),
    "squared paper": lambda rng: _ruled(rng, int(rng.integers(22, 32)), stones=0.0),
    "rug": _rug,
    "table": lambda rng: _ground(rng, 720, 960),
    "face": _face,
    "empty frame": _empty_frame,
    "keyboard": _keyboard,
    "bricks": _bricks,
    "blinds": _blinds,
    "page": _page,
    "plates": _plates,
}
_FLAT_THINGS = frozenset(_KINDS) - {"face", "empty frame", "table", "blinds"}

#: Names of the kinds of pictures.
KINDS: tuple[str, ...] = tuple(_KINDS)
