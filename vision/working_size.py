"""Pictures of more pixels than any look needs are worked on smaller, and told about in their own pixels.

A board that fills a third of a picture of twelve million pixels has cells of some 130 pixels, and no net
looks at more than 48 of them. What is finer costs memory and time alone.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_WORKED_PIXELS", "working_size"]

#: A telephone's usual 12 million pixels are worked on as they are.
MOST_WORKED_PIXELS = 12_500_000


def working_size(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Shrink a picture (H, W, 3) uint8 to `MOST_WORKED_PIXELS`; one that has no more is given back itself.

    Returns the picture and the matrix (3, 3) from pixels of `image` to its pixels.
    """
    height, width = image.shape[:2]
    scale = math.sqrt(MOST_WORKED_PIXELS / (height * width))
    if scale >= 1:
        return image, np.eye(3)
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    across, down = size[0] / width, size[1] / height
    to_small = np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), to_small
