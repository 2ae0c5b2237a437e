"""Every picture of a camera as it comes, so that the newest one is always at hand and asking costs nothing.

A thread takes them; a camera's own buffer, in which old pictures wait, thereby stays empty.
"""

import threading
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.camera import Camera
from vision.errors import VisionError

__all__ = ["FollowedCamera"]

_WHOLE = 2
"""The picture that was under way when one is asked for may be half of before; the next one is not."""
_PATIENCE_S = 5.0
_GLANCE_SIZE = (320, 180)

Picture = NDArray[np.uint8]


class FollowedCamera:
    """A `vision.camera.Camera` over another one. `now_us` is the clock that dates the pictures."""

    def __init__(self, camera: Camera, now_us: Callable[[], int]) -> None:
        self._camera = camera
        self._now_us = now_us
        self._news = threading.Condition()
        self._newest: tuple[Picture, int] | None = None
        self._count = 0
        self._error: VisionError | None = None
        self._over = False
        self._thread = threading.Thread(target=self._follow, name="camera", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self._camera.name

    def take(self) -> Picture | None:
        """A picture begun after this was asked; None when there are no more. Raises as the camera does."""
        with self._news:
            wanted = self._count + _WHOLE
            self._news.wait_for(lambda: self._over or self._count >= wanted, _PATIENCE_S)
            if self._error is not None:
                raise self._error
            return None if self._count < wanted or self._newest is None else self._newest[0]

    def follow(self) -> Picture | None:
        """As `take`."""
        return self.take()

    def glance(self) -> tuple[Picture, int] | None:
        """The newest picture made small, (180, 320, 3), and its time (us), without waiting; None so far."""
        with self._news:
            newest = self._newest
        if newest is None:
            return None
        small = cv2.resize(newest[0], _GLANCE_SIZE, interpolation=cv2.INTER_AREA)
        return np.asarray(small, dtype=np.uint8), newest[1]

    def close(self) -> None:
        """Take no more pictures and let go of the camera."""
        self._over = True
        self._thread.join(_PATIENCE_S)
        self._camera.close()

    def _follow(self) -> None:
        while not self._over:
            try:
                picture = self._camera.follow()
            except VisionError as error:
                picture, self._error = None, error
            with self._news:
                if picture is None:
                    self._over = True
                else:
                    self._newest = (picture, self._now_us())
                    self._count += 1
                self._news.notify_all()
