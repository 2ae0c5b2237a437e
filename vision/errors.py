"""Errors of the vision room.

    VisionError
    ├── BadPictureError   the picture cannot be used as a picture
    ├── BadCornersError   four corners or a homography that cannot be a board seen from above
    ├── CameraError       a camera is not there, gives no picture, or its lens file cannot be used
    ├── NewSetError       a set of pieces cannot be learned, or what was learned cannot be used
    └── ModelFileError    a model file is missing, altered or not what the manifest says

Each message is one sentence that says what is wrong and what would be right.
"""

__all__ = [
    "BadCornersError",
    "BadPictureError",
    "CameraError",
    "ModelFileError",
    "NewSetError",
    "VisionError",
]


class VisionError(Exception):
    """Root of the errors raised by the vision room."""


class BadPictureError(VisionError):
    """The picture is not an H x W x 3 array of bytes of a usable size."""


class BadCornersError(VisionError):
    """The corners or the homography cannot belong to a board seen from above."""


class CameraError(VisionError):
    """A camera cannot be used; the message says which one, why, and what would be right."""


class ModelFileError(VisionError):
    """A model file is missing, altered, or does not fit this program."""


class NewSetError(VisionError):
    """A set of pieces cannot be learned from this picture, or a learned one does not belong here."""
