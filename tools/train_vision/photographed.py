"""Photographed piece faces under CC BY 4.0, split by the picture they were cut from."""

import json
import zlib
from pathlib import Path

import cv2
import numpy as np

from tools.errors import BadInputError
from tools.train_vision.scene import Photographs

__all__ = ["load_photographs"]

_SMALLEST_SIDE = 34
_HELD_OUT_IN_256 = 32


def load_photographs(folder: Path, *, held_out: bool = False) -> Photographs:
    """Load the face sheets of `folder` (`index.json` lists them) as pictures in 0..1 by (kind, red).

    `held_out` chooses the eighth of the source pictures that training never sees. Raises `BadInputError`.
    """
    index = folder / "index.json"
    try:
        table = json.loads(index.read_text(encoding="utf-8"))
        cell, classes = int(table["cell"]), dict(table["classes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{index} is not an index of piece sheets ({error})") from error
    photographs: Photographs = {}
    for letter, entry in classes.items():
        sheet = cv2.imread(str(folder / str(entry["file"])))
        if sheet is None:
            raise BadInputError(f"{folder / str(entry['file'])} cannot be read as a picture")
        picked = photographs.setdefault((letter.upper(), letter.isupper()), [])
        for place, (source, width, height) in enumerate(entry["crops"]):
            aside = zlib.crc32(str(source).encode()) % 256 < _HELD_OUT_IN_256
            if aside != held_out or min(width, height) < _SMALLEST_SIDE:
                continue
            row, column = divmod(place, int(entry["columns"]))
            crop = sheet[row * cell : row * cell + height, column * cell : column * cell + width]
            if crop.size:
                picked.append(np.asarray(crop, dtype=np.float32) / 255.0)
    return photographs
