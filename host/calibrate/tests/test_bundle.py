"""The fit by itself, on measurements made up from numbers that are known."""

import math

import numpy as np
import pytest

from host.arm import marker
from host.arm.aim import ArmGeometry
from host.arm.frames import Point
from host.arm.robot import load
from host.calibrate.bundle import NOSE_RADIUS, PARAMETERS, Fit, GridSight, MarkerSight, PushSight, Sights, fit
from host.calibrate.overhead import OverheadCamera

ROBOT = load()
SIZE = (1280, 720)
SPREAD = {
    "focal_px": 8.0,
    "k1": 0.015,
    "p1": 0.0003,
    "camera_rx_rad": 0.004,
    "camera_ry_rad": 0.004,
    "camera_rz_rad": 0.004,
    "camera_x_m": 0.003,
    "camera_y_m": 0.003,
    "camera_z_m": 0.003,
    "bow_m": 0.0003,
    "twist_m": 0.0003,
    "shoulder_rad": 0.0006,
    "elbow_rad": 0.0006,
    "link1_m": 0.0003,
    "link2_m": 0.0003,
    "base_x_m": 0.0003,
    "base_y_m": 0.0003,
    "marker_x_m": 0.0004,
    "marker_y_m": 0.0004,
    "marker_z_m": 0.0005,
    "rim_m": 0.0001,
}


def drawn(seed):
    rng = np.random.default_rng(seed)
    values = np.zeros(len(PARAMETERS))
    values[0], values[PARAMETERS.index("camera_z_m")] = 1048.0, ROBOT.camera.height
    for name, sigma in SPREAD.items():
        values[PARAMETERS.index(name)] += rng.normal(0.0, sigma)
    return Fit.known(ROBOT, values, SIZE)


def grid(real, rng, sigma=0.05):
    sights = []
    for x in np.arange(-4, 5) * 0.04:
        for y in np.arange(-4.5, 5.0) * 0.04:
            spot = np.array([[x, y]])
            pixel = real.camera.project(np.column_stack([spot, real.surface.heights(spot)]))[0]
            for normal in ((1.0, 0.0), (0.0, 1.0)):
                seen = pixel + np.array(normal) * rng.normal(0.0, sigma)
                sights.append(GridSight((float(x), float(y)), tuple(seen), normal))
    return sights


def places():
    return [Point(x, y) for x in np.linspace(-0.2, 0.2, 6) for y in np.linspace(-0.1, 0.1, 5)]


def markers(real, rng, sigma=0.04):
    sights = []
    for place in places():
        for lift in (0.03, 0.007):
            joints = ArmGeometry().joints(ROBOT, place, lift)
            tool, at = np.array(real.geometry.tool(ROBOT, joints)), sum(joints[:2])
            at += real["shoulder_rad"] + real["elbow_rad"]
            along = np.array([math.cos(at), math.sin(at)])
            spot = tool + along * real["marker_x_m"] + [-along[1], along[0]] @ np.eye(2) * real["marker_y_m"]
            top = lift + marker.HEIGHT + real["marker_z_m"]
            pixel = real.camera.project(np.array([[*spot, top]]))[0] + rng.normal(0.0, sigma, 2)
            sights.append(MarkerSight(joints, tuple(pixel)))
    return sights


def pushes(real, rng, sigma=0.00003):
    sights = []
    rim = NOSE_RADIUS + ROBOT.piece.diameter / 2 + real["rim_m"]
    for place in [Point(x, y) for x in (-0.15, 0.0, 0.15) for y in (-0.17, 0.0, 0.15)]:
        for way in np.radians([150.0, 220.0, 290.0]):
            joints = ArmGeometry().joints(ROBOT, place, 0.0065)
            nose = np.array(real.geometry.tool(ROBOT, joints))
            piece = nose + (rim + rng.normal(0.0, sigma)) * np.array([math.cos(way), math.sin(way)])
            height = 0.0097 + float(real.surface.heights(piece[None])[0])
            pixel = real.camera.project(np.array([[*piece, height]]))[0]
            sights.append(PushSight(joints, tuple(pixel), 0.0097))
    return sights


@pytest.mark.parametrize("seed", range(4))
def test_every_number_is_found_within_what_the_fit_says_of_it(seed):
    real, rng = drawn(seed), np.random.default_rng(100 + seed)
    found = fit(Sights(ROBOT, SIZE, 1052.0, grid(real, rng), markers(real, rng), pushes(real, rng)))
    off = np.abs(found.values - real.values)
    assert (off < 4.5 * found.deviations).all(), dict(zip(PARAMETERS, off / found.deviations, strict=True))
    for name in ("link1_m", "link2_m", "base_x_m", "base_y_m", "marker_x_m", "marker_y_m"):
        assert off[PARAMETERS.index(name)] < 0.00015, name
    for name in ("shoulder_rad", "elbow_rad"):
        assert off[PARAMETERS.index(name)] < 0.0003, name
    assert found.grid_px == pytest.approx(0.05, rel=0.2)
    assert found.push_mm == pytest.approx(0.03, rel=0.5)
    assert found.left_out <= 4


def test_without_pushes_it_says_that_it_does_not_know_the_nose():
    real, rng = drawn(1), np.random.default_rng(1)
    found = fit(Sights(ROBOT, SIZE, 1052.0, grid(real, rng), markers(real, rng)))
    assert found.deviation("link2_m") > 0.001
    assert found.deviation("link1_m") > 0.0005
    assert found.deviation("shoulder_rad") < 0.0001


def test_a_sight_of_something_else_is_left_out():
    real, rng = drawn(2), np.random.default_rng(2)
    seen = markers(real, rng)
    seen[7] = MarkerSight(seen[7].joints, (seen[7].pixel[0] + 9.0, seen[7].pixel[1]))
    found = fit(Sights(ROBOT, SIZE, 1052.0, grid(real, rng), seen, pushes(real, rng)))
    assert found.left_out >= 1
    assert abs(found["link1_m"] - real["link1_m"]) < 0.00015


def test_an_arm_that_bends_shows_in_what_is_left():
    real, rng = drawn(3), np.random.default_rng(3)
    loose = [
        MarkerSight(each.joints, (each.pixel[0] + 1.5 * math.sin(9.0 * each.joints.elbow), each.pixel[1]))
        for each in markers(real, rng)
    ]
    found = fit(Sights(ROBOT, SIZE, 1052.0, grid(real, rng), loose, pushes(real, rng)))
    assert found.marker_mm > 0.08


def test_a_pixel_goes_back_to_the_point_it_came_from():
    lens, turn = (-0.02, 0.003, 0.0003, -0.0002), (0.01, -0.02, 0.03)
    camera = OverheadCamera(1048.0, lens, turn, (0.002, -0.003, 0.62), SIZE)
    rng = np.random.default_rng(0)
    points = rng.uniform([-0.25, -0.19, 0.0], [0.25, 0.19, 0.2], (50, 3))
    back = camera.on_plane(camera.project(points), points[:, 2])
    assert np.abs(back - points[:, :2]).max() < 1e-9
