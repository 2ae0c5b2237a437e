"""One table under one camera: pictures of any pieces on it, with what covers them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.composed.looks import FACE_PIXELS, Floats, Look
from tools.composed.view import View
from vision.geometry import LATTICE, pitch_pixels, project

__all__ = ["Condition", "Cover", "Man", "Stage", "men_of"]

Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]
#: Changes a picture (H, W, 3) 0..1 before it is exposed: light, glare, blur.
Condition = Callable[[Floats], Floats]

_CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 40)), np.sin(np.linspace(0, 2 * np.pi, 40))], 1)
_Y, _X = np.mgrid[0:FACE_PIXELS, 0:FACE_PIXELS].astype(np.float32)
_HALF = (FACE_PIXELS - 1) / 2
_DISC: Floats = np.clip((FACE_PIXELS / 2 - np.hypot(_X - _HALF, _Y - _HALF)) * 0.7, 0, 1)
_SHADOW = 0.28
_BANK_MARGIN = 64
_BANK_STEP = 37  # no two of 64 frames in a row have the same noise
_GRAIN = 1.8  # grey levels: read noise of a small webcam sensor after its own denoising


@dataclass(frozen=True)
class Man:
    """A piece at (x, y) in cells, its character turned by `turn` radians; label "?" is a blank disc of
    `colour`.
    """

    label: str
    x: float
    y: float
    turn: float = 0.0
    colour: tuple[float, float, float] = (0.5, 0.5, 0.5)


@dataclass(frozen=True)
class Cover:
    """Something in front of the scene: `opacity` (H, W) 0..1 and `paint` (H, W, 3)."""

    opacity: Floats
    paint: Floats


def men_of(
    labels: Sequence[str], rng: np.random.Generator, *, slop: float = 0.05, turned: bool = True
) -> dict[int, Man]:
    """Put the men of 90 `labels` (FEN order) on their points, off by `slop` cells; by point."""
    men = {}
    for point, label in enumerate(labels):
        if label == ".":
            continue
        dx, dy = np.clip(rng.normal(0, slop, 2), -0.3, 0.3) if slop else (0.0, 0.0)
        x, y = LATTICE[point]
        turn = rng.uniform(0, 2 * np.pi) if turned else 0.0
        men[point] = Man(label, float(x + dx), float(y + dy), float(turn))
    return men


class Stage:
    """Draws frame after frame of one table; equal arguments give equal pictures."""

    def __init__(self, look: Look, view: View, seed: int) -> None:
        self.look = look
        self.view = view
        self._seed = seed
        self.ground = view.plane()
        self.pitch = pitch_pixels(self.ground)
        self._table = np.asarray(np.clip(self._bare() * 255, 0, 255), np.uint8)
        rng = np.random.default_rng([seed, 7])
        shape = (view.size[1] + _BANK_MARGIN, view.size[0], 3)
        self._grain = np.rint(rng.standard_normal(shape, dtype=np.float32) * _GRAIN).astype(np.int16)
        angle = np.random.default_rng([seed, 3]).uniform(0, 2 * np.pi)
        self._sun = np.array([math.cos(angle), math.sin(angle)])

    def moved(self, view: View) -> "Stage":
        """The same table seen by a camera that was knocked."""
        return Stage(self.look, view, self._seed)

    def picture(
        self,
        men: Sequence[Man],
        *,
        covers: Sequence[Cover] = (),
        conditions: Sequence[Condition] = (),
        frame: int = 0,
    ) -> NDArray[np.uint8]:
        """A frame, (H, W, 3) uint8 BGR; `frame` numbers it and decides the noise."""
        picture = self._table.copy()
        self._shade(picture, men)
        lens = self.view.matrix[2]
        for man in sorted(men, key=lambda each: -float(lens @ (each.x, each.y, 0.0, 1.0))):
            self._stand(picture, man)
        for cover in covers:
            _cover(picture, cover)
        if conditions:
            lit = picture.astype(np.float32) / np.float32(255)
            for condition in conditions:
                lit = condition(lit)
            picture = np.asarray(np.clip(lit * 255, 0, 255), dtype=np.uint8)
        row = frame * _BANK_STEP % _BANK_MARGIN
        grain = self._grain[row : row + picture.shape[0]]
        return np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U), dtype=np.uint8)

    def _bare(self) -> Floats:
        width, height = self.view.size
        table = np.asarray(
            cv2.resize(self.look.table, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
        )
        scale, (mx, my) = self.look.scale, self.look.margin
        flat = self.look.board
        finer = scale / self.pitch
        if finer > 1.5:
            flat = np.asarray(cv2.GaussianBlur(flat, (0, 0), 0.4 * finer), np.float32)
        to_board = np.array([[1 / scale, 0, 0.5 / scale - mx], [0, 1 / scale, 0.5 / scale - my], [0, 0, 1]])
        cv2.warpPerspective(
            flat,
            self.ground @ to_board,
            (width, height),
            dst=table,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        )
        return table

    def _shade(self, picture: Bytes, men: Sequence[Man]) -> None:
        mask = np.zeros(picture.shape[:2], np.uint8)
        drift = self._sun * self.look.height * 0.7
        for man in men:
            rim = self.look.radius * 1.02 * _CIRCLE + (man.x, man.y)
            hull = cv2.convexHull(project(self.ground, np.concatenate([rim, rim + drift])).astype(np.float32))
            cv2.fillConvexPoly(mask, hull.astype(np.int32), 255, cv2.LINE_AA)
        soft = cv2.GaussianBlur(mask, (0, 0), max(0.6, 0.05 * self.pitch))
        kept = cv2.convertScaleAbs(soft, alpha=-_SHADOW, beta=255)
        picture[:] = cv2.multiply(picture, cv2.merge([kept, kept, kept]), scale=1 / 255)

    def _stand(self, picture: Bytes, man: Man) -> None:
        height, radius = self.look.height, self.look.radius
        if man.label == "?":
            face = np.full((FACE_PIXELS, FACE_PIXELS, 3), man.colour, np.float32)
        else:
            face = self.look.faces[man.label]
        circle = radius * _CIRCLE + (man.x, man.y)
        top = self.view.plane(height)
        upper, lower = project(top, circle), project(self.ground, circle)
        wall = (face[_HALF_ROW, 3] * 0.6 * 255).tolist()
        hull = cv2.convexHull(np.concatenate([upper, lower]).astype(np.float32))
        cv2.fillConvexPoly(picture, np.round(hull * 16).astype(np.int32), wall, cv2.LINE_AA, 4)
        self._glue(picture, face, top, man, upper)

    def _glue(self, picture: Bytes, face: Floats, top: Array, man: Man, rim: Array) -> None:
        height, width = picture.shape[:2]
        left, upper = np.maximum(np.floor(rim.min(axis=0)).astype(int) - 1, 0)
        right, lower = np.minimum(np.ceil(rim.max(axis=0)).astype(int) + 2, (width, height))
        if right - left < 2 or lower - upper < 2:
            return
        scale = self.look.radius / (FACE_PIXELS / 2)
        cos, sin = scale * math.cos(man.turn), scale * math.sin(man.turn)
        on_board = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
        on_board[:2, 2] = np.array([man.x, man.y]) - on_board[:2, :2] @ np.array([_HALF, _HALF])
        window = np.array([[1.0, 0, -left], [0, 1.0, -upper], [0, 0, 1.0]])
        matrix, size = window @ top @ on_board, (int(right - left), int(lower - upper))
        reach = (right - left) / FACE_PIXELS
        source = face if reach > 0.75 else cv2.GaussianBlur(face, (0, 0), 0.45 / reach)
        glued = cv2.warpPerspective(
            source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        share = cv2.warpPerspective(_DISC, matrix, size, flags=cv2.INTER_LINEAR)[:, :, None]
        region = picture[upper:lower, left:right]
        region[:] = np.clip(region * (1 - share) + glued * (share * 255), 0, 255)


_HALF_ROW = FACE_PIXELS // 2


def _cover(picture: Bytes, cover: Cover) -> None:
    """Lay a cover on, within the box that it fills."""
    rows, columns = (np.flatnonzero(cover.opacity.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    share = cover.opacity[box][:, :, None]
    picture[box] = picture[box] * (1 - share) + cover.paint[box] * (share * 255)

