"""The watch stream on real pictures of the twin: the arm explains itself, a hand does not."""

from dataclasses import replace

import pytest

from host.arm.frames import square_board
from host.arm.kinematics import inverse_board
from host.arm.robot import load
from host.game.lookout import FRESH_US, PERIOD_US, QUIET_US, Lookout
from host.twin.errors import RendererError
from host.twin.noise import load as load_noise
from host.twin.world import World
from vision.look import Looker
from vision.reading import Frame
from vision.watch import CHANGED, UNKNOWN

ROBOT = load()


class Stage:
    """The twin's world with the arm put where a test wants it, and a lookout over its camera."""

    def __init__(self, seat):
        self.world = World(ROBOT, load_noise(), 5, robot_plays=seat)
        self.seat = seat
        self.joints = ROBOT.park
        self.now_us = 0
        self.camera_works = True
        self.put_arm()
        self.lookout = Lookout(self._glance, ROBOT, seat)
        frame = Frame(self.world.render(), 0, "twin")
        self.reading = Looker().look(frame)
        self.lookout.looked(self.reading, (1280, 720), self.joints)

    def _glance(self):
        return Frame(self.world.glance(), self.now_us, "twin") if self.camera_works else None

    def put_arm(self):
        for address, value in zip(self.world.at.joint_qpos[:3], self.joints, strict=True):
            self.world.data.qpos[address] = value

    def move_arm(self, square, lift=None):
        point = square_board(ROBOT, square)
        self.joints = inverse_board(ROBOT, point, ROBOT.lift.travel if lift is None else lift, self.seat)
        self.put_arm()

    def hand_at(self, x, y, z=0.05):
        """The hand's pinch at a point of the seat frame."""
        self.world.data.mocap_pos[0] = (x, y, z)

    def wait(self, seconds):
        """Let the stream run; the last view."""
        view = None
        for _ in range(round(seconds * 1e6 / PERIOD_US)):
            self.now_us += PERIOD_US
            view = self.lookout.glimpse(self.now_us, self.joints) or view
        return view


@pytest.fixture(scope="module", params=["red", "black"])
def scene(request):
    try:
        return Stage(request.param)
    except RendererError as error:
        pytest.skip(str(error))


@pytest.fixture
def stage(scene):
    scene.joints = ROBOT.park
    scene.camera_works = True
    scene.put_arm()
    scene.hand_at(0.06, 1.2, 0.2)
    scene.now_us += 10_000_000
    scene.lookout.explain([])
    scene.lookout.looked(scene.reading, (1280, 720), scene.joints)
    return scene


def test_the_board_was_read(scene):
    assert scene.reading.verdict == "ok"


@pytest.mark.parametrize("square", [0, 40, 80, 89])
def test_the_arm_anywhere_over_the_board_is_no_person(stage, square):
    stage.move_arm(square)
    view = stage.wait(0.2)
    assert not (view.states == CHANGED).any()
    assert not view.person
    # Under the arm nothing is clear, and elsewhere most is.
    assert (view.states == UNKNOWN).any()
    assert view.unknown_share < 0.4


def test_where_the_arm_is_nothing_is_clear(stage):
    stage.move_arm(40)
    view = stage.wait(0.2)
    hidden = stage.lookout._masked(stage.joints)
    assert hidden.any()
    assert not view.is_clear(hidden)
    assert (view.states[hidden] == UNKNOWN).all()


@pytest.mark.parametrize("place", [(0.0, 0.15), (-0.2, 0.1), (0.23, 0.0), (0.1, -0.1)])
def test_a_hand_is_a_person_with_the_arm_parked_and_in_motion(stage, place):
    for square in (None, 45):
        if square is not None:
            stage.move_arm(square)
        stage.hand_at(*place)
        assert stage.wait(0.2).person
        stage.hand_at(0.06, 1.2, 0.2)
        assert not stage.wait(0.2).person


