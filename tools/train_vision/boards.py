"""Flat pictures of boards: the playing surface with its lines, and tables with clutter around them."""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np

from tools.train_vision.fonts import Face, glyph, has_glyph
from tools.train_vision.textures import Floats, colour, noise, surface

__all__ = ["BoardPicture", "draw_board", "draw_table"]

_SHIFT = 4
_RIVER_LEFT = ("楚河", "河界", "漢界", "楚界")
_RIVER_RIGHT = ("漢界", "汉界", "楚河", "漢河")
_MARKED = [(1, 2), (7, 2), (1, 7), (7, 7), *[(x, y) for x in (0, 2, 4, 6, 8) for y in (3, 6)]]


@dataclass(frozen=True)
class BoardPicture:
    """A board seen flat: `picture` (H, W, 3), `scale` pixels a cell, `margin` cells beyond the lines."""

    picture: Floats
    scale: float
    margin: tuple[float, float]


class _Pen:
    """Draws lines given in board coordinates into an opacity picture."""

    def __init__(self, shape: tuple[int, int], scale: float, margin: tuple[float, float]) -> None:
        self.canvas = np.zeros(shape, np.uint8)
        self._scale = scale
        self._margin = margin

    def at(self, x: float, y: float) -> tuple[int, int]:
        """Return fixed-point pixel coordinates of a board point."""
        unit = 1 << _SHIFT
        return (
            round(((x + self._margin[0]) * self._scale - 0.5) * unit),
            round(((y + self._margin[1]) * self._scale - 0.5) * unit),
        )

    def line(
        self, start: tuple[float, float], end: tuple[float, float], width: float, level: int = 255
    ) -> None:
        """Draw one line, `width` in cells; lines thinner than a pixel are drawn fainter."""
        pixels = width * self._scale
        shade = level if pixels >= 1 else int(level * max(0.35, pixels))
        cv2.line(
            self.canvas, self.at(*start), self.at(*end), shade, max(1, round(pixels)), cv2.LINE_AA, _SHIFT
        )


def draw_board(rng: np.random.Generator, scale: float, faces: list[Face]) -> BoardPicture:
    """Draw a board at `scale` pixels a cell."""
    even = rng.uniform(0.25, 1.3)
    margin = (even, even * rng.uniform(0.8, 1.3))
    shape = (round((9 + 2 * margin[1]) * scale), round((8 + 2 * margin[0]) * scale))
    base, ink = _board_colours(rng)
    picture = surface(rng, shape, base)
    if rng.random() < 0.1:
        top, bottom = round((4 + margin[1]) * scale), round((5 + margin[1]) * scale)
        picture[top:bottom] = 0.5 * picture[top:bottom] + 0.5 * colour(rng, (0, 1), (0.1, 0.7), (0.3, 1.0))
    pen = _Pen(shape, scale, margin)
    _lines(rng, pen, min(margin))
    opacity = pen.canvas.astype(np.float32) / 255.0 * rng.uniform(0.55, 1.0)
    if rng.random() < 0.7:
        _river_text(rng, opacity, scale, margin, faces)
    if rng.random() < 0.3:
        opacity *= np.clip(0.85 + 0.4 * noise(rng, shape, (20, 20)), 0.2, 1.0)
    if rng.random() < 0.1:
        opacity *= rng.uniform(0.35, 0.7)  # scratched into stone, or nearly rubbed off
    share = opacity[:, :, None]
    picture = picture * (1 - share) + ink * share
    if rng.random() < 0.12:
        _crease(rng, picture)
    if rng.random() < 0.12:
        fold = round((4.5 + margin[1]) * scale)
        picture[fold : fold + max(1, round(0.02 * scale))] *= rng.uniform(0.3, 0.8)
    return BoardPicture(np.clip(picture, 0, 1).astype(np.float32), scale, margin)


def _crease(rng: np.random.Generator, picture: Floats) -> None:
    """Fold marks across paper or cloth: one flank lighter, the other darker."""
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 6))):
        square = rng.random() < 0.7
        angle = rng.integers(2) * np.pi / 2 + rng.normal(0, 0.06) if square else rng.uniform(0, 3.1)
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        away = (xs - rng.uniform(0, width)) * np.cos(angle) + (ys - rng.uniform(0, height)) * np.sin(angle)
        away = away / (rng.uniform(0.004, 0.03) * width)
        picture *= (1.0 + rng.uniform(0.05, 0.35) * away * np.exp(-(away**2)))[:, :, None]


