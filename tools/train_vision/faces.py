"""Close-up crops of single pieces, centred as the runtime centres them, for the net that reads glyphs.

A crop shows one cell, 48 pixels wide. Drawing a face is slow and turning one is fast, so a stock of faces
is drawn once and every crop of training turns, lights and blurs one of them anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_vision.fonts import Face
from tools.train_vision.pieces import FACE_PIXELS, blank_face, draw_face, draw_style, photographed_face
from tools.train_vision.samples import CloseUps
from tools.train_vision.scene import Photographs
from vision.glyphs import CLOSE_UP_PIXELS, GLYPHS, KINDS

__all__ = ["BLANK", "Stock", "close_up", "draw_pool", "draw_stock"]

#: Class of a face without a glyph.
BLANK = len(GLYPHS)

_PIECES_PER_SET = 8
_BLANK_SHARE = 0.06
_PHOTOGRAPHED_SHARE = 0.12


@dataclass(frozen=True)
class Stock:
    """Drawn and photographed faces: `pictures` (n, 96, 96, 4) uint8 BGR and opacity, the glyph upright when
    drawn.

    `glyph` (n,) is an index into `GLYPHS`, `BLANK`, or -1 where only the kind is known; `kind` (n,) an
    index into `KINDS`, or `len(KINDS)` for a blank; `red` (n,) 1, 0, or -1 for a blank.
    """

    pictures: NDArray[np.uint8]
    glyph: NDArray[np.int64]
    kind: NDArray[np.int64]
    red: NDArray[np.int64]
    photographed: NDArray[np.bool_]


def draw_stock(seed: int, faces: Sequence[Face], count: int, photographs: Photographs) -> Stock:
    """Draw `count` faces in random set styles and add the photographed ones."""
    rng = np.random.default_rng([seed, 77])
    pictures: list[NDArray[np.uint8]] = []
    glyphs: list[int] = []
    kinds: list[int] = []
    reds: list[int] = []
    while len(pictures) < count:
        style = draw_style(rng, faces)
        for _ in range(_PIECES_PER_SET):
            kind = int(rng.integers(len(KINDS)))
            red = bool(rng.random() < 0.5)
            if rng.random() < _BLANK_SHARE:
                picture, glyph, kind = blank_face(rng, style), BLANK, len(KINDS)
            else:
                picture = draw_face(rng, style, KINDS[kind], red)
                glyph = GLYPHS.index(style.characters[KINDS[kind], red])
            pictures.append(np.asarray(picture * 255, np.uint8))
            glyphs.append(glyph)
            kinds.append(kind)
            reds.append(-1 if glyph == BLANK else int(red))
    drawn = len(pictures)
    for (letter, red), crops in sorted(photographs.items()):
        for crop in crops:
            pictures.append(np.asarray(photographed_face(crop) * 255, np.uint8))
            glyphs.append(-1)
            kinds.append(KINDS.index(letter))
            reds.append(int(red))
    return Stock(
        np.stack(pictures),
        np.array(glyphs, np.int64),
        np.array(kinds, np.int64),
        np.array(reds, np.int64),
        np.arange(len(pictures)) >= drawn,
    )


def draw_pool(seed: int, stock: Stock, count: int) -> CloseUps:
    """Draw `count` close-ups from the stock."""
    rng = np.random.default_rng([seed, 78])
    drawn, real = np.flatnonzero(~stock.photographed), np.flatnonzero(stock.photographed)
    pictures, chosen = [], []
    for _ in range(count):
        from_real = len(real) > 0 and rng.random() < _PHOTOGRAPHED_SHARE
        index = int(rng.choice(real if from_real else drawn))
        pictures.append(close_up(rng, stock.pictures[index], from_real))
        chosen.append(index)
    return CloseUps(np.stack(pictures), stock.glyph[chosen], stock.kind[chosen], stock.red[chosen])


def _background(rng: np.random.Generator) -> NDArray[np.float32]:
    """A patch of board: one colour with grain and the lines of a crossing."""
    side = CLOSE_UP_PIXELS
    base = rng.uniform(40, 235) * rng.uniform(0.6, 1.0, 3)
    if rng.random() < 0.5:
        base = np.array([0.55, 0.78, 0.95]) * rng.uniform(70, 235)
    grain = cv2.resize(
        rng.standard_normal((6, 6), dtype=np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    patch = base[None, None].astype(np.float32) + (grain * rng.uniform(0, 14))[:, :, None]
    if rng.random() < 0.85:
        ink = (base * rng.uniform(0.2, 0.8)).tolist()
        middle = rng.uniform(-6, 6, 2) + side / 2
        for dx, dy in ((1, 0), (0, 1)):
            start = (round(middle[0] - 99 * dx), round(middle[1] - 99 * dy))
            end = (round(middle[0] + 99 * dx), round(middle[1] + 99 * dy))
            cv2.line(patch, start, end, ink, int(rng.integers(1, 3)), cv2.LINE_AA)
    return np.asarray(patch, np.float32)


def close_up(rng: np.random.Generator, face: NDArray[np.uint8], photographed: bool) -> NDArray[np.uint8]:
    """One crop (48, 48, 3) uint8 BGR of a face in a random place, turn, light and sharpness."""
    side = CLOSE_UP_PIXELS
    radius = rng.uniform(0.3, 0.5) * side
    angle = rng.uniform(0, 2 * np.pi)
    squeeze = rng.uniform(0.88, 1.0)
    lean = rng.uniform(0, 2 * np.pi)
    middle = side / 2 - 0.5 + rng.normal(0, 0.03, 2) * side
    spin, tilt = (np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in (angle, lean))
    linear = tilt @ np.diag([1.0, squeeze]) @ tilt.T @ spin * (2 * radius / FACE_PIXELS)
    centre = (FACE_PIXELS - 1) / 2
    matrix = np.column_stack([linear, middle - linear @ np.array([centre, centre])])
    # A face much finer than the crop would alias.
    source = face if radius > 16 else cv2.GaussianBlur(face, (0, 0), 0.9)
    turned = cv2.warpAffine(
        source, matrix, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    picture = _background(rng)
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    inverse = np.linalg.inv(linear)
    dx, dy = xs - middle[0], ys - middle[1]
    u, v = (inverse[i, 0] * dx + inverse[i, 1] * dy for i in (0, 1))
    reach = np.hypot(u, v) / (FACE_PIXELS / 2)
    disc = np.clip((1 - reach) * radius + 0.5, 0, 1)[:, :, None]
    away = rng.uniform(0, 0.16) * side * np.array([np.cos(lean), np.sin(lean)])
    below = np.clip(1.5 - np.hypot(dx - away[0] / 2, dy - away[1] / 2) / radius * 1.1, 0, 1)[:, :, None]
    rim = turned[:, :, :3].reshape(-1, 3).mean(axis=0) * rng.uniform(0.35, 0.9)
    below = below * (turned[..., 3].mean() / 255.0)
    picture = picture * (1 - below * rng.uniform(0.2, 0.9)) + rim * below * rng.uniform(0.1, 0.8)
    if photographed and rng.random() < 0.5:
        picture = turned[:, :, :3].astype(np.float32)
    else:
        share = disc * (turned[:, :, 3:] / 255.0)
        picture = picture * (1 - share) + turned[:, :, :3] * share
    return _taken(rng, picture)


def _taken(rng: np.random.Generator, picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Light, sharpness, noise and colours of a camera at some distance."""
    side = CLOSE_UP_PIXELS
    slope = rng.normal(0, 0.12, 2)
    ramp = np.linspace(-1, 1, side, dtype=np.float32)
    picture = picture * (1 + slope[0] * ramp[None, :, None] + slope[1] * ramp[:, None, None])
    if rng.random() < 0.15:
        x, y = rng.uniform(0, side, 2)
        far = np.hypot(np.arange(side)[None] - x, np.arange(side)[:, None] - y) / rng.uniform(5, 16)
        picture = picture + (np.exp(-(far**2)) * rng.uniform(30, 160))[:, :, None]
    if rng.random() < 0.15:
        # The edge of a shadow in the sun.
        angle, sharp = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 4)
        across = np.cos(angle) * ramp[None, :] + np.sin(angle) * ramp[:, None] - rng.normal(0, 0.35)
        inside = np.clip(0.5 + across * sharp * 4, 0, 1)[:, :, None]
        picture = picture * (1 - inside * rng.uniform(0.3, 0.75))
    picture = picture * rng.uniform(0.55, 1.25) * np.exp(rng.normal(0, 0.08, 3))
    if rng.random() < 0.35:
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * rng.uniform(0.3, 1.5)
    if rng.random() < 0.55:
        # Cells of this many pixels in the camera's own picture.
        pixels = int(rng.uniform(22, side))
        small = cv2.resize(picture.astype(np.float32), (pixels, pixels), interpolation=cv2.INTER_AREA)
        picture = np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)
    if rng.random() < 0.4:
        soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), float(rng.uniform(0.3, 1.5)))
        picture = np.asarray(soft, np.float32)
    noisy = picture + rng.normal(0, rng.uniform(0, 9), picture.shape)
    taken = np.asarray(np.clip(noisy, 0, 255), np.uint8)
    if rng.random() < 0.3:
        coded = cv2.imencode(".jpg", taken, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))])[1]
        taken = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return taken
