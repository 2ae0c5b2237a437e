"""What is seen of pieces and of a person's hand: parts of the text of a MuJoCo model."""

import math

import numpy as np
from numpy.typing import NDArray

from host.twin.pieces import Piece

__all__ = ["CONTACT", "SEEN", "hand_body", "piece_body", "piece_mesh", "shadow_mesh"]

SEEN = 'contype="0" conaffinity="0" group="1"'
"""What the camera sees and nothing touches."""
# Contacts settle in 3 ms with 1 % compliance: a resting piece sinks in by a few micrometres.
CONTACT = 'solref="0.003 1" solimp="0.95 0.99 0.0002"'
"""How hard whatever touches is."""
_SEGMENTS = 48


def _rows(values: NDArray[np.float64]) -> str:
    return " ".join(f"{value:.6g}" for value in values.ravel())


def piece_mesh(piece: Piece) -> str:
    """The visible mesh of a piece: flat top with the face, a chamfer, the side. Origin at its centre."""
    angles = np.arange(_SEGMENTS) * (2.0 * math.pi / _SEGMENTS)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    radius, half = piece.diameter_m / 2, piece.height_m / 2
    inner, chamfer = radius - 0.0012, half - 0.0012
    rings = [(inner, half), (inner, half), (radius, chamfer), (radius, chamfer), (radius, -half)]
    ring_points = [np.column_stack([scale * circle, np.full(_SEGMENTS, z)]) for scale, z in rings]
    points = np.concatenate([[[0.0, 0.0, half]], *ring_points])
    # The texture is flat on the top; chamfer and side take its rim, which is plain wood.
    spans = [inner / radius, inner / radius, 0.97, 0.97, 0.97]
    side = np.column_stack([circle, np.zeros(_SEGMENTS)])
    up = np.tile([0.0, 0.0, 1.0], (_SEGMENTS, 1))
    bevel = (side + up) / math.sqrt(2.0)
    normals = np.concatenate([[[0.0, 0.0, 1.0]], up, bevel, bevel, side, side])
    texture = np.concatenate([[[0.5, 0.5]], *(0.5 + 0.5 * span * circle * [1, -1] for span in spans)])
    steps = np.arange(_SEGMENTS)
    after = (steps + 1) % _SEGMENTS
    faces = [np.column_stack([np.zeros(_SEGMENTS, int), 1 + steps, 1 + after])]
    for upper, lower in ((1, 2), (3, 4)):
        top, low = 1 + upper * _SEGMENTS, 1 + lower * _SEGMENTS
        faces.append(np.column_stack([top + steps, low + steps, low + after]))
        faces.append(np.column_stack([top + steps, low + after, top + after]))
    corners = " ".join(str(int(corner)) for corner in np.concatenate(faces).ravel())
    return (
        f'<mesh name="disc{piece.index}" inertia="shell" vertex="{_rows(points)}" normal="{_rows(normals)}" '
        f'texcoord="{_rows(texture)}" face="{corners}"/>'
    )


def shadow_mesh(radius: float) -> str:
    """A nearly flat round mesh that the camera draws as the shadow of a piece."""
    angles = np.arange(24) * (2.0 * math.pi / 24)
    rim = np.column_stack([radius * np.cos(angles), radius * np.sin(angles), np.zeros(24)])
    points = np.concatenate([rim, [[0.0, 0.0, 1e-4]]])
    corners = " ".join(f"{k} {(k + 1) % 24} 24" for k in range(24))
    return f'<mesh name="shadow" inertia="shell" vertex="{_rows(points)}" face="{corners}"/>'


def piece_body(piece: Piece) -> str:
    """A piece beside the table: the cylinder that touches and the mesh that is seen."""
    name = f"face_{'red' if piece.is_red else 'black'}_{piece.label.lower()}"
    return f"""
    <body name="piece{piece.index}" pos="{piece.index * 0.05} 1.5 {piece.height_m / 2}">
      <freejoint name="piece{piece.index}"/>
      <geom type="cylinder" size="{piece.diameter_m / 2} {piece.height_m / 2}" mass="{piece.mass_kg}"
            group="3" contype="1" conaffinity="3" friction="{piece.friction} 0.001 0.0001" {CONTACT}/>
      <geom type="mesh" mesh="disc{piece.index}" material="{name}" mass="0" {SEEN}/>
    </body>"""


# A right hand reaching along -y; its origin is the middle of the pinch. Capsules: from, to, radius, material.
_FINGERS = (
    ((0.016, 0.004, 0.008), (0.030, 0.062, 0.055), 0.0085, "skin"),
    ((-0.016, 0.000, 0.008), (-0.026, 0.050, 0.055), 0.0095, "skin"),
    ((0.005, -0.016, 0.008), (0.012, 0.055, 0.062), 0.0085, "skin"),
    ((0.034, 0.030, 0.020), (0.044, 0.078, 0.052), 0.0080, "skin"),
    ((0.010, 0.130, 0.070), (0.014, 0.170, 0.085), 0.0260, "skin"),
    ((0.015, 0.180, 0.085), (0.045, 0.480, 0.140), 0.0420, "sleeve"),
)
_PALM = 'type="ellipsoid" pos="0.010 0.092 0.062" size="0.043 0.052 0.018" euler="0.25 0 0" material="skin"'


def hand_body() -> str:
    """A hand with its sleeve: seen by the camera, felt by nothing."""
    capsules = "".join(
        f'<geom type="capsule" fromto="{_rows(np.array(a + b))}" size="{radius}" material="{skin}" {SEEN}/>'
        for a, b, radius, skin in _FINGERS
    )
    return f'<body name="hand" mocap="true" pos="0 1.2 0.2">{capsules}<geom {_PALM} {SEEN}/></body>'
