"""Robots of the twin, every number of them wrong as `noise.toml` has it: what is found, and how well."""

import math
from dataclasses import replace

import numpy as np
import pytest

from host.arm.frames import Point, square_board
from host.arm.moves import swing, travel_usteps
from host.arm.robot import load as load_robot
from host.calibrate.errors import MeasurementError
from host.calibrate.result import NAMES, STEPS, Calibration
from host.calibrate.steps import PLACEMENT, Calibrator
from host.trial.bench import Bench
from host.twin.noise import load as load_noise
from host.twin.world import World
from vision.look import Looker

ROBOT = load_robot()
LOOKER = Looker()
LENS = {"lens_residual_cells": 0.001, "lens_bend_mm": 1.0}
SWEPT = {
    "encoders_shoulder": (0.0,) * 7,
    "encoders_elbow": (0.0,) * 7,
    "encoders_residual_counts": (0.1, 0.1),
    "play_shoulder_rad": 0.0017,
    "play_elbow_rad": 0.0017,
}
FOUND = {
    "marker_sights": (2.0, -1.5, 0.03, 600.0, 300.0) * 3,
    "arm": dict.fromkeys(NAMES, 0.0) | {"focal_px": 1050.0, "camera_z_m": 0.62},
    "arm_sigma": dict.fromkeys(NAMES, 0.001),
    "arm_covariance": (0.0,) * 36,
    "arm_grid_px": 0.05,
    "arm_marker_px": 0.05,
    "arm_marker_mm": 0.02,
    "arm_push_mm": 0.03,
}
TRAYS = {"tray_left": (0.0,) * 3, "tray_right": (0.0,) * 3, "tray_residual_mm": 0.1}
PROOF = {"proof_mm": (0.2,)}


def calibrator(seed, kept, noise=None):
    bench = Bench(World(ROBOT, noise or load_noise(), seed, PLACEMENT, "red"))
    bench.power_on()

    def keep(result, step, picture):
        assert picture.shape == (720, 1280, 3)
        kept.append((step, result))

    return bench, Calibrator(bench, "red", LOOKER, keep, lambda line: None)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("seed", "known"), [(7, {}), (11, SWEPT | PROOF), (20, SWEPT | PROOF)])
def test_every_parameter_starts_wrong_and_is_recovered(seed, known):
    kept = []
    bench, steps = calibrator(seed, kept)
    result = steps.run(Calibration(f"twin-{seed}", **known))
    assert [step for step, _ in kept] == [
        step for step in STEPS if not Calibration("x", **known).done(step)
    ]
    world = bench.world

    # The tool, anywhere on the board: 0.2 mm.
    assert misses(bench, result.geometry).max() < 0.0002

    # Each number by itself, and none farther off than four times what it says of itself.
    truth = true_numbers(bench)
    bounds = {"link": 0.15e-3, "base": 0.15e-3, "marker": 0.15e-3, "shoul": 0.15e-3, "elbow": 0.4e-3}
    for name, value in truth.items():
        off = abs(result.arm[name] - value)
        most = next((bound for start, bound in bounds.items() if name.startswith(start)), math.inf)
        assert off < most, (name, result.arm[name], value)
        assert off < 4.0 * result.arm_sigma[name] + 2e-5, (name, result.arm[name], value)
    assert result.arm["focal_px"] == pytest.approx(truth["focal_px"], rel=0.003)
    assert result.arm["camera_x_m"] == pytest.approx(truth["camera_x_m"], abs=0.0004)
    assert result.arm["camera_y_m"] == pytest.approx(truth["camera_y_m"], abs=0.0004)

    chariots = [piece for piece in world.pieces if piece.label == "R"]
    nearest = min(abs(piece.height_m - result.height_piece_m) for piece in chariots)
    assert nearest < 0.00015  # what one more pair of pressed faces gives in the twin is in it
    for side in ("left", "right"):
        x, y, turn = getattr(result, f"tray_{side}")
        lies = world.laid_out.tray
        true = (getattr(lies, f"{side}_x"), getattr(lies, f"{side}_y"), getattr(lies, f"{side}_turn"))
        assert math.dist((x, y), true[:2]) < 0.0003
        assert abs(turn - true[2]) < 0.0015

    assert result.arm_marker_mm < 0.03
    assert result.arm_push_mm < 0.08
    assert result.arm_grid_px < 0.1
    if not known:
        assert max(result.proof_mm) < 0.6  # slip is in it
        assert result.lens_residual_cells < 0.003
        assert max(result.encoders_residual_counts) <= 2.0
        play = math.radians(world.noise.motor.play_arcmin / 60)
        assert result.play_shoulder_rad == pytest.approx(play, abs=3e-4)
        assert result.play_elbow_rad == pytest.approx(play, abs=4e-4)


