"""Where frames come from: a V4L2 device, a Raspberry Pi camera, a picture file or a folder of them; one seam.

`open_camera` takes what a person writes: `0` or `/dev/video0`, `pi` or `pi:1`, a path. Exposure and white
balance are left to the camera until they have settled and are then held, so that a hand that comes in does
not change the board.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import CameraError
from vision.files import load_picture, pictures_in

__all__ = ["Camera", "Held", "PictureCamera", "VideoCamera", "open_camera"]

Picture = NDArray[np.uint8]
_SIZE = (1280, 720)
_STALE_FRAMES = 4  # what a webcam keeps in its buffer
_SETTLE_FRAMES = 15  # exposure and white balance of common webcams are steady after half a second
# V4L2_EXPOSURE_MANUAL and V4L2_EXPOSURE_APERTURE_PRIORITY of linux/v4l2-controls.h
_MANUAL, _AUTOMATIC = 1.0, 3.0


@dataclass(frozen=True)
class Held:
    """Which settings the camera agreed to hold still."""

    exposure: bool
    white_balance: bool


class Camera(Protocol):
    """A source of pictures (H, W, 3) uint8 BGR."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    def take(self) -> Picture | None:
        """The newest picture; None when there is no more. Raises `CameraError`, `BadPictureError`."""

    def follow(self) -> Picture | None:
        """The next picture, for one who takes every picture as it comes; else as `take`."""

    def close(self) -> None:
        """Let go of the device."""


class PictureCamera:
    """Picture files, one after another, as if a camera took them."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = list(paths)
        self._next = 0

    @property
    def name(self) -> str:
        """The file of the last picture."""
        return str(self._paths[max(0, self._next - 1)])

    def take(self) -> Picture | None:
        """The next file's picture; None after the last. Raises `BadPictureError`; the next call goes on."""
        if self._next >= len(self._paths):
            return None
        self._next += 1
        return load_picture(self._paths[self._next - 1])

    def follow(self) -> Picture | None:
        """As `take`."""
        return self.take()

    def close(self) -> None:
        """Nothing is held."""


class Device(Protocol):
    """The part of `cv2.VideoCapture` that is used."""

    def read(self) -> tuple[bool, object]:
        """Whether there is a picture, and the picture."""

    def get(self, setting: int) -> float:
        """A setting's value; what it is when the driver does not have it is up to the driver."""

    def set(self, setting: int, value: float) -> bool:
        """Whether the driver took it."""

    def release(self) -> None:
        """Let go of the device."""


class VideoCamera:
    """A V4L2 device. `live`: pictures of now, so that those waiting in its buffer are passed over."""

    def __init__(self, device: Device, name: str, *, live: bool = True) -> None:
        self._device = device
        self._name = name
        self._live = live

    @property
    def name(self) -> str:
        """The device's path."""
        return self._name

    def take(self) -> Picture | None:
        """The newest picture. Raises `CameraError` when the camera gives none."""
        for _ in range(_STALE_FRAMES if self._live else 0):
            self._device.read()
        return self.follow()

    def follow(self) -> Picture | None:
        """The next picture, whatever waits behind it. Raises as `take`."""
        there, picture = self._device.read()
        if not there:
            raise CameraError(
                f"the camera {self._name} gives no picture any more; check its cable, and that no other "
                "program uses it"
            )
        return np.asarray(picture, dtype=np.uint8)

    def hold(self) -> Held:
        """Let exposure and white balance settle, then hold both as they are."""
        for _ in range(_SETTLE_FRAMES):
            self._device.read()
        return Held(
            self._held(cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL, cv2.CAP_PROP_EXPOSURE),
            self._held(cv2.CAP_PROP_AUTO_WB, 0.0, cv2.CAP_PROP_WB_TEMPERATURE),
        )

    def release_settings(self) -> None:
        """Leave both to the camera again: the light changed for good."""
        self._device.set(cv2.CAP_PROP_AUTO_EXPOSURE, _AUTOMATIC)
        self._device.set(cv2.CAP_PROP_AUTO_WB, 1.0)

    def close(self) -> None:
        """Let go of the device."""
        self._device.release()

    def _held(self, switch: int, manual: float, setting: int) -> bool:
        """Switch to manual and write back the value the automatic had found; some drivers forget it."""
        found = self._device.get(setting)
        if not self._device.set(switch, manual):
            return False
        self._device.set(setting, found)
        return self._device.get(switch) == manual


