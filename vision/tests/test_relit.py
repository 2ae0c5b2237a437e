"""A board that is not found in its own light is looked for in others."""

import numpy as np
import pytest

from vision.lattice import LatticeFit
from vision.locate import Locator
from vision.relit import other_lights


def striped(light: np.ndarray) -> np.ndarray:
    """Lines a fifth darker than the ground under a light (240, 320) of 0..255."""
    lines = np.where(np.arange(320) % 16 < 4, 0.8, 1.0)
    return np.repeat((light * lines)[:, :, None], 3, axis=2).astype(np.uint8)


def test_views_keep_the_pixels_where_they_are_and_the_picture_as_it_was():
    picture = striped(np.full((240, 320), 60.0))
    kept = picture.copy()
    views = list(other_lights(picture))
    assert len(views) == 3
    assert (picture == kept).all()
    for view in views:
        assert view.shape == picture.shape
        assert view.dtype == np.uint8
        darker = view[:, 48:272].reshape(240, 14, 16, 3).mean(axis=(0, 1, 3))
        assert darker[:4].max() < darker[4:].min()


def test_lines_in_the_shade_stand_out_more():
    light = np.full((240, 320), 200.0)
    light[:, 160:] = 25.0

    def contrast(view: np.ndarray) -> float:
        return float(view[40:200, 240:300].std())

    picture = striped(light)
    for view in other_lights(picture):
        assert contrast(view) > 1.5 * contrast(picture)


@pytest.mark.parametrize(
    ("sure_at", "confidence", "looked_at", "found"),
    [
        (0, 0.8, 1, True),
        (1, 0.8, 2, True),
        (3, 0.8, 4, True),
        (None, 0.0, 4, False),
        (0, 0.6, 1, True),
        (1, 0.66, 4, True),
        (1, 0.6, 4, False),
    ],
)
def test_no_more_lights_are_tried_than_it_takes_and_they_must_show_it_surely(
    sure_at, confidence, looked_at, found, monkeypatch
):
    locator, seen = Locator(threads=1), []
    lattice = np.array([[20.0, 0, 40], [0, 20.0, 30], [0, 0, 1]])

    def starts(picture):
        seen.append(picture)
        yield lattice

    def settled(picture, start):
        return start, LatticeFit(start, 0.02, confidence if len(seen) - 1 == sure_at else 0.1, 90), None

    monkeypatch.setattr(locator, "_starts", starts)
    monkeypatch.setattr(locator, "_settled", settled)
    located = locator.locate(striped(np.full((240, 320), 90.0)))
    assert len(seen) == looked_at
    assert (located is not None) == found
    if located is not None:
        assert np.allclose(located.corners[0], (40, 30))
