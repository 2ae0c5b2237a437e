"""The rectified picture of a plane over the board."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import BadPictureError
from vision.geometry import lifted, pitch_pixels

__all__ = [
    "CELL_PIXELS",
    "MARGIN_CELLS",
    "PIECE_HEIGHT_CELLS",
    "canvas_from_board",
    "checked_picture",
    "rectify",
]

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

#: Side of a cell in the rectified picture.
CELL_PIXELS = 30
#: Width of the strip around the lattice that the rectified picture shows.
MARGIN_CELLS = 0.8
#: Height of a piece's upper face above the board: 10 mm on 40 mm squares.
PIECE_HEIGHT_CELLS = 0.25

_SMALLEST_SIDE = 64
_LARGEST_SIDE = 16384
_OUTSIDE = (127, 127, 127)


def checked_picture(image: NDArray[np.uint8]) -> Picture:
    """Return `image` as a contiguous H x W x 3 BGR picture or raise `BadPictureError`."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise BadPictureError("a picture must be an array of bytes of shape height x width x 3 (BGR)")
    if min(image.shape[:2]) < _SMALLEST_SIDE or max(image.shape[:2]) > _LARGEST_SIDE:
        raise BadPictureError(
            f"the picture is {image.shape[1]} x {image.shape[0]} pixels; "
            f"each side must be {_SMALLEST_SIDE} to {_LARGEST_SIDE}"
        )
    return np.ascontiguousarray(image)


def canvas_from_board(cell_pixels: float = CELL_PIXELS, margin_cells: float = MARGIN_CELLS) -> Array:
    """Return the 3 x 3 matrix from board coordinates to pixels of the rectified picture."""
    shift = margin_cells * cell_pixels - 0.5
    return np.array([[cell_pixels, 0.0, shift], [0.0, cell_pixels, shift], [0.0, 0.0, 1.0]])


def rectify(
    image: Picture,
    homography: Array,
    *,
    height_cells: float = 0.0,
    cell_pixels: int = CELL_PIXELS,
    margin_cells: float = MARGIN_CELLS,
    slip: Array | None = None,
) -> Picture:
    """Return the plane `height_cells` above the board as if seen from straight above.

    `homography` is board to pixel. The result has `cell_pixels` a cell and shows `margin_cells` beyond
    the outer lines; a9 lies at its upper left. What the picture does not show is grey (127). `slip` (90, 2):
    how far the points to be shown lie from those of the lattice, in cells of that plane.
    """
    width, height = (round((cells + 2 * margin_cells) * cell_pixels) for cells in (8, 9))
    plane = homography
    if height_cells:
        plane = lifted(homography, (image.shape[1], image.shape[0]), height_cells)
    # A picture much finer than the canvas would alias: sample it finer, then average.
    finer = 2 if pitch_pixels(plane) > 1.5 * cell_pixels else 1
    if pitch_pixels(plane) > 3 * cell_pixels:
        finer = 4
    size = (width * finer, height * finer)
    board_to_fine = canvas_from_board(finer * cell_pixels, margin_cells)
    if slip is None:
        canvas = cv2.warpPerspective(
            image,
            plane @ np.linalg.inv(board_to_fine),
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=_OUTSIDE,
        )
    else:
        places = _slipped(plane, board_to_fine, size, slip)
        canvas = cv2.remap(
            image,
            places[:, :, 0],
            places[:, :, 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=_OUTSIDE,
        )
    if finer > 1:
        canvas = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(canvas, dtype=np.uint8)


def _slipped(plane: Array, board_to_fine: Array, size: tuple[int, int], slip: Array) -> NDArray[np.float32]:
    """Where the picture shows each pixel of a canvas of `size` (width, height), (H, W, 2), between the points
    as the slips of their neighbours say, beyond them as that of the nearest.
    """
    # The slips are a picture of 10 x 9 pixels, whose coordinates are the board's.
    shift = cv2.warpPerspective(
        slip.reshape(10, 9, 2).astype(np.float32), board_to_fine, size, borderMode=cv2.BORDER_REPLICATE
    )
    (scale, _, left), (_, _, top), _ = board_to_fine
    columns, rows = (np.arange(size[0]) - left) / scale, (np.arange(size[1]) - top) / scale
    board = shift + np.stack(np.meshgrid(columns, rows), axis=-1).astype(np.float32)
    return np.asarray(cv2.perspectiveTransform(board, plane), np.float32)
