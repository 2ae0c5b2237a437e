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


@pytest.mark.parametrize(("found_at", "looked_at"), [(0, 1), (1, 2), (3, 4), (None, 4)])
def test_no_more_lights_are_tried_than_it_takes(found_at, looked_at, monkeypatch):
    locator, seen = Locator(threads=1), []
    lattice = np.array([[20.0, 0, 40], [0, 20.0, 30], [0, 0, 1]])

    def surest(picture):
        seen.append(picture)
        return (lattice, LatticeFit(lattice, 0.02, 0.8, 90), None) if len(seen) - 1 == found_at else None

    monkeypatch.setattr(locator, "_surest", surest)
    located = locator.locate(striped(np.full((240, 320), 90.0)))
    assert len(seen) == looked_at
    assert (located is None) == (found_at is None)
    if located is not None:
        assert np.allclose(located.corners[0], (40, 30))
