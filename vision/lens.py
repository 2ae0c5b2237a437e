"""What a lens bends, measured from pictures of a chequered pattern and undone in every frame."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.camera import Camera
from vision.errors import CameraError

__all__ = ["Lens", "StraightCamera", "load_lens", "measure_lens", "save_lens"]

Picture = NDArray[np.uint8]
_FEWEST = 5
_COEFFICIENTS = 5


@dataclass(frozen=True)
class Lens:
    """Pinhole (focal lengths and principal point, pixels) and distortion (k1, k2, p1, p2, k3; Brown 1966),
    for pictures of `size` (width, height). `residual_px`: root mean square of the pattern's corners.
    """

    size: tuple[int, int]
    focal: tuple[float, float]
    centre: tuple[float, float]
    distortion: tuple[float, ...]
    residual_px: float

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The camera matrix (3, 3)."""
        return np.array([[self.focal[0], 0, self.centre[0]], [0, self.focal[1], self.centre[1]], [0, 0, 1.0]])


class StraightCamera:
    """A camera whose straight lines are straight: every picture of `camera` with the lens undone."""

    def __init__(self, camera: Camera, lens: Lens) -> None:
        self._camera = camera
        self._lens = lens
        self._maps = cv2.initUndistortRectifyMap(
            lens.matrix, np.array(lens.distortion), None, lens.matrix, lens.size, cv2.CV_16SC2
        )

    @property
    def name(self) -> str:
        """The camera's own."""
        return self._camera.name

    def take(self) -> Picture | None:
        """The newest picture, straightened. Raises `CameraError` where it has not the size that was
        measured.
        """
        return self._straight(self._camera.take())

    def follow(self) -> Picture | None:
        """The next picture, straightened. Raises as `take`."""
        return self._straight(self._camera.follow())

    def _straight(self, picture: Picture | None) -> Picture | None:
        if picture is None:
            return None
        if picture.shape[1::-1] != self._lens.size:
            raise CameraError(
                f"the camera {self.name} gives {picture.shape[1]} x {picture.shape[0]} pixels; its lens was "
                f"measured at {self._lens.size[0]} x {self._lens.size[1]}"
            )
        return np.asarray(cv2.remap(picture, *self._maps, cv2.INTER_LINEAR), dtype=np.uint8)

    def close(self) -> None:
        """Let go of the camera."""
        self._camera.close()


def measure_lens(pictures: Sequence[Picture], inner: tuple[int, int] = (9, 6)) -> Lens:
    """Measure a lens from pictures of a chequered pattern with `inner` corners (across, down), held askew.

    Zhang, "A flexible new technique for camera calibration", 2000. Raises `CameraError` when fewer than five
    pictures show the whole pattern, or when they differ in size.
    """
    pattern = np.zeros((inner[0] * inner[1], 3), np.float32)
    pattern[:, :2] = np.mgrid[0 : inner[0], 0 : inner[1]].T.reshape(-1, 2)
    sizes = {picture.shape[1::-1] for picture in pictures}
    if len(sizes) > 1:
        raise CameraError("the pictures of the pattern have different sizes; they must be from one camera")
    found = [corners for picture in pictures if (corners := _corners(picture, inner)) is not None]
    if len(found) < _FEWEST:
        raise CameraError(
            f"{len(found)} of {len(pictures)} pictures show the whole pattern of {inner[0]} x {inner[1]} "
            f"corners; {_FEWEST} that show it askew would be right"
        )
    (width, height), *_ = sizes
    residual, matrix, distortion, _, _ = cv2.calibrateCamera(
        [pattern] * len(found), found, (width, height), np.eye(3), np.zeros(_COEFFICIENTS)
    )
    return Lens(
        size=(width, height),
        focal=(float(matrix[0, 0]), float(matrix[1, 1])),
        centre=(float(matrix[0, 2]), float(matrix[1, 2])),
        distortion=tuple(float(value) for value in np.ravel(distortion)[:_COEFFICIENTS]),
        residual_px=float(residual),
    )


def save_lens(lens: Lens, path: Path) -> None:
    """Write a lens as JSON."""
    entry = {
        "size": lens.size,
        "focal": lens.focal,
        "centre": lens.centre,
        "distortion": lens.distortion,
        "residual_px": lens.residual_px,
    }
    path.write_text(json.dumps(entry) + "\n", encoding="utf-8")


def load_lens(path: Path) -> Lens:
    """Read what `save_lens` wrote. Raises `CameraError` naming the file where it is something else."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
        size, focal, centre, distortion = (
            tuple(float(value) for value in entry[key]) for key in ("size", "focal", "centre", "distortion")
        )
        lens = Lens(
            (int(size[0]), int(size[1])),
            (focal[0], focal[1]),
            (centre[0], centre[1]),
            distortion,
            float(entry["residual_px"]),
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise CameraError(f"{path} is not a measured lens ({error}); measure it again") from error
    numbers = np.array([*lens.focal, *lens.centre, *lens.distortion, lens.residual_px])
    if min(lens.size) < 64 or len(distortion) != _COEFFICIENTS or not np.isfinite(numbers).all():
        raise CameraError(f"{path} is not a measured lens (its numbers cannot be); measure it again")
    return lens


def _corners(picture: Picture, inner: tuple[int, int]) -> NDArray[np.float32] | None:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    there, corners = cv2.findChessboardCornersSB(grey, inner)
    return np.asarray(corners, dtype=np.float32) if there else None
