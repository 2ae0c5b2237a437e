import math
from dataclasses import replace

import numpy as np
import pytest

from host.arm.aim import ArmGeometry
from host.arm.frames import square_board
from host.arm.moves import swing, travel_usteps
from host.arm.robot import load as load_robot
from host.calibrate.errors import MeasurementError
from host.calibrate.result import Calibration
from host.calibrate.steps import PLACEMENT, Calibrator
from host.trial.bench import Bench
from host.twin.noise import load as load_noise
from host.twin.world import World
from vision.look import Looker

ROBOT = load_robot()
LOOKER = Looker()


def calibrator(noise, kept, seed=7):
    bench = Bench(World(ROBOT, noise, seed, PLACEMENT, "red"))
    bench.power_on()
    return bench, Calibrator(bench, "red", LOOKER, kept.append, lambda line: None)


def test_every_parameter_starts_wrong_and_is_recovered():
    kept = []
    noise = load_noise()
    bench, steps = calibrator(noise, kept)
    result = steps.run(Calibration("twin-7"))
    assert [each.done("geometry") for each in kept] == [False, False, False, True]

    assert result.lens_residual_cells < 0.003
    assert max(result.encoders_residual_counts) <= 2.0
    play = math.radians(noise.motor.play_arcmin / 60)
    assert result.play_shoulder_rad == pytest.approx(play, abs=3e-4)
    assert result.play_elbow_rad == pytest.approx(play, abs=4e-4)
    chariot = next(piece for piece in bench.world.pieces if piece.label == "R")
    middle = bench.world.surface.height(0.0, -0.02)
    assert result.height_piece_m == pytest.approx(chariot.height_m + middle, abs=4.5e-4)

    # A dozen carries, each with its slip, must not lead the arm astray anywhere.
    assert misses(bench, ArmGeometry.of(result.geometry)).max() < 0.0008
    assert result.geometry_residual_mm < 0.45


def misses(bench, geometry):
    """How far (m) the nose ends from a few intersections, beyond what all of them have in common."""
    off = []
    for square in (0, 8, 40, 81, 89):
        place = square_board(ROBOT, square)
        shoulder, elbow, _ = ROBOT.usteps(geometry.joints(ROBOT, place, 0.03))
        goal = (shoulder, elbow, travel_usteps(ROBOT))
        bench.move(swing(ROBOT, bench.usteps, goal, "there", approach=True))
        bench.settle()
        arm = bench.world.truth()["arm"]
        off.append((arm["tip_x_m"] - place.x, arm["tip_y_m"] - place.y))
    return np.hypot(*(np.array(off) - np.mean(off, axis=0)).T)


def test_what_was_measured_before_is_not_measured_again():
    kept = []
    _, steps = calibrator(load_noise(), kept)
    done = Calibration(
        "twin-7",
        lens_residual_cells=0.001,
        lens_bend_mm=1.0,
        encoders_shoulder=(0.0,) * 7,
        encoders_elbow=(0.0,) * 7,
        encoders_residual_counts=(0.1, 0.1),
        play_shoulder_rad=0.0,
        play_elbow_rad=0.0,
        geometry=(0.0,) * 6,
        geometry_residual_mm=0.1,
    )
    result = steps.run(done)
    assert len(kept) == 1
    assert replace(result, height_piece_m=None) == done


def test_a_loose_encoder_is_refused():
    kept = []
    bench, steps = calibrator(load_noise(), kept)
    # A magnet that turns on its shaft: the reading jumps half way through the sweep.
    read = bench.encoders

    def jumping():
        shoulder, elbow = read()
        return (shoulder + 9 * (bench.usteps[0] % 5000 > 2500)) % 4096, elbow

    bench.encoders = jumping
    with pytest.raises(MeasurementError, match="after linearisation"):
        steps.run(Calibration("twin-7", lens_residual_cells=0.001, lens_bend_mm=1.0, height_piece_m=0.01))
    assert kept == []
