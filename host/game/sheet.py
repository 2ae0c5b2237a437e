"""The contact sheet of a game: one camera picture a turn with the reading drawn on it."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from host.game.disk import write_whole
from host.game.state import square_index
from vision.annotate import annotate
from vision.geometry import homography_from_corners, project
from vision.reading import Frame, Reading

__all__ = ["contact_sheet", "turn_picture", "write_picture"]

Picture = NDArray[np.uint8]
_ARROW = (255, 120, 0)
_TILE_WIDTH = 480
_CAPTION = 34
_COLUMNS = 4
_JPEG_QUALITY = 88
_MARGIN = 0.09  # of the board's size, around the outermost lines


def turn_picture(frame: Frame, reading: Reading, move: str, caption: str) -> Picture:
    """The board of one turn, cropped, with the reading and an arrow for `move` (`h2e2`) drawn on it.

    Returns uint8 BGR with the caption below.
    """
    drawn = annotate(frame.image, reading)
    if reading.corners is not None:
        _draw_arrow(drawn, np.array(reading.corners) * drawn.shape[1] / frame.image.shape[1], move)
        corners = np.array(reading.corners) * drawn.shape[1] / frame.image.shape[1]
        low, high = corners.min(axis=0), corners.max(axis=0)
        edge = (high - low) * _MARGIN
        x0, y0 = np.maximum(low - edge, 0).astype(int)
        x1, y1 = (high + edge).astype(int)
        drawn = drawn[y0:y1, x0:x1]
    height = max(1, round(drawn.shape[0] * _TILE_WIDTH / drawn.shape[1]))
    tile = np.full((height + _CAPTION, _TILE_WIDTH, 3), 255, np.uint8)
    tile[:height] = cv2.resize(drawn, (_TILE_WIDTH, height), interpolation=cv2.INTER_AREA)
    where = (8, height + 24)
    cv2.putText(tile, caption, where, cv2.FONT_HERSHEY_SIMPLEX, 0.62, (20, 20, 20), 1, cv2.LINE_AA)
    return tile


def _draw_arrow(picture: Picture, corners: NDArray[np.float64], move: str) -> None:
    squares = (square_index(move[:2]), square_index(move[2:]))
    cells = [(square % 9, 9 - square // 9) for square in squares]
    start, end = project(homography_from_corners(corners), cells)
    way = (end - start) / max(float(np.linalg.norm(end - start)), 1.0)
    tip = end - way * 26 * picture.shape[1] / 1280  # up to the rim of the piece
    ends = [tuple(np.round(point).astype(int).tolist()) for point in (start, tip)]
    cv2.arrowedLine(picture, ends[0], ends[1], _ARROW, 4, cv2.LINE_AA, tipLength=0.12)


def contact_sheet(pictures: Sequence[Path], out: Path) -> None:
    """Lay the turn pictures out in rows and write them to `out`; does nothing without pictures.

    Raises `OSError` when the disk refuses.
    """
    tiles = [tile for path in pictures if (tile := cv2.imread(str(path))) is not None]
    if not tiles:
        return
    columns = min(_COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    height = max(tile.shape[0] for tile in tiles) + 6
    width = max(tile.shape[1] for tile in tiles) + 6
    sheet = np.full((rows * height, columns * width, 3), 200, np.uint8)
    for number, tile in enumerate(tiles):
        top, left = number // columns * height + 3, number % columns * width + 3
        sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    write_picture(out, sheet)


def write_picture(path: Path, picture: Picture) -> None:
    """Write a picture in the format of the file's ending. Raises `OSError` when the disk refuses.

    `cv2.imwrite` would keep a full disk to itself, so the picture is encoded first and written here.
    """
    jpeg = path.suffix == ".jpg"
    how = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if jpeg else []
    encoded, data = cv2.imencode(path.suffix, picture, how)
    if not encoded:
        raise ValueError(f"no picture can be written as {path.suffix}")
    write_whole(path, data.tobytes())
