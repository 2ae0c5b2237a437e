"""The robot measures itself through the link: real firmware, judged by the safety layer, physics behind."""

from dataclasses import fields, replace

import numpy as np
import pytest

from firmware.board import lockstep as pins
from hil_tests.bench import PRESS_US, Bench
from host.arm.robot import load as load_robot
from host.calibrate.folder import Folder
from host.calibrate.home import calibrate_rig
from host.calibrate.link_rig import PRESS_GO, LinkRig
from host.calibrate.result import FILE, Calibration, load, save
from host.calibrate.steps import PLACEMENT
from host.calibrate.tests.test_result import FULL
from host.calibrate.use import calibrated
from host.twin.arm_errors import draw_arm_errors
from host.twin.noise import load as load_noise
from host.twin.pieces import draw_set
from vision.look import Looker
from vision.reading import Frame

SEED = 7
ROBOT = load_robot()


class Measured:
    """The robot of the twin behind its controllers, and a person who presses go when asked."""

    def __init__(self, folder):
        world = {
            "factory": "host.twin.world:make_world",
            "seed": SEED,
            "placement": PLACEMENT,
            "robot_plays": "red",
        }
        self.bench = bench = Bench.start(folder, world)
        self.looker = Looker()
        self.rig = LinkRig(bench.robot, bench.client, bench.time, self.take, self.hear)

    def take(self):
        t_us, image = self.bench.time.frame()
        return Frame(image, t_us, "camera")

    def hear(self, line):
        if line == PRESS_GO:
            self.bench.time.ask("press", buttons=pins.IN_BUTTON_GO, for_us=PRESS_US)

    def calibrate(self, folder):
        return calibrate_rig(self.rig, self.looker, folder, self.hear)


@pytest.fixture
def kept_at(monkeypatch, tmp_path):
    """Where calibrations are kept: not the home of whoever runs the tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def measured(request, tmp_path):
    if request.config.getoption("--device", "virtual") != "virtual":
        pytest.skip("only in the twin is it known what a calibration should find")
    measured = Measured(tmp_path / "twin")
    yield measured
    measured.bench.close()


def known_but(path, *steps):
    """The folder of a calibration in which all steps but `steps` are done."""
    empty = Calibration("")
    undone = [entry.name for entry in fields(FULL) if entry.name.startswith(steps)]
    save(replace(FULL, device=ROBOT.name, **{name: getattr(empty, name) for name in undone}), path / FILE)
    return Folder(path, ROBOT.name)


def truth():
    """What the twin draws for this robot: its pieces and the errors of its arm."""
    shape, noise = np.random.default_rng([SEED, 1]), load_noise()
    pieces = draw_set(ROBOT.piece.diameter, ROBOT.piece.height, noise, shape)
    return pieces, draw_arm_errors(noise, shape)


def check_height(result):
    pieces, _ = truth()
    chariots = [piece.height_m for piece in pieces if piece.label == "R"]
    assert min(abs(height - result.height_piece_m) for height in chariots) < 0.0002


@pytest.mark.timeout(3600)
def test_the_nose_feels_how_high_a_piece_is_and_no_stop_comes_of_it(measured, tmp_path, kept_at):
    result, kept = measured.calibrate(known_but(tmp_path / "found", "height"))
    assert kept.parent.parent == kept_at
    assert load(kept, ROBOT.name) == result
    check_height(result)
    assert measured.rig.stops == []


@pytest.mark.only_long
@pytest.mark.timeout(7200)
def test_a_robot_measures_itself_through_its_controllers(measured, tmp_path, kept_at):
    folder = Folder(tmp_path / "found", ROBOT.name)
    result, kept = measured.calibrate(folder)
    assert result.complete
    check_height(result)
    _, errors = truth()
    for name in ("link1_m", "link2_m", "marker_x_m", "marker_y_m"):
        assert abs(result.arm[name] - getattr(errors, name)) < 0.00015, name
    assert abs(result.arm["base_x_m"] - errors.shift_x_m) < 0.00015
    assert abs(result.arm["base_y_m"] - errors.shift_y_m) < 0.00015
    assert max(result.encoders_residual_counts) <= 2.0
    assert max(result.proof_mm) < 0.6
    assert measured.rig.stops == []
    assert calibrated(ROBOT, kept, ROBOT.name).aim.geometry == result.geometry
