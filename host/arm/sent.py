"""What a motion really asks of the motors, from its segments and not from its plan."""

from __future__ import annotations

import numpy as np

from host.arm.kinematics import forward_many
from host.arm.motion import Motion
from host.arm.robot import Robot

__all__ = ["fastest_point"]


def fastest_point(robot: Robot, motion: Motion) -> float:
    """Greatest mean speed (m/s) of elbow, nose or lift over any segment."""
    counts = np.array([segment.count for segment in motion.segments], dtype=np.float64)
    seconds = np.array([segment.duration_ticks for segment in motion.segments]) / 8e6
    usteps = np.concatenate([[motion.start_usteps], motion.start_usteps + np.cumsum(counts, axis=0)])
    scales = [axis.usteps_per_unit for axis in (robot.shoulder, robot.elbow, robot.lift)]
    joints = usteps / scales
    speeds = [np.abs(np.diff(joints[:, 2])) / seconds]
    for points in forward_many(robot, joints[:, 0], joints[:, 1]):
        speeds.append(np.linalg.norm(np.diff(points, axis=0), axis=1) / seconds)
    return float(np.max(speeds))