@pytest.mark.parametrize("scene", ["red"], indirect=True)
def test_a_hand_close_to_the_arm_is_noticed_as_such_and_a_far_one_is_not(stage):
    stage.move_arm(4 if stage.seat == "red" else 85)
    stage.hand_at(-0.25, 0.15)
    assert stage.wait(0.2).person
    assert not stage.lookout.hand_at_arm
    stage.hand_at(0.0, -0.10)
    assert stage.wait(0.2).person
    assert stage.lookout.hand_at_arm


@pytest.mark.parametrize("scene", ["red"], indirect=True)
def test_nobody_for_two_seconds_is_what_it_takes_to_be_fast(stage):
    stage.wait(QUIET_US / 1e6 - 0.2)
    assert not stage.lookout.clear(stage.now_us)
    stage.wait(0.4)
    assert stage.lookout.clear(stage.now_us)
    stage.hand_at(0.0, 0.15)
    stage.wait(0.1)
    assert not stage.lookout.clear(stage.now_us)
    stage.hand_at(0.06, 1.2, 0.2)
    stage.wait(1.5)
    assert not stage.lookout.clear(stage.now_us)
    stage.wait(0.8)
    assert stage.lookout.clear(stage.now_us)


@pytest.mark.parametrize("scene", ["red"], indirect=True)
def test_a_stream_older_than_a_fifth_of_a_second_counts_as_a_person(stage):
    stage.wait(3.0)
    assert stage.lookout.clear(stage.now_us)
    assert stage.lookout.clear(stage.now_us + FRESH_US)
    assert not stage.lookout.clear(stage.now_us + FRESH_US + 1)
    # And what went on meanwhile nobody knows: two seconds anew.
    stage.camera_works = False
    stage.wait(0.5)
    assert not stage.lookout.clear(stage.now_us)
    stage.camera_works = True
    stage.wait(1.5)
    assert not stage.lookout.clear(stage.now_us)
    stage.wait(1.0)
    assert stage.lookout.clear(stage.now_us)


@pytest.mark.parametrize("scene", ["red"], indirect=True)
def test_without_a_known_place_of_the_arm_nothing_is_clear(stage):
    stage.wait(3.0)
    stage.now_us += PERIOD_US
    assert stage.lookout.glimpse(stage.now_us, None) is None
    assert not stage.lookout.clear(stage.now_us)


def test_a_piece_the_robot_itself_took_away_is_explained_and_another_is_a_change(stage):
    square, piece = next(
        (square, index) for square in range(90) if (index := stage.world.hand.piece_on(square)) is not None
    )
    at = stage.world.at.piece_qpos[piece]
    there = stage.world.data.qpos[at : at + 2].copy()
    stage.world.data.qpos[at : at + 2] = (0.6, 0.6)
    try:
        assert stage.wait(0.2).person
        stage.lookout.explain([square_board(ROBOT, square)])
        assert not stage.wait(0.2).person
        # A look in the midst of the work, with the piece back, does not undo the explanation.
        stage.world.data.qpos[at : at + 2] = there
        stage.lookout.looked(stage.reading, (1280, 720), stage.joints)
        stage.world.data.qpos[at : at + 2] = (0.6, 0.6)
        assert not stage.wait(0.2).person
    finally:
        stage.world.data.qpos[at : at + 2] = there


def test_a_look_in_doubt_in_the_midst_of_the_work_neither_hides_a_person_nor_makes_one(stage):
    # The arm beside a tray hides points of the board: such a look reads `?` there.
    points = (replace(stage.reading.points[0], label="?"), *stage.reading.points[1:])
    stage.wait(3.0)
    stage.move_arm(80)
    stage.wait(0.2)
    stage.lookout.looked(replace(stage.reading, points=points), (1280, 720), stage.joints)
    stage.move_arm(40)
    assert not stage.wait(0.2).person
    assert stage.lookout.clear(stage.now_us)
    stage.hand_at(-0.2, 0.1)
    assert stage.wait(0.2).person


@pytest.mark.parametrize("scene", ["red"], indirect=True)
def test_ten_pictures_a_second_are_taken(stage):
    before = stage.lookout.pictures
    stage.wait(2.0)
    assert stage.lookout.pictures - before >= 20