def draw_table(
    rng: np.random.Generator, shape: tuple[int, int], faces: list[Face], decoys: bool = False
) -> Floats:
    """Draw what lies around a board: a surface with shapes, lines and print on it, (*shape, 3).

    With `decoys` other lattices may be among them, for pictures that show no board.
    """
    picture = surface(rng, shape, colour(rng, (0, 1), (0.0, 0.6), (0.1, 1.0)))
    height, width = shape
    for _ in range(int(rng.integers(0, 9 if decoys else 6))):
        _clutter(rng, picture, faces)
    if decoys and rng.random() < 0.6:
        _other_lattice(rng, picture)
    if rng.random() < 0.15:
        step = int(rng.uniform(0.05, 0.3) * width)
        tile = colour(rng, (0, 1), (0, 0.4), (0.1, 1.0)).tolist()
        for x in range(int(rng.integers(0, step)), width, step):
            cv2.line(picture, (x, 0), (x, height), tile, int(rng.integers(1, 4)))
        for y in range(int(rng.integers(0, step)), height, step):
            cv2.line(picture, (0, y), (width, y), tile, int(rng.integers(1, 4)))
    return picture


def _board_colours(rng: np.random.Generator) -> tuple[Floats, Floats]:
    roll = rng.random()
    dark = colour(rng, (0.0, 1.0), (0.0, 0.6), (0.02, 0.35))
    if roll < 0.5:
        return colour(rng, (0.05, 0.14), (0.2, 0.75), (0.5, 1.0)), dark
    if roll < 0.7:
        paper = colour(rng, (0.05, 0.2), (0.0, 0.25), (0.75, 1.0))
        return paper, dark if rng.random() < 0.6 else colour(rng, (-0.03, 0.7), (0.5, 1.0), (0.2, 0.8))
    if roll < 0.8:
        return colour(rng, (0.02, 0.1), (0.4, 0.8), (0.2, 0.5)), colour(rng, (0, 1), (0, 0.3), (0.0, 0.1))
    if roll < 0.9:
        return colour(rng, (0, 1), (0.2, 0.8), (0.1, 0.5)), colour(rng, (0.05, 0.2), (0.0, 0.5), (0.7, 1.0))
    return colour(rng, (0, 1), (0.0, 0.7), (0.5, 1.0)), dark


def _lines(rng: np.random.Generator, pen: _Pen, margin: float) -> None:
    width = float(np.exp(rng.uniform(np.log(0.012), np.log(0.06))))
    through = rng.random() < 0.05  # boards whose files cross the river
    for y in range(10):
        pen.line((0, y), (8, y), width)
    for x in range(9):
        if x in {0, 8}:
            pen.line((x, 0), (x, 9), width)
        else:
            pen.line((x, 0), (x, 4), width)
            pen.line((x, 5), (x, 9), width)
            if through:
                pen.line((x, 4), (x, 5), width)
    if rng.random() < 0.08:
        _odd_river(rng, pen, width)
    if rng.random() < 0.97:
        for y in (0, 7):
            pen.line((3, y), (5, y + 2), width * rng.uniform(0.6, 1.0))
            pen.line((5, y), (3, y + 2), width * rng.uniform(0.6, 1.0))
    if rng.random() < 0.6:
        _frame(rng, pen, width, rng.uniform(0.06, 0.25))
    if rng.random() < 0.12:
        # A second frame far out, which can be taken for one more rank and file.
        _frame(rng, pen, width, rng.uniform(0.25, max(0.3, 0.95 * margin)))
    if rng.random() < 0.75:
        gap, arm = rng.uniform(0.05, 0.12), rng.uniform(0.1, 0.25)
        for x, y in _MARKED:
            for dx in (-1, 1):
                if not 0 <= x + dx <= 8:
                    continue
                for dy in (-1, 1):
                    corner = (x + dx * gap, y + dy * gap)
                    pen.line(corner, (corner[0] + dx * arm, corner[1]), width * 0.8)
                    pen.line(corner, (corner[0], corner[1] + dy * arm), width * 0.8)
    if rng.random() < 0.15:
        for x in range(9):
            level = int(rng.integers(120, 255))
            for beside, text in ((-0.22, str(x + 1)), (9.36, str(9 - x))):
                at = pen.at(x - 0.07, beside)
                cv2.putText(
                    pen.canvas, text, (at[0] >> _SHIFT, at[1] >> _SHIFT), 0, 0.4, level, 1, cv2.LINE_AA
                )


def _odd_river(rng: np.random.Generator, pen: _Pen, width: float) -> None:
    """Ornament between the banks instead of a name: crosses, waves, or lines along the river."""
    manner = int(rng.integers(3))
    if manner == 0:
        for x in range(8):
            pen.line((x, 4), (x + 1, 5), width * 0.7)
            pen.line((x + 1, 4), (x, 5), width * 0.7)
    elif manner == 1:
        xs = np.linspace(0, 8, 65)
        for shift in (0.35, 0.65):
            ys = 4 + shift + 0.08 * np.sin(xs * rng.uniform(2, 6))
            for left, right in itertools.pairwise(zip(xs, ys, strict=True)):
                pen.line(left, right, width * 0.7)
    else:
        for y in rng.uniform(4.1, 4.9, int(rng.integers(1, 4))):
            pen.line((0, float(y)), (8, float(y)), width * 0.7)


