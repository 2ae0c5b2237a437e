"""How hard the arm can push when its motors give their peak torque: the figure behind "at most 50 N".

Quasi-static, against something rigid and smooth. A force F along the unit vector u through a point asks
F |P x u| of the shoulder and F |r x u| of the elbow, with P and r the point seen from either axis. The
greatest force the two torques T1, T2 can hold is where both are used up, u along T1 r +- T2 P, which gives

    F = max over both signs of |T1 r +- T2 P| / |P x r|,   |P x r| = L1 rho |sin q2|,  rho = |r|.

A point of link 1 can only move around the shoulder: F = T1 / distance. A gantry's two drums pull at a right
angle: F = |(T1 / R1, T2 / R2)|, the same everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from host.arm.robot import Robot

__all__ = [
    "CLASS_I_FORCE_N",
    "DIRECTIONS_DEG",
    "ForceReport",
    "ForceRow",
    "force_table",
    "link2_force",
    "nose_force",
    "report",
]

CLASS_I_FORCE_N = 50.0
"""Greatest force of a Class I robot (ISO 10218-1:2025, with at most 10 kg of moving mass and 250 mm/s)."""


DIRECTIONS_DEG = tuple(range(0, 180, 15))
"""Directions of the table, from outward along the radius, counterclockwise; the opposite ones are alike."""


@dataclass(frozen=True)
class ForceRow:
    """Force of the nose (N) `radius` metres from the base axis, in each of `DIRECTIONS_DEG`, and at most.

    The whole arm can be turned about its base, so a radius stands for every point at that distance.
    """

    radius: float
    elbow: float
    by_direction: tuple[float, ...]
    peak_n: float


@dataclass(frozen=True)
class ForceReport:
    """Greatest forces, newtons, and where they occur.

    `nose_n` is over the whole elbow range, at `nose_elbow` (rad) and tool radius `nose_radius` (m).
    `link1_hinge` and `link2_hinge` are the distances (m) from the shoulder and elbow axis below which a link
    pushes harder than `CLASS_I_FORCE_N`: what covers must keep fingers from. `lift_n` is the lift alone,
    `nose_spring_n` what reaches a finger under the nose while its spring has travel left.
    """

    nose_n: float
    nose_elbow: float
    nose_radius: float
    link1_hinge: float
    link2_hinge: float
    lift_n: float
    nose_spring_n: float

    @property
    def holds(self) -> bool:
        """Whether the nose and the lift keep to `CLASS_I_FORCE_N` everywhere."""
        return max(self.nose_n, self.lift_n) <= CLASS_I_FORCE_N


def link2_force(robot: Robot, elbow: NDArray[np.float64], distance: float) -> NDArray[np.float64]:
    """Greatest force (N) of the point of link 2 `distance` (m) from the elbow axis, by elbow angle (rad)."""
    shoulder_nm = robot.shoulder.peak_torque * robot.shoulder.gear
    elbow_nm = robot.elbow.peak_torque * robot.elbow.gear
    from_elbow = distance * np.stack([np.cos(elbow), np.sin(elbow)], axis=-1)
    from_shoulder = from_elbow + np.array([robot.arm.link1, 0.0])
    lever = robot.arm.link1 * distance * np.abs(np.sin(elbow))
    both = [
        np.linalg.norm(shoulder_nm * from_elbow + sign * elbow_nm * from_shoulder, axis=-1)
        for sign in (1.0, -1.0)
    ]
    result: NDArray[np.float64] = np.maximum(*both) / lever
    return result


def report(robot: Robot) -> ForceReport:
    """Search the elbow's whole range and both links."""
    arm = robot.arm
    lift_n = robot.lift.peak_torque * math.tau / robot.lift.lead
    if robot.geometry.gantry:
        pulls = [
            axis.peak_torque * axis.gear / radius
            for axis, radius in ((robot.shoulder, arm.link1), (robot.elbow, arm.link2))
        ]
        return ForceReport(math.hypot(*pulls), 0.0, 0.0, 0.0, 0.0, lift_n, robot.nose.force)
    elbow = np.linspace(robot.elbow.low, robot.elbow.high, 2001)
    nose = link2_force(robot, elbow, arm.link2)
    worst = int(np.argmax(nose))
    along = np.linspace(0.005, arm.link2, 300)
    hard = [float(x) for x in along if link2_force(robot, elbow, float(x)).max() > CLASS_I_FORCE_N]
    radius = math.sqrt(
        arm.link1**2 + arm.link2**2 + 2 * arm.link1 * arm.link2 * math.cos(float(elbow[worst]))
    )
    return ForceReport(
        nose_n=float(nose[worst]),
        nose_elbow=float(elbow[worst]),
        nose_radius=radius,
        link1_hinge=robot.shoulder.peak_torque * robot.shoulder.gear / CLASS_I_FORCE_N,
        link2_hinge=max(hard, default=0.0),
        lift_n=lift_n,
        nose_spring_n=robot.nose.force,
    )


def nose_force(robot: Robot, elbow: float, direction: float) -> float:
    """Force (N) of the nose along `direction` (rad), with the elbow at `elbow` (rad).

    Directions count counterclockwise from outward along the radius; of a gantry, from its carriage's travel.
    """
    arm = robot.arm
    torques = [axis.peak_torque * axis.gear for axis in (robot.shoulder, robot.elbow)]
    if robot.geometry.gantry:
        levers = [arm.link1 * abs(math.cos(direction)), arm.link2 * abs(math.sin(direction))]
    else:
        from_elbow = arm.link2 * np.array([math.cos(elbow), math.sin(elbow)])
        from_base = from_elbow + np.array([arm.link1, 0.0])
        bearing = math.atan2(from_base[1], from_base[0]) + direction
        levers = [
            abs(float(p[0] * math.sin(bearing) - p[1] * math.cos(bearing))) for p in (from_base, from_elbow)
        ]
    return min(torque / max(lever, 1e-9) for torque, lever in zip(torques, levers, strict=True))


def force_table(robot: Robot, rows: int = 13) -> list[ForceRow]:
    """The nose's force by radius and direction over the whole envelope; one row for a gantry."""
    gantry = robot.geometry.gantry
    elbows = [0.0] if gantry else np.linspace(robot.elbow.low, robot.elbow.high, rows).tolist()
    table = []
    for elbow in elbows:
        _, tool = robot.geometry.knee_and_tool(robot.arm, np.zeros(1), np.array([elbow]))
        radius = 0.0 if gantry else float(np.hypot(*tool[0]))
        by_direction = tuple(nose_force(robot, elbow, math.radians(each)) for each in DIRECTIONS_DEG)
        if gantry:
            peak = report(robot).nose_n
        else:
            peak = float(link2_force(robot, np.array([elbow]), robot.arm.link2)[0])
        table.append(ForceRow(radius, elbow, by_direction, peak))
    return table
