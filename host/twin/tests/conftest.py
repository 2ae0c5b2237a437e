"""A world to test in, and a bench that plays step edges as a controller would."""

import numpy as np
import pytest

from host.arm import kinematics
from host.arm.frames import Point, seat_to_base
from host.arm.robot import load as load_robot
from host.twin.noise import load as load_noise
from host.twin.world import World


class Bench:
    """Knows the true joints at power-on, and from then on counts steps like any open-loop controller."""

    def __init__(self, world):
        self.world = world
        self.scale = np.array(
            [axis.usteps_per_unit for axis in (world.robot.shoulder, world.robot.elbow, world.robot.lift)]
        )
        world.set_motor_power(True)
        self.wait(0.3)
        self.usteps = np.rint(self.joints() * self.scale).astype(int)

    def joints(self):
        arm = self.world.truth()["arm"]
        return np.array([arm["shoulder_rad"], arm["elbow_rad"], arm["lift_m"]])

    def wait(self, seconds):
        self.world.advance(self.world.now_us() + round(seconds * 1e6))

    def send(self, joints, seconds):
        """Hand over the edges of a smooth move to `joints`, without advancing."""
        goal = np.rint(np.asarray(joints) * self.scale).astype(int)
        path = np.linspace(0.0, 1.0, 4001)
        travelled = path**3 * (10 - 15 * path + 6 * path**2)
        for axis, count in enumerate(goal - self.usteps):
            if count:
                edges = (np.arange(abs(count)) + 0.5) / abs(count)
                times = self.world.now_us() + 1e6 * seconds * np.interp(edges, travelled, path)
                self.world.push_edges(axis, times, np.full(abs(count), np.sign(count)))
        self.usteps = goal

    def go(self, joints, seconds):
        self.send(joints, seconds)
        self.wait(seconds + 0.05)

    def over(self, x, y, height):
        """The joints that hold the nose over a point of the seat frame."""
        robot = self.world.robot
        return kinematics.inverse_base(robot, seat_to_base(robot, Point(x, y)), height)

    def lower(self, x, y):
        self.go(self.over(x, y, 0.030), 2.0)
        self.go(self.over(x, y, self.world.robot.touch_height), 0.6)

    def pick(self, x, y):
        self.lower(x, y)
        self.world.set_magnet(1000)
        self.wait(0.15)
        self.go(self.over(x, y, 0.030), 0.6)

    def place(self, x, y):
        self.lower(x, y)
        self.world.set_magnet(-118)
        self.wait(0.05)
        self.world.set_magnet(0)
        self.wait(0.2)
        self.go(self.over(x, y, 0.030), 0.6)
        self.wait(0.5)


@pytest.fixture(scope="session")
def robot():
    return load_robot()


@pytest.fixture(scope="session")
def noise():
    return load_noise()


@pytest.fixture
def make(robot, noise):
    def build(seed=3, **words):
        words = {"robot_plays": "red", **words}
        return World(words.pop("robot", robot), words.pop("noise", noise), seed, **words)

    return build


@pytest.fixture
def bench(make):
    return Bench(make())


@pytest.fixture
def bench_of():
    return Bench
