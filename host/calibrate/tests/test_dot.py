import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.arm.marker import DISC_RADIUS, DOT_RADIUS
from host.calibrate.dot import find_dot

SCALE = 2690.0
"""Pixels to the metre at the marker's height."""


def picture(centre, ink=35, paper=225, ground=120, seed=0):
    """A disc with its dot, drawn eight times as fine, blurred and grained as a camera would."""
    fine = 8
    image = np.full((160 * fine, 240 * fine), ground, np.uint8)
    at = tuple(round((value + 0.5) * fine * 16 - 8) for value in centre)
    for radius, grey in ((DISC_RADIUS, paper), (DOT_RADIUS, ink)):
        cv2.circle(image, at, round(radius * SCALE * fine * 16), int(grey), -1, cv2.LINE_AA, 4)
    small = cv2.resize(image, (240, 160), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.GaussianBlur(small, (0, 0), 0.7)
    slope = np.linspace(0.93, 1.05, 240, dtype=np.float32)
    grain = np.random.default_rng(seed).normal(0.0, 1.8, small.shape)
    return np.repeat(np.clip(small * slope + grain, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


@given(st.floats(90, 150), st.floats(60, 100), st.floats(-12, 12), st.floats(-12, 12), st.integers(0, 50))
@settings(max_examples=15, deadline=None)
def test_the_centre_is_found_to_a_few_hundredths_of_a_pixel(x, y, dx, dy, seed):
    found = find_dot(picture((x, y), seed=seed), (x + dx, y + dy), SCALE)
    assert found == pytest.approx((x, y), abs=0.08)


@pytest.mark.parametrize(
    "image",
    [
        picture((120, 80), ink=225),  # a disc without a dot
        picture((120, 80), ink=190),  # one that is washed out
        picture((120, 80), paper=35),  # a dark disc alone
        np.full((160, 240, 3), 120, np.uint8),
    ],
)
def test_what_is_no_marker_is_not_taken_for_one(image):
    assert find_dot(image, (120.0, 80.0), SCALE) is None


def test_a_marker_cut_off_by_the_edge_is_not_measured():
    image = picture((120, 80))[:, 100:]
    found = find_dot(np.ascontiguousarray(image), (20.0, 80.0), SCALE)
    assert found is None or found == pytest.approx((20.0, 80.0), abs=0.08)