def true_numbers(bench):
    """What the twin knows; the arm's zeros from where its joints really stand when they have come to rest."""
    world, errors = bench.world, bench.world._errors
    zeros = []
    for square in (0, 8, 40, 81, 89):
        go(bench, square_board(ROBOT, square))
        stand, counted = world.truth()["arm"], ROBOT.joints(bench.usteps)
        zeros.append((stand["shoulder_rad"] - counted.shoulder, stand["elbow_rad"] - counted.elbow))
    shoulder, elbow = np.mean(zeros, axis=0)
    model, camera = world._model, world.at.camera
    return {
        "shoulder_rad": shoulder + errors.turn_rad,
        "elbow_rad": elbow,
        "link1_m": errors.link1_m,
        "link2_m": errors.link2_m,
        "base_x_m": errors.shift_x_m,
        "base_y_m": errors.shift_y_m,
        "marker_x_m": errors.marker_x_m,
        "marker_y_m": errors.marker_y_m,
        "camera_x_m": model.cam_pos[camera][0],
        "camera_y_m": model.cam_pos[camera][1],
        "focal_px": 360.0 / math.tan(math.radians(model.cam_fovy[camera]) / 2),
    }


def misses(bench, geometry):
    """How far (m) the nose ends from where it was sent, over the board."""
    off = []
    for square in (0, 4, 8, 36, 44, 81, 85, 89):
        place = square_board(ROBOT, square)
        go(bench, place, geometry)
        arm = bench.world.truth()["arm"]
        off.append(math.dist((arm["tip_x_m"], arm["tip_y_m"]), place))
    return np.array(off)


def go(bench, place, geometry=None):
    from host.arm.aim import ArmGeometry

    joints = (geometry or ArmGeometry()).joints(ROBOT, Point(*place), ROBOT.lift.travel)
    shoulder, elbow, _ = ROBOT.usteps(joints)
    goal = (shoulder, elbow, travel_usteps(ROBOT))
    bench.move(swing(ROBOT, bench.usteps, goal, "there", approach=True))
    bench.settle()


def test_what_was_measured_before_is_not_measured_again():
    kept = []
    _, steps = calibrator(7, kept)
    done = Calibration("twin-7", **(LENS | SWEPT | FOUND | TRAYS | PROOF))
    result = steps.run(done)
    assert [step for step, _ in kept] == ["height"]
    assert replace(result, height_piece_m=None, height_floor_m=None) == done


HEIGHT = {"height_piece_m": 0.01, "height_floor_m": 0.0}


def test_a_loose_encoder_is_refused():
    kept = []
    bench, steps = calibrator(7, kept)
    # A magnet that turns on its shaft: the reading jumps half way through the sweep.
    read = bench.encoders

    def jumping():
        shoulder, elbow = read()
        return (shoulder + 9 * (bench.usteps[0] % 5000 > 2500)) % 4096, elbow

    bench.encoders = jumping
    with pytest.raises(MeasurementError, match="after linearisation"):
        steps.run(Calibration("twin-7", **(LENS | HEIGHT)))
    assert kept == []


def test_an_arm_without_a_marker_is_refused():
    kept = []
    bench, steps = calibrator(7, kept)
    model = bench.world._model
    for geom in range(model.ngeom):
        if model.geom_matid[geom] == model.material("ink").id:
            model.geom_rgba[geom] = (0.93, 0.93, 0.92, 1.0)
            model.geom_matid[geom] = -1
    with pytest.raises(MeasurementError, match=r"the arm.s marker was seen in \d of"):
        steps.run(Calibration("twin-7", **(LENS | HEIGHT | SWEPT)))
    assert kept == []
