"""Where two looks at one board differ, whatever the light did in between.

Both pictures are laid flat and described by what light leaves alone: gradients over the local brightness, and
colour ratios less their median change (another lamp, another white balance). Only what brightness itself
says needs a wide margin, since shadows are allowed. No colour means skin; a limb is known by where it comes
from.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE
from vision.rectify import canvas_from_board, rectify

__all__ = ["CELL", "MARGIN", "Change", "Surface", "compare", "describe"]

Maps = NDArray[np.float32]

#: Pixels of a cell in the flat picture.
CELL = 16
#: Cells shown beyond the outer lines: wider than a piece on them reaches.
MARGIN = 1.0
_DARK = 12.0  # grey levels added before ratios are taken: the sensor's own noise must not look like colour
_GRADIENT_NOISE = 0.055  # of the local brightness; what grain and JPEG leave in a smooth surface
_UNLIKE = 0.55  # share of the gradients' energy that must differ
_COLOUR = 0.16  # nats in a colour ratio; white balance moves all points together and is taken out
_LIGHT = 0.5  # nats of brightness against the rest of the board: darker than a hand's soft shadow
_LIMB_CELLS = 0.6  # area from which a region at the border counts
_POINT = 0.34  # share of a point's disc that must differ
_REACH = 0.4  # cells; radius of that disc
_FACE = 0.3  # cells; radius of the disc a character fills
# Share of that disc's gradients that differ, and their least size. On drawn sets one piece in the place of
# another (any turn) gave 0.045 and 0.05 or more in 99 of 100; the same one in other light 0.055 or less. A
# point that is named without need costs one reading.
_OTHER_FACE, _FACE_NOISE = 0.04, 0.03


@dataclass(frozen=True)
class Surface:
    """A flat board, (176, 160): `gradient` (2, H, W) over local brightness, `colour` (2, H, W) and `light`
    (H, W) in nats, `seen` (H, W) bool where the picture shows it.
    """

    gradient: Maps
    colour: Maps
    light: Maps
    seen: NDArray[np.bool_]


@dataclass(frozen=True)
class Change:
    """What differs between two surfaces: `points` (90,) bool in FEN order; `limb` whether a region reaches
    in from the border; `limb_points` (90,) bool which points it hides; `share` of all that is seen, 0..1.
    """

    points: NDArray[np.bool_]
    limb: bool
    limb_points: NDArray[np.bool_]
    share: float


def describe(image: NDArray[np.uint8], homography: NDArray[np.float64]) -> Surface:
    """Lay the board flat and describe it; `image` (H, W, 3) uint8 BGR, `homography` board to pixel."""
    flat = rectify(image, homography, cell_pixels=CELL, margin_cells=MARGIN).astype(np.float32) + _DARK
    white = np.full(image.shape[:2], 255, np.uint8)
    seen = _flat_mask(white, homography)
    grey = flat.mean(axis=2)
    local = cv2.GaussianBlur(grey, (0, 0), CELL / 2)
    even = cv2.GaussianBlur(grey / local, (0, 0), 0.8)
    gradient = np.stack([cv2.Sobel(even, cv2.CV_32F, 1, 0), cv2.Sobel(even, cv2.CV_32F, 0, 1)]) / 4
    soft = cv2.GaussianBlur(flat, (0, 0), 1.5)
    colour = np.log(np.stack([soft[:, :, 0] / soft[:, :, 1], soft[:, :, 2] / soft[:, :, 1]]))
    light = np.log(cv2.GaussianBlur(grey, (0, 0), 2.0))
    return Surface(
        np.asarray(gradient, np.float32), np.asarray(colour, np.float32), np.asarray(light, np.float32), seen
    )


def compare(before: Surface, now: Surface) -> Change:
    """Compare two surfaces of the same homography."""
    seen = before.seen & now.seen
    mask = _differing(before, now, seen).astype(np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    limb = _from_border(mask, seen)
    return Change(
        points=(_mean_at_points(mask, _REACH) > _POINT) | _other_face(before, now),
        limb=bool(limb.any()),
        limb_points=_mean_at_points(limb, _REACH) > _POINT,
        share=float(mask[seen].mean()) if seen.any() else 0.0,
    )


def _differing(before: Surface, now: Surface, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    apart = ((now.gradient - before.gradient) ** 2).sum(axis=0)
    both = (now.gradient**2).sum(axis=0) + (before.gradient**2).sum(axis=0)
    window = (7, 7)
    apart, both = cv2.blur(apart, window), cv2.blur(both, window)
    unlike = apart > _UNLIKE * both + _GRADIENT_NOISE**2
    shift = now.colour - before.colour
    light = now.light - before.light
    if seen.any():
        shift = shift - np.median(shift[:, seen], axis=1)[:, None, None]
        light = light - np.median(light[seen])
    other = (np.abs(shift).max(axis=0) > _COLOUR) | (np.abs(light) > _LIGHT)
    return np.asarray((unlike | other) & seen)


def _from_border(mask: NDArray[np.uint8], seen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Regions of `mask` that touch the border of what is seen and are larger than a finger's tip."""
    rim = np.ones_like(seen)
    inner = cv2.erode(seen.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    rim[inner > 0] = False
    count, regions, sizes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = np.zeros_like(mask)
    for region in range(1, count):
        here = regions == region
        if sizes[region, cv2.CC_STAT_AREA] >= _LIMB_CELLS * CELL**2 and (here & rim).any():
            found[here] = 1
    return found


def _other_face(before: Surface, now: Surface) -> NDArray[np.bool_]:
    """Points (90,) bool whose gradients differ inside the disc a character fills: one piece took another."""
    apart = ((now.gradient - before.gradient) ** 2).sum(axis=0)
    both = (now.gradient**2).sum(axis=0) + (before.gradient**2).sum(axis=0)
    differing, all_there = _mean_at_points(apart, _FACE), _mean_at_points(both, _FACE)
    return np.asarray(differing > _OTHER_FACE * all_there + _FACE_NOISE**2)


def _mean_at_points(picture: NDArray[np.generic], reach: float) -> NDArray[np.float64]:
    """Mean of a flat picture over a disc of `reach` cells about each point, (90,)."""
    half = round(reach * CELL)
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    disc = (x**2 + y**2 <= half**2).astype(np.float32)
    means = cv2.filter2D(picture.astype(np.float32), -1, disc / disc.sum())
    columns, rows = np.round((LATTICE + MARGIN) * CELL - 0.5).astype(int).T
    return np.asarray(means[rows, columns], dtype=np.float64)


def _flat_mask(white: NDArray[np.uint8], homography: NDArray[np.float64]) -> NDArray[np.bool_]:
    width, height = (round((cells + 2 * MARGIN) * CELL) for cells in (8, 9))
    flat = cv2.warpPerspective(
        white,
        homography @ np.linalg.inv(canvas_from_board(CELL, MARGIN)),
        (width, height),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return np.asarray(flat > 0)
