import math

import numpy as np
import pytest

from host.arm.aim import ArmGeometry
from host.arm.choreography import Scene, Task, centres, plan_tasks
from host.arm.frames import square_board
from host.arm.robot import DEFAULT_FILE, load
from host.game.practice import Practice

ROBOT = load()
REAL = ArmGeometry(shoulder_rad=0.0006, elbow_rad=-0.0005, link1_m=0.0002, base_y_m=0.0003)


def carried(practice, source, target):
    """Plan a carry, and where the real arm's piece comes to stand, off its intersection (m)."""
    scene = Scene("red", centres(ROBOT, [source], {}), ROBOT.usteps(ROBOT.park), aim=practice.aim)
    (stage,) = plan_tasks(ROBOT, scene, [Task(source, target, "move")], park=False)
    taken, put = (
        ROBOT.joints(min(ends, key=lambda usteps: usteps[2]))
        for ends in (
            [step.motion.end_usteps for step in steps if hasattr(step, "motion")]
            for steps in (stage.fetch, stage.put)
        )
    )
    beside = np.subtract(REAL.tool(ROBOT, taken), square_board(ROBOT, source))
    # The piece hangs on link 2 and turns with it, and so does what it hangs beside the nose.
    turn = put.shoulder + put.elbow - taken.shoulder - taken.elbow
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    off = np.subtract(REAL.tool(ROBOT, put), square_board(ROBOT, target)) - rotation @ beside
    return stage, (float(off[0]), float(off[1]))


def test_what_is_seen_of_placed_pieces_makes_the_next_ones_stand_better():
    practice = Practice(ROBOT, "red")
    rng = np.random.default_rng(1)
    offs = []
    for _ in range(16):
        source, target = (int(square) for square in rng.choice(90, 2, replace=False))
        stage, off = carried(practice, source, target)
        practice.forget()
        practice.put_down(stage)
        practice.measured((target,), {target: off})
        offs.append(math.hypot(*off))
    assert np.mean(offs[8:]) < 0.5 * np.mean(offs[:4])
    assert np.mean(offs[8:]) < 0.0001


@pytest.mark.parametrize("lesson", ["touched", "not measured", "planned anew"])
def test_it_learns_only_from_its_own_untouched_work(lesson):
    practice = Practice(ROBOT, "red")
    before = practice.aim.geometry
    stage, off = carried(practice, 0, 80)
    practice.put_down(stage)
    if lesson == "planned anew":
        practice.forget()
    seen = (0.005, 0.0) if lesson == "touched" else off
    practice.measured((80,), {} if lesson == "not measured" else {80: seen})
    assert practice.aim.geometry == before


def test_a_gantry_goes_by_its_drawing():
    practice = Practice(load(DEFAULT_FILE.with_name("robot-gantry.toml")), "red")
    practice.measured((3,), {3: (0.0005, 0.0)})
    assert practice.aim is None
