"""Size of a picture from the first bytes of its file, so that nothing is unpacked before it is bounded.

Sources: PNG (ISO 15948), JPEG (ITU-T T.81, B.2), GIF89a, BMP (BITMAPINFOHEADER), TIFF 6.0, WebP (RFC 9649).
"""

import struct
from dataclasses import dataclass

__all__ = ["PictureHeader", "read_header"]

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}  # markers without a length
_TIFF_FIELDS = 512


@dataclass(frozen=True)
class PictureHeader:
    """Kind and size of a picture as its file states them; `complete` is False where the end is missing."""

    kind: str
    width: int
    height: int
    complete: bool = True


def read_header(data: bytes) -> PictureHeader | None:
    """Kind and size of a picture file, or None if it is none of the six kinds; damage shows as size 0."""
    readers = (
        (b"\x89PNG\r\n\x1a\n", "png", _png),
        (b"\xff\xd8\xff", "jpeg", _jpeg),
        (b"GIF87a", "gif", _gif),
        (b"GIF89a", "gif", _gif),
        (b"BM", "bmp", _bmp),
        (b"II*\0", "tiff", _tiff),
        (b"MM\0*", "tiff", _tiff),
        (b"RIFF", "webp", _webp),
    )
    for start, kind, size in readers:
        if data.startswith(start):
            if kind == "webp" and data[8:12] != b"WEBP":
                return None
            try:
                width, height, complete = size(data)
            except (struct.error, IndexError):
                return PictureHeader(kind, 0, 0, complete=False)
            return PictureHeader(kind, width, height, complete)
    return None


def _png(data: bytes) -> tuple[int, int, bool]:
    width, height = struct.unpack_from(">II", data, 16)
    end = data.rfind(b"IEND")
    return width, height, end >= 0 and len(data) >= end + 8


def _jpeg(data: bytes) -> tuple[int, int, bool]:
    at, size = 2, (0, 0)
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return 0, 0, False
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        else:
            if marker in _JPEG_FRAMES:
                height, width = struct.unpack_from(">HH", data, at + 5)
                size = (width, height)
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
            if marker == 0xDA:  # coded data follows; inside it 0xFF is never followed by 0xD9
                return *size, data.find(b"\xff\xd9", at) >= 0
    return 0, 0, False


def _gif(data: bytes) -> tuple[int, int, bool]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height, True


def _bmp(data: bytes) -> tuple[int, int, bool]:
    if struct.unpack_from("<I", data, 14)[0] == 12:
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height), True


def _tiff(data: bytes) -> tuple[int, int, bool]:
    order = "<" if data[:2] == b"II" else ">"
    at = struct.unpack_from(order + "I", data, 4)[0]
    fields = struct.unpack_from(order + "H", data, at)[0]
    sizes = {256: 0, 257: 0}
    for field in range(min(fields, _TIFF_FIELDS)):
        start = at + 2 + 12 * field
        tag, kind = struct.unpack_from(order + "HH", data, start)
        if tag in sizes:
            sizes[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, start + 8)[0]
    return sizes[256], sizes[257], True


def _webp(data: bytes) -> tuple[int, int, bool]:
    complete = len(data) >= 8 + struct.unpack_from("<I", data, 4)[0]
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    elif kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", data, 26))
    return width, height, complete
