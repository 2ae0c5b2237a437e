"""How high a piece is: what its top adds to another's, by the nose switch.

A single touch tells the height above where the lift believes the board to be; the warp of the board and the
zero of the lift are in it. One piece stood on another needs neither.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from host.arm.aim import ArmGeometry
from host.arm.frames import Point
from host.calibrate.errors import MeasurementError
from host.calibrate.scene import Scene

__all__ = ["Heights", "measure_heights"]

_MOST_OFF = 0.0015
_MOST_AWAY = 0.006


class Heights(NamedTuple):
    """Metres. `piece`: how high the chariot is; `floor`: the board under it, above the lift's zero."""

    piece: float
    floor: float


def measure_heights(scene: Scene, told: Callable[[str], None]) -> Heights:
    """Touch the chariot, stand it on the general near the robot, touch both, and put it back.

    Raises `MeasurementError` when a piece is not found, lost, or of no height it could have.
    """
    robot, drawn = scene.robot, ArmGeometry()
    chariot, general, _ = scene.set_up()
    alone = _top(scene, chariot, 0.0)
    lower_top = _top(scene, general, 0.0)
    scene.carry(drawn, chariot, general, (alone, lower_top + robot.piece.height))
    upper_top = _top(scene, general, robot.piece.height)
    scene.carry(drawn, general, chariot, (upper_top, alone))
    scene.rig.park()
    if math.dist(scene.set_up().chariot, chariot) > _MOST_AWAY:
        raise MeasurementError(
            "the chariot did not come back from the general to its place; put it there again, see that the "
            "magnet holds, and begin again"
        )
    height = upper_top - lower_top
    if abs(height - robot.piece.height) > _MOST_OFF:
        raise MeasurementError(
            f"the chariot seems to be {height * 1e3:.1f} mm high, where {robot.piece.height * 1e3:.1f} mm "
            "are drawn: measure one by hand for the robot file, or see that the nose moves freely"
        )
    told(f"height: a piece is {height * 1e3:.2f} mm high; the board lies {(alone - height) * 1e3:.2f} mm up")
    return Heights(height, alone - height)


def _top(scene: Scene, point: Point, under: float) -> float:
    """The top of what stands at `point`, on something of height `under`: above the lift's zero, metres."""
    robot = scene.robot
    scene.go(scene.above(ArmGeometry().joints(robot, point, robot.lift.travel)), "over the piece")
    felt = scene.rig.feel(robot.piece.height + under - robot.nose.switch)
    if felt is None:
        raise MeasurementError("the nose switch did not close on the piece; see that the nose moves")
    return felt + robot.nose.switch
