"""Sets of pieces with their board and table, drawn once and used for many pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tools.train_vision.fonts import Face

__all__ = ["FACE_PIXELS", "Floats", "Look", "drawn_look", "held_out_fonts", "printed_look"]

Floats = NDArray[np.float32]

#: Side of a face picture; the disc touches its borders.
FACE_PIXELS = 128
_LABELS = "KABNRCPkabnrcp"
_TABLE = (540, 960)
_PRINTED = ("kai", "song")


@dataclass(frozen=True)
class Look:
    """How everything on the table looks. Pictures are float32 BGR 0..1.

    `faces`: upper face (128, 128, 3) of each of the 14 labels, the character upright; `board` with `scale`
    pixels a cell and `margin` cells beyond the outer lines (x, y); `table` any size. `radius` and `height`
    of the pieces in cells. `name` says where it comes from.
    """

    name: str
    faces: Mapping[str, Floats]
    board: Floats
    scale: float
    margin: tuple[float, float]
    table: Floats
    radius: float
    height: float


def printed_look(seed: int, style: str | None = None) -> Look:
    """The twin's set: printed wood from pictures that come with the program, no fonts needed.

    `style` is `kai` or `song`, drawn when None.
    """
    from host.arm.robot import load
    from host.twin.pictures import board_picture, board_size, face_picture, table_picture

    rng = np.random.default_rng([seed, 1])
    style = style or _PRINTED[int(rng.integers(len(_PRINTED)))]
    robot = load(None)
    board = board_picture(robot, style, rng)
    pitch = robot.board.pitch
    wide, deep = board_size(robot)
    return Look(
        name=f"printed {style}",
        faces={label: _resized(_floats(face_picture(label, style, rng)), FACE_PIXELS) for label in _LABELS},
        board=_floats(board),
        scale=board.shape[1] / (wide / pitch),
        margin=((wide / pitch - 8) / 2, (deep / pitch - 9) / 2),
        table=_floats(table_picture(rng)),
        radius=robot.piece.diameter / 2 / pitch,
        height=robot.piece.height / pitch,
    )


def held_out_fonts(folders: tuple[Path, ...] = ()) -> list["Face"]:
    """The fonts that no net was trained on; raises `BadInputError` when there are none."""
    from tools.errors import BadInputError
    from tools.train_vision.fonts import HELD_OUT, families

    found = [face for face in families(folders) if face.family in HELD_OUT]
    if not found:
        raise BadInputError("none of the fonts kept out of training is installed; fonts-cns11643-kai is one")
    return found


def drawn_look(
    seed: int,
    fonts: Sequence["Face"],
    *,
    texture: str | None = None,
    swapped_soldiers: bool = False,
    height: float | None = None,
) -> Look:
    """A set, board and table of the training generator with one of `fonts`.

    `texture`: material of the discs (wood, plain, paper); `swapped_soldiers`: red 卒 and black 兵; `height`
    of the pieces in cells, drawn when None.
    """
    from tools.train_vision.boards import draw_board, draw_table
    from tools.train_vision.pieces import draw_face, draw_style

    rng = np.random.default_rng([seed, 2])
    style = draw_style(rng, fonts)
    if texture is not None:
        style = replace(style, texture=texture)
    if swapped_soldiers:
        characters = dict(style.characters)
        characters["P", True], characters["P", False] = "卒", "兵"
        style = replace(style, characters=characters)
    board = draw_board(rng, 60.0, list(fonts))
    return Look(
        name=f"drawn {style.font.family}",
        faces={
            label: _resized(draw_face(rng, style, label.upper(), label.isupper())[:, :, :3], FACE_PIXELS)
            for label in _LABELS
        },
        board=board.picture,
        scale=board.scale,
        margin=board.margin,
        table=draw_table(rng, _TABLE, list(fonts)),
        radius=float(rng.uniform(0.36, 0.46)),
        height=float(rng.uniform(0.14, 0.35)) if height is None else height,
    )


def _floats(picture: NDArray[np.uint8]) -> Floats:
    return np.asarray(picture, dtype=np.float32) / np.float32(255)


def _resized(picture: Floats, side: int) -> Floats:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), dtype=np.float32)