def _frame(rng: np.random.Generator, pen: _Pen, width: float, gap: float) -> None:
    thick = width * rng.uniform(1.0, 4.0)
    corners = [(-gap, -gap), (8 + gap, -gap), (8 + gap, 9 + gap), (-gap, 9 + gap)]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        pen.line(start, end, thick)


def _river_text(
    rng: np.random.Generator, opacity: Floats, scale: float, margin: tuple[float, float], faces: list[Face]
) -> None:
    face = faces[int(rng.integers(len(faces)))]
    size = round(scale * rng.uniform(0.5, 0.9))
    turned = rng.random() < 0.5
    for word, centre in (
        (rng.choice(_RIVER_LEFT), rng.uniform(1.6, 2.4)),
        (rng.choice(_RIVER_RIGHT), rng.uniform(5.6, 6.4)),
    ):
        spread = rng.uniform(0.4, 0.8)
        for character, x in zip(str(word), (centre - spread, centre + spread), strict=True):
            if not has_glyph(face, character):
                continue
            mask = np.asarray(cv2.resize(glyph(face, character), (size, size), interpolation=cv2.INTER_AREA))
            mask = np.rot90(mask, 2) if turned and x > 4 else mask
            left, top = round((x + margin[0]) * scale - size / 2), round((4.5 + margin[1]) * scale - size / 2)
            region = opacity[top : top + size, left : left + size]
            np.maximum(region, mask[: region.shape[0], : region.shape[1]] * 0.9, out=region)


def _clutter(rng: np.random.Generator, picture: Floats, faces: list[Face]) -> None:
    height, width = picture.shape[:2]
    paint = colour(rng, (0, 1), (0, 1), (0.05, 1.0)).tolist()
    centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
    size = rng.uniform(0.03, 0.4) * max(height, width)
    roll = rng.random()
    if roll < 0.35:
        box = cv2.boxPoints(
            (centre, (float(size), float(size * rng.uniform(0.2, 1.5))), float(rng.uniform(0, 180)))
        )
        cv2.fillPoly(picture, [box.astype(np.int32)], paint, cv2.LINE_AA)
    elif roll < 0.6:
        cv2.circle(picture, centre, int(size / 3), paint, -1, cv2.LINE_AA)
        cv2.circle(
            picture,
            centre,
            int(size / 3 * rng.uniform(0.5, 0.95)),
            colour(rng, (0, 1), (0, 1), (0, 1)).tolist(),
            -1,
        )
    elif roll < 0.8:
        end = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.line(picture, centre, end, paint, int(rng.integers(1, 14)), cv2.LINE_AA)
    else:
        face = faces[int(rng.integers(len(faces)))]
        text = str(rng.choice(list("棋車馬王一二三中國文字木水火土")))
        side = max(12, int(size / 2))
        if has_glyph(face, text):
            mask = cv2.resize(glyph(face, text), (side, side))
            region = picture[centre[1] : centre[1] + side, centre[0] : centre[0] + side]
            share = mask[: region.shape[0], : region.shape[1], None]
            region[:] = region * (1 - share) + np.array(paint, np.float32) * share


def _other_lattice(rng: np.random.Generator, picture: Floats) -> None:
    """Draw a chequered or ruled lattice that is no Xiangqi board: 8 x 8, 19 x 19 and the like."""
    count = int(rng.choice([3, 6, 8, 13, 19]))
    side = 64 * 8
    flat = np.full((side, side, 3), colour(rng, (0, 1), (0, 0.6), (0.4, 1.0)), np.float32)
    ink = colour(rng, (0, 1), (0, 0.8), (0.0, 0.5))
    edges = np.linspace(20, side - 20, count + 1).astype(int)
    if rng.random() < 0.5:
        for row in range(count):
            for column in range(row % 2, count, 2):
                flat[edges[row] : edges[row + 1], edges[column] : edges[column + 1]] = ink
    else:
        for edge in edges:
            for line in (
                ((int(edge), 20), (int(edge), side - 20)),
                ((20, int(edge)), (side - 20, int(edge))),
            ):
                cv2.line(flat, *line, ink.tolist(), int(rng.integers(1, 4)), cv2.LINE_AA)
    height, width = picture.shape[:2]
    centre = np.array([rng.uniform(0.3, 0.7) * width, rng.uniform(0.3, 0.7) * height])
    reach = rng.uniform(0.25, 0.7) * min(height, width)
    turn = rng.uniform(0, 2 * np.pi) + np.arange(4) * np.pi / 2
    corners = centre + reach * np.stack([np.cos(turn), np.sin(turn)], 1) * rng.uniform(0.8, 1.1, (4, 1))
    source = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    cv2.warpPerspective(
        flat, matrix, (width, height), dst=picture, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
