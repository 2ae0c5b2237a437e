"""The gantry in the twin: its slides follow their drums, and it carries pieces like the arm does."""

import math

import pytest

from host.arm.choreography import MagnetStep, MoveStep, Scene, plan_turn
from host.arm.frames import Point, square_board
from host.arm.homing import plan_recovery
from host.arm.robot import DEFAULT_FILE, load
from host.arm.tests.edge_checker import send
from host.twin.noise import load as load_noise
from host.twin.world import World

ROBOT = load(DEFAULT_FILE.with_name("robot-gantry.toml"))
H2, E2 = 25, 22


def powered_world(seat):
    """A world whose motors hold the arm where it stands."""
    world = World(ROBOT, load_noise(), 7, robot_plays=seat)
    world.set_motor_power(True)
    world.advance(world.now_us() + 300_000)
    return world


def play(world, motion):
    """Let the motors make every edge of a motion, and wait until it is over."""
    sent = send(motion)
    now = world.now_us()
    for axis in range(3):
        world.push_edges(axis, now + sent.times[axis] * 1e6, sent.signs[axis])
    world.advance(now + round(sent.duration * 1e6) + 20_000)
    return sent.end


def test_slides_follow_their_drums():
    world = powered_world("red")
    arm = world.truth()["arm"]
    y = -(4.5 * ROBOT.board.pitch + ROBOT.arm.base_distance)
    assert arm["tip_x_m"] == pytest.approx(ROBOT.arm.link1 * arm["shoulder_rad"], abs=1.5e-3)
    assert arm["tip_y_m"] == pytest.approx(y + ROBOT.arm.link2 * arm["elbow_rad"], abs=1.5e-3)


@pytest.mark.parametrize("seat", ["red", "black"])
def test_it_carries_a_piece_to_another_point(seat):
    world = powered_world(seat)
    pieces = {
        piece["square"]: Point(piece["x_m"], piece["y_m"])
        for piece in world.truth()["pieces"]
        if piece["where"] == "board"
    }
    # Nobody has told this world where it is: the motors are where they are, the lift at its top.
    fields = tuple(drive.field for drive in world._drives)
    for motion in plan_recovery(ROBOT, ROBOT.joints(fields)):
        play(world, motion)
    scene = Scene(seat, pieces, ROBOT.usteps(ROBOT.park))
    label = next(piece["id"] for piece in world.truth()["pieces"] if piece["square"] == H2)
    for stage in plan_turn(ROBOT, scene, (H2, E2), False):
        for step in stage.steps:
            if isinstance(step, MoveStep):
                assert play(world, step.motion) == step.motion.end_usteps
            elif isinstance(step, MagnetStep):
                world.set_magnet(1000 if step.on else -300)
                world.advance(world.now_us() + round(step.settle_s * 1e6))
                if not step.on:
                    world.set_magnet(0)
    piece = next(each for each in world.truth()["pieces"] if each["id"] == label)
    assert piece["square"] == E2
    target = square_board(ROBOT, E2)
    assert math.dist((piece["x_m"], piece["y_m"]), target) < 1.5e-3