class _PiCamera:
    """A Raspberry Pi camera through picamera2, which comes with Raspberry Pi OS."""

    def __init__(self, number: int) -> None:
        try:
            from picamera2 import Picamera2
        except ImportError:
            raise CameraError(
                "picamera2 is not installed, so a Raspberry Pi camera cannot be used; Raspberry Pi OS has it "
                "as the package python3-picamera2"
            ) from None
        self._name = f"pi:{number}"
        try:
            self._camera = Picamera2(number)
            self._camera.configure(
                self._camera.create_video_configuration(main={"size": _SIZE, "format": "RGB888"})
            )
            self._camera.start()
            time.sleep(1.0)  # libcamera's loops settle in some twenty frames
            found = self._camera.capture_metadata()
            self._camera.set_controls(
                {
                    "AeEnable": False,
                    "AwbEnable": False,
                    "ExposureTime": found["ExposureTime"],
                    "AnalogueGain": found["AnalogueGain"],
                    "ColourGains": found["ColourGains"],
                }
            )
        except (RuntimeError, IndexError, KeyError) as error:
            raise CameraError(f"the Raspberry Pi camera {number} does not answer ({error})") from error

    @property
    def name(self) -> str:
        """As it was asked for."""
        return self._name

    def take(self) -> Picture | None:
        """The newest picture; the format named RGB888 lies in memory as BGR."""
        return np.asarray(self._camera.capture_array("main"), dtype=np.uint8)

    def follow(self) -> Picture | None:
        """As `take`: it waits for a picture that is new."""
        return self.take()

    def close(self) -> None:
        """Let go of the camera."""
        self._camera.close()


def open_camera(source: str, opener: Callable[[int], Device] | None = None) -> Camera:
    """Open what `source` names: a number or /dev/video path, `pi[:number]`, a picture file or a folder.

    `opener` opens a device by number (default: OpenCV's V4L2). Raises `CameraError` with one sentence, for
    files and folders `BadPictureError`.
    """
    if source == "pi" or source.startswith("pi:"):
        number = source[3:] or "0"
        if not number.isdigit():
            raise CameraError(f"{source!r} names no Raspberry Pi camera; pi or pi:1 would be right")
        return _PiCamera(int(number))
    number = source.removeprefix("/dev/video")
    if number.isdigit():
        return _open_video(int(number), opener)
    path = Path(source)
    if path.is_dir():
        return PictureCamera(pictures_in(path))
    return PictureCamera([path])


def _open_video(number: int, opener: Callable[[int], Device] | None) -> VideoCamera:
    path = Path(f"/dev/video{number}")
    if opener is None and not path.exists():
        raise CameraError(f"there is no camera {number} ({path}); plug it in, or name another one")
    verbosity = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        device = (opener or _v4l2)(number)
    finally:
        cv2.utils.logging.setLogLevel(verbosity)
    device.set(cv2.CAP_PROP_FRAME_WIDTH, _SIZE[0])
    device.set(cv2.CAP_PROP_FRAME_HEIGHT, _SIZE[1])
    if not device.read()[0]:
        device.release()
        raise CameraError(f"camera {number} gives no picture; is another program using it?")
    camera = VideoCamera(device, str(path))
    camera.hold()
    return camera


def _v4l2(number: int) -> Device:
    device: Device = cv2.VideoCapture(number, cv2.CAP_V4L2)
    return device
