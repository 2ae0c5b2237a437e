import math

import pytest

from host.arm.choreography import Scene, Task, centres, plan_tasks
from host.arm.frames import square_board
from host.arm.robot import load as load_robot
from host.trial.bench import Bench
from host.trial.errors import BenchError
from host.twin.noise import load as load_noise
from host.twin.world import World

ROBOT = load_robot()
E3, E4 = 31, 40


@pytest.fixture(scope="module", params=["red", "black"])
def bench(request):
    bench = Bench(World(ROBOT, load_noise(), 3, robot_plays=request.param))
    bench.power_on()
    return bench


def test_the_switches_say_where_the_arm_is_up_to_their_own_errors(bench):
    noise = bench.world.noise
    counted = ROBOT.joints(bench.usteps)
    true = bench.world.truth()["arm"]
    play = math.radians(noise.motor.play_arcmin / 60)
    most = noise.arm.switch_max_mrad * 1e-3 + 4 * noise.arm.switch_repeat_sigma_mrad * 1e-3 + play
    assert abs(true["shoulder_rad"] - counted.shoulder) < most
    assert abs(true["elbow_rad"] - counted.elbow) < most
    assert abs(true["lift_m"] - counted.lift) < 0.0005


def test_a_piece_is_carried_as_planned(bench):
    before = {piece["id"]: piece for piece in bench.world.truth()["pieces"]}
    mover = next(piece for piece in before.values() if piece["square"] == E3)
    there = square_board(ROBOT, E3)
    offset = (mover["x_m"] - there.x, mover["y_m"] - there.y)
    squares = [piece["square"] for piece in before.values()]
    scene = Scene(bench.world.robot_plays, centres(ROBOT, squares, {E3: offset}), bench.usteps)
    for stage in plan_tasks(ROBOT, scene, [Task(E3, E4, "move")], park=True):
        bench.run(stage.steps)
    bench.settle()
    after = {piece["id"]: piece for piece in bench.world.truth()["pieces"]}
    put = after.pop(mover["id"])
    goal = square_board(ROBOT, E4)
    assert math.hypot(put["x_m"] - goal.x, put["y_m"] - goal.y) < 0.0015  # nothing was learned yet
    assert all(
        math.hypot(piece["x_m"] - before[key]["x_m"], piece["y_m"] - before[key]["y_m"]) < 0.0001
        for key, piece in after.items()
    )
    assert bench.usteps == ROBOT.usteps(ROBOT.park)


def test_a_motion_from_somewhere_else_is_refused(bench):
    scene = Scene(bench.world.robot_plays, centres(ROBOT, [E4], {}), (bench.usteps[0] - 5, *bench.usteps[1:]))
    stages = plan_tasks(ROBOT, scene, [Task(E4, E3, "move")], park=False)
    with pytest.raises(BenchError, match="but the arm is at"):
        bench.run(stages[0].fetch)
