"""From frames to readings, and the guard that lets a reading into the game.

What needs no models is exported here; `vision.look.Looker` loads them.
"""

from vision.differences import Difference, setup_differences
from vision.errors import BadCornersError, BadPictureError, CameraError, ModelFileError, VisionError
from vision.guard import Ask, Guard, GuardLimits, Mismatch, Moved, Observation, Unchanged, Verified, Wait
from vision.reading import SQUARES, Frame, PointReading, Reading

__all__ = [
    "SQUARES",
    "Ask",
    "BadCornersError",
    "BadPictureError",
    "CameraError",
    "Difference",
    "Frame",
    "Guard",
    "GuardLimits",
    "Mismatch",
    "ModelFileError",
    "Moved",
    "Observation",
    "PointReading",
    "Reading",
    "Unchanged",
    "Verified",
    "VisionError",
    "Wait",
    "setup_differences",
]
