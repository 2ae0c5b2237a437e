"""A contact sheet: every picture that was not read as it should be, with what was read drawn on it."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.annotate import annotate
from vision.reading import Reading

__all__ = ["ContactSheet"]

_TILE = (400, 300)
_COLUMNS, _ROWS = 4, 6
_TITLE = 22


class ContactSheet:
    """Collects tiles and writes them as `failures-1.png`, `failures-2.png` ... into `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tiles: list[NDArray[np.uint8]] = []
        self.count = 0
        self.pages: list[Path] = []

    def add(self, image: NDArray[np.uint8], reading: Reading, title: str) -> None:
        """Add one picture with its reading."""
        self.add_picture(annotate(image, reading), title)

    def add_picture(self, picture: NDArray[np.uint8], title: str) -> None:
        """Add one picture as it is."""
        width, height = _TILE
        scale = min(width / picture.shape[1], (height - _TITLE) / picture.shape[0])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        tile = np.full((height, width, 3), 255, np.uint8)
        tile[_TITLE : _TITLE + small.shape[0], : small.shape[1]] = small
        cv2.putText(tile, title, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
        self._tiles.append(tile)
        self.count += 1
        if len(self._tiles) == _COLUMNS * _ROWS:
            self._write()

    def close(self) -> Sequence[Path]:
        """Write what is left; the pages."""
        if self._tiles:
            self._write()
        return self.pages

    def _write(self) -> None:
        rows = -(-len(self._tiles) // _COLUMNS)
        blank = np.full((_TILE[1], _TILE[0], 3), 255, np.uint8)
        tiles = self._tiles + [blank] * (rows * _COLUMNS - len(self._tiles))
        page = np.vstack([np.hstack(tiles[row * _COLUMNS : (row + 1) * _COLUMNS]) for row in range(rows)])
        path = self._folder / f"failures-{len(self.pages) + 1}.png"
        path.write_bytes(cv2.imencode(".png", page)[1].tobytes())
        self.pages.append(path)
        self._tiles = []
