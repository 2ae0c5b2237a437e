"""Pictures from files nobody vouches for: each is read right, or refused with one sentence that names it."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import BadPictureError
from vision.picture_header import PictureHeader, read_header
from vision.rectify import checked_picture

__all__ = ["MOST_BYTES", "MOST_PIXELS", "PICTURE_SUFFIXES", "decode_picture", "load_picture", "pictures_in"]

MOST_BYTES = 64 * 1024 * 1024
MOST_PIXELS = 64_000_000  # above any phone's usual mode, and 192 MB once unpacked
PICTURE_SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
_CUT_SHORT = b"remature end"  # libjpeg's words for data that ends before the picture does
_ACCEPTED = "a JPEG, PNG, WebP, TIFF, BMP or GIF picture would be right"


def pictures_in(folder: Path) -> list[Path]:
    """The picture files (by suffix) directly in a folder, by name; `BadPictureError` if there are none."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not found:
        raise BadPictureError(f"{folder} holds no pictures; {_ACCEPTED}")
    return found


def load_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture as (H, W, 3) uint8 BGR, turned as its EXIF says it is displayed.

    Grey, palette, 16-bit and CMYK pictures become BGR; transparency is dropped; of an animation the first
    picture counts. Raises `BadPictureError` with one sentence that names the file.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise BadPictureError(f"{path} does not exist; {_ACCEPTED}") from None
    except OSError as error:
        raise BadPictureError(f"{path} cannot be opened: {error.strerror}") from None
    if not stat.S_ISREG(status.st_mode):
        raise BadPictureError(f"{path} is not a file; {_ACCEPTED}")
    if status.st_size > MOST_BYTES:
        raise BadPictureError(f"{path} has {status.st_size} bytes; at most {MOST_BYTES} are read")
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadPictureError(f"{path} cannot be read: {error.strerror}") from None
    return decode_picture(data, str(path))


def decode_picture(data: bytes, name: str) -> NDArray[np.uint8]:
    """Bytes of a picture file → (H, W, 3) uint8 BGR; `name` stands in the messages of `BadPictureError`."""
    if len(data) > MOST_BYTES:
        raise BadPictureError(f"{name} has more than {MOST_BYTES} bytes, which is the most that is read")
    if not data:
        raise BadPictureError(f"{name} is empty; {_ACCEPTED}")
    header = read_header(data)
    if header is None:
        raise BadPictureError(f"{name} is not a picture that can be read; {_ACCEPTED}")
    _check_header(header, name)
    with _murmurs() as murmurs:
        try:
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        except cv2.error:
            image = None
    if image is None or _CUT_SHORT in murmurs:
        raise BadPictureError(f"{name} is damaged or of an unusual kind; a plain JPEG or PNG would be right")
    try:
        return checked_picture(np.asarray(image, dtype=np.uint8))
    except BadPictureError as error:
        raise BadPictureError(f"{name}: {error}") from None


@contextmanager
def _murmurs() -> Iterator[bytearray]:
    """Keep what the decoders' C code says on the standard error stream to itself: a refusal is one sentence.

    Filled on leaving. libjpeg says only there that it ran out of data and painted the rest grey.
    """
    heard = bytearray()
    verbosity = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        kept = os.dup(2)
    except OSError:  # the stream is closed: nothing can be heard
        kept = -1
    try:
        with tempfile.TemporaryFile() as file:
            if kept >= 0:
                os.dup2(file.fileno(), 2)
            try:
                yield heard
            finally:
                if kept >= 0:
                    os.dup2(kept, 2)
                heard += _start_of(file)
    finally:
        if kept >= 0:
            os.close(kept)
        cv2.utils.logging.setLogLevel(verbosity)


def _start_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(4096)


def _check_header(header: PictureHeader, name: str) -> None:
    """Refuse what would unpack into too much memory, or is visibly cut short, before anything is unpacked."""
    if header.width < 1 or header.height < 1 or not header.complete:
        raise BadPictureError(f"{name} is damaged or cut short; a whole file would be right")
    if header.width * header.height > MOST_PIXELS:
        raise BadPictureError(
            f"{name} is {header.width} x {header.height} pixels; at most {MOST_PIXELS} pixels are read"
        )
