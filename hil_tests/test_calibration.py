"""The robot measures itself through the link: real firmware, judged by the safety layer, physics behind."""

from dataclasses import fields, replace

import numpy as np
import pytest

from firmware.board import lockstep as pins
from hil_tests.bench import PRESS_US, Bench
from host.calibrate.link_rig import PRESS_GO, LinkRig
from host.calibrate.result import Calibration
from host.calibrate.steps import PLACEMENT, Calibrator
from host.calibrate.tests.test_result import FULL
from host.twin.noise import load as load_noise
from host.twin.pieces import draw_set
from vision.look import Looker
from vision.reading import Frame

SEED = 7


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
        self.said, self.kept = [], []
        self.looker = Looker()
        self.rig = LinkRig(bench.robot, bench.client, bench.time, self.take, self.hear)

    def take(self):
        t_us, image = self.bench.time.frame()
        return Frame(image, t_us, "camera")

    def hear(self, line):
        self.said.append(line)
        if line == PRESS_GO:
            self.bench.time.ask("press", buttons=pins.IN_BUTTON_GO, for_us=PRESS_US)

    def get_ready(self):
        self.rig.get_ready(lambda: self.looker.look(self.rig.picture()))

    def calibrate(self, known):
        def keep(result, step, picture):
            assert picture.shape == (720, 1280, 3)
            self.kept.append(step)

        return Calibrator(self.rig, "red", self.looker, keep, self.hear).run(known)


@pytest.fixture
def measured(request, tmp_path):
    if request.config.getoption("--device", "virtual") != "virtual":
        pytest.skip("only in the twin is it known what a calibration should find")
    measured = Measured(tmp_path / "twin")
    yield measured
    measured.bench.close()


def known_but(*steps):
    """A calibration in which all steps but `steps` are done."""
    empty = Calibration("twin")
    undone = [entry.name for entry in fields(FULL) if entry.name.startswith(steps)]
    return replace(FULL, **{name: getattr(empty, name) for name in undone})


@pytest.mark.timeout(3600)
def test_the_nose_feels_how_high_a_piece_is_and_no_stop_comes_of_it(measured):
    measured.get_ready()
    result = measured.calibrate(known_but("lens", "height"))
    assert measured.kept == ["lens", "height"]
    piece = measured.bench.robot.piece
    pieces = draw_set(piece.diameter, piece.height, load_noise(), np.random.default_rng([SEED, 1]))
    chariots = [piece.height_m for piece in pieces if piece.label == "R"]
    assert min(abs(height - result.height_piece_m) for height in chariots) < 0.0002
    assert result.lens_residual_cells < 0.003
    assert measured.rig.stops == []
