import cv2
import numpy as np
import pytest

from host.twin.errors import RendererError


@pytest.fixture(scope="module")
def world():
    from host.arm.robot import load as load_robot
    from host.twin.noise import load as load_noise
    from host.twin.world import World

    return World(load_robot(), load_noise(), 3, robot_plays="red")


@pytest.fixture(scope="module")
def frame(world):
    try:
        return world.render()
    except RendererError as error:
        pytest.skip(str(error))


def pixel(point):
    """Where a point of the board surface falls in the picture of an ideal mount (620 mm up), roughly."""
    scale = 720 / (2 * 0.213)
    return np.array([640 + scale * point[0], 360 - scale * point[1]])


def round_things(frame):
    grey = cv2.GaussianBlur(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), (0, 0), 1.5)
    found = cv2.HoughCircles(
        grey, cv2.HOUGH_GRADIENT, 1, 40, param1=120, param2=22, minRadius=22, maxRadius=29
    )
    return found[0, :, :2] if found is not None else np.zeros((0, 2))


def test_the_frame_is_a_colour_picture_of_720_lines(frame):
    assert frame.shape == (720, 1280, 3)
    assert frame.dtype == np.uint8
    assert 60 < frame.mean() < 200
    assert frame.std() > 20


def test_a_round_face_is_seen_where_each_piece_stands(world, frame):
    seen = round_things(frame)
    for p in world.truth()["pieces"]:
        away = np.linalg.norm(seen - pixel((p["x_m"], p["y_m"])), axis=1)
        assert away.min() < 26, p


def test_red_pieces_look_redder_than_black_ones(world, frame):
    redness = {True: [], False: []}
    for p in world.truth()["pieces"]:
        x, y = pixel((p["x_m"], p["y_m"])).astype(int)
        patch = frame[max(0, y - 15) : y + 15, x - 15 : x + 15].astype(float)
        redness[p["label"].isupper()].append(float((patch[..., 2] - patch[..., 1]).mean()))
    assert min(redness[True]) > max(redness[False])


def test_the_field_of_board_and_trays_fits_into_the_frame(robot):
    assert np.all(pixel((robot.board.field_width / 2, -robot.board.field_depth / 2)) < [1280 - 13, 720 - 13])


def test_two_frames_differ_by_sensor_noise_alone(world, frame, noise):
    again = world.render().astype(int)
    difference = again - frame
    assert 0.5 * noise.camera.pixel_sigma_levels < difference.std() < 4 * noise.camera.pixel_sigma_levels
    assert abs(difference.mean()) < 5


def test_looking_changes_nothing_in_the_world(make, frame):
    looked, blind = make(seed=9), make(seed=9)
    looked.render()
    for each in (looked, blind):
        each.hand.begin_move(64, 67, False)
        each.advance(800_000)
    assert np.array_equal(looked.data.qpos, blind.data.qpos)


def test_a_hand_over_the_board_is_seen(make, frame):
    world = make(seed=3)
    before = world.render().astype(int)
    world.hand.begin_wave(40)
    world.advance(world.now_us() + 1_200_000)
    changed = np.abs(world.render().astype(int) - before).max(axis=2) > 40
    assert 0.01 < changed.mean() < 0.3


def test_the_arm_is_seen_over_the_board_and_not_when_parked(make, bench_of, frame, robot):
    world = make(seed=3)
    before = world.render().astype(int)
    bench = bench_of(world)
    bench.go((robot.shoulder.park, robot.elbow.park, robot.lift.park), 1.0)
    inner = np.abs(world.render().astype(int) - before).max(axis=2)[:, 330:950] > 40
    assert inner.mean() < 0.001
    bench.go(bench.over(0.0, 0.1, 0.030), 2.0)
    inner = np.abs(world.render().astype(int) - before).max(axis=2)[:, 330:950] > 40
    assert inner.mean() > 0.03
