"""The real thing: a real camera, real serial ports, a real board; the same table as in the twin.

Everything that must be there is looked for before anything starts, and what is missing is named in one
sentence.
"""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from engine.conduct import Place
from engine.pgn import write_pgn
from host.arm.robot import Robot
from host.arm.robot import load as load_robot
from host.calibrate.errors import CalibrationFileError
from host.calibrate.result import kept_file
from host.calibrate.use import Calibrated, calibrated
from host.game.body import ArmBody
from host.game.disk import Keepsakes, check_room, write_whole
from host.game.driver import Ports, drive
from host.game.ear import TypedWords
from host.game.errors import PlayError
from host.game.eyes import CameraEyes
from host.game.lookout import Lookout
from host.game.opening import Colour, Wishes, go_on, start_new, versions
from host.game.player import Player
from host.game.requests import Message
from host.game.screen import Screen
from host.game.table import Table
from host.link.client import LinkClient
from host.link.errors import PortError
from host.link.process import open_port
from host.timebase import RealTime, Timebase
from vision.camera import Camera, open_camera
from vision.camera_health import CameraHealth
from vision.classify import Classifier
from vision.errors import VisionError
from vision.new_set import AdaptedReader, load_set
from vision.observer import Observer
from vision.reading import Frame
from vision.stream import FollowedCamera

__all__ = ["PlayOptions", "run_play"]

_CONNECT_US = 10_000_000


@dataclass(frozen=True)
class PlayOptions:
    """`camera` is the number of the video device; the others are as in `opening.Wishes`."""

    out: Path
    robot_file: Path | None = None
    camera: int = 0
    plays: Colour | None = None
    level: int | None = None
    seed: int | None = None
    resume: bool = False
    known_set: Path | None = None
    """What `qiyou learn-set` kept about the pieces on this board."""
    place: Place | None = None
    """Whether illegal moves are counted as in a club."""
    calibration: Path | None = None
    """What `qiyou calibrate` found (default: what is kept for this robot, if anything)."""


class HomeCamera:
    """Frames of now. What the camera sends is looked at first: an old picture must not pass for the board."""

    def __init__(self, camera: Camera, time: Timebase) -> None:
        self._camera = camera
        self._time = time
        self._health = CameraHealth()

    def take(self) -> Frame:
        """The newest picture. Raises `PlayError` when the camera gives none, or the same one again and
        again.
        """
        try:
            picture = self._camera.take()
        except VisionError as error:
            raise PlayError(f"{_as_sentence(str(error))}; go on with --resume.") from error
        if picture is None:
            raise PlayError(f"There are no more pictures in {self._camera.name}; go on with --resume.")
        fault = self._health.judge(picture)
        if fault is not None and fault.kind == "frozen":
            raise PlayError(f"{fault.message} Then go on with --resume.")
        return Frame(picture, self._time.now_us(), self._camera.name)


def _glances(camera: FollowedCamera) -> Callable[[], Frame | None]:
    """The newest small picture of the camera as a frame."""

    def glance() -> Frame | None:
        newest = camera.glance()
        return None if newest is None else Frame(newest[0], newest[1], camera.name)

    return glance


def _as_sentence(text: str) -> str:
    return text[0].upper() + text[1:]


class _Mouth:
    """The terminal already shows what is said (`Screen`); a voice would speak it here."""

    def say(self, message: Message) -> None:
        del message


def check_ports(robot: Robot) -> None:
    """Raise `PlayError` when a controller's serial port is not there, is none, or another program has it."""
    ports = {"arm": robot.ports.arm, "hand": robot.ports.hand}
    absent = [
        f"there is no {name} controller at {path}"
        for name, path in ports.items()
        if not os.path.exists(path)
    ]
    if absent:
        raise PlayError(
            f"The robot cannot be reached: {' and '.join(absent)}; plug it in, name the right ports in "
            "robot.toml, or take the twin with --twin."
        )
    for name, path in ports.items():
        if not Path(path).is_char_device():
            raise PlayError(
                f"The robot cannot be reached: {path} ({name} controller) is not a serial port; name the "
                "right one in robot.toml."
            )
        try:
            open_port(name, path).close()
        except PortError as error:
            raise PlayError(f"The robot cannot be reached: {error}.") from error


def _calibrated(robot: Robot, path: Path | None) -> Calibrated:
    """Raises `PlayError` for a file that is no calibration of this robot."""
    kept = kept_file(robot.name)
    try:
        return calibrated(robot, path or (kept if kept.exists() else None), robot.name)
    except CalibrationFileError as error:
        raise PlayError(f"{_as_sentence(str(error))}.") from error


def run_play(options: PlayOptions) -> bool:
    """Play one game at the real board; True when it came to its end.

    Raises `PlayError` when something is missing, `RobotFileError` for the robot file, `LinkError` for the
    controllers, `JournalError` and `DiskFullError` for the disk.
    """
    check_room(options.out)
    with ExitStack() as stack:
        wishes = Wishes(
            options.seed, None, options.plays, options.level, options.robot_file, options.place
        )
        old = go_on(options.out, wishes) if options.resume else None
        if old is not None:
            stack.enter_context(old.journal)
        check_ports(old.robot if old is not None else load_robot(options.robot_file))
        try:
            pieces = None
            if options.known_set is not None:
                pieces = AdaptedReader(Classifier(), load_set(options.known_set))
            opened = open_camera(str(options.camera))
        except VisionError as error:
            raise PlayError(f"{_as_sentence(str(error))}.") from error
        time = RealTime()
        device = FollowedCamera(opened, time.now_us)
        stack.callback(device.close)
        camera = HomeCamera(device, time)
        opening = old
        if opening is None:
            opening = start_new(options.out, replace(wishes, seed=options.seed or 0))
            stack.enter_context(opening.journal)
        found = _calibrated(opening.robot, options.calibration)
        robot = found.robot
        ports = {"arm": robot.ports.arm, "hand": robot.ports.hand}
        client = LinkClient(time, ports, robot.limits.hash())
        client.start()
        stack.callback(client.join)
        stack.callback(client.close)
        screen = Screen(sys.stdout, time.now_us, opening.standing.game)
        lookout = Lookout(_glances(device), robot, opening.plays)
        body = ArmBody(
            robot, client, time, opening.plays, screen.line, lookout, found.aim, found.curves
        )
        body.connect(_CONNECT_US)
        player = Player(opening.seed, opening.level)
        observer = Observer(classifier=pieces)
        eyes = CameraEyes(
            camera.take, observer, robot, body.looked, body.measured, observer.confirm
        )
        table = Table(
            opening.standing,
            robot=opening.plays,
            plies=None,
            versions=versions(robot, player),
            level=opening.level,
            place=opening.place,
        )
        ports_of_table = Ports(eyes, player, body, _Mouth(), opening.journal, TypedWords(sys.stdin))
        drive(table.play(opening.resumed), opening.standing.game, ports_of_table, (screen,))
        keepsakes = Keepsakes(screen.line)
        with keepsakes.keep(options.out / "game.pgn"):
            write_whole(options.out / "game.pgn", write_pgn(opening.standing.game).encode())
    return True
