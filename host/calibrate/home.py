"""Calibrating a real robot: its camera, its controllers on their serial ports, its board."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from host.arm.robot import Robot
from host.calibrate.folder import Folder
from host.calibrate.link_rig import LinkRig
from host.calibrate.result import Calibration, kept_file, save
from host.calibrate.steps import SET_UP, Calibrator
from host.game.errors import PlayError
from host.game.home import HomeCamera, check_ports
from host.link.client import LinkClient
from host.timebase import RealTime
from vision.camera import open_camera
from vision.errors import VisionError
from vision.look import Looker
from vision.stream import FollowedCamera

__all__ = ["calibrate_rig", "calibrate_robot"]

_CONNECT_US = 10_000_000


def calibrate_robot(
    robot: Robot, camera: int, out: Path, told: Callable[[str], None]
) -> tuple[Calibration, Path]:
    """Calibrate the robot on its ports, going on with what `out` holds; the result, and where it is kept.

    `camera` is the number of the video device. Raises `PlayError` when something is missing,
    `CalibrationFileError`, `MeasurementError`, and `LinkError` for the controllers.
    """
    folder = Folder(out, robot.name)
    check_ports(robot)
    with ExitStack() as stack:
        try:
            opened = open_camera(str(camera))
        except VisionError as error:
            raise PlayError(f"The robot cannot look: {error}.") from error
        time = RealTime()
        device = FollowedCamera(opened, time.now_us)
        stack.callback(device.close)
        pictures = HomeCamera(device, time)
        ports = {"arm": robot.ports.arm, "hand": robot.ports.hand}
        client = LinkClient(time, ports, robot.limits.hash())
        client.start()
        stack.callback(client.join)
        stack.callback(client.close)
        rig = LinkRig(robot, client, time, pictures.take, told)
        rig.connect(_CONNECT_US)
        return calibrate_rig(rig, Looker(), folder, told)


def calibrate_rig(
    rig: LinkRig, looker: Looker, folder: Folder, told: Callable[[str], None]
) -> tuple[Calibration, Path]:
    """Calibrate the robot behind `rig`, which is connected; the result, and where games find it.

    Raises `MeasurementError` and what the link raises.
    """
    told(SET_UP)
    rig.get_ready(lambda: looker.look(rig.picture()))
    found = Calibrator(rig, "red", looker, folder.keep, told).run(folder.known)
    kept = kept_file(rig.robot.name)
    save(found, kept)
    return found, kept
