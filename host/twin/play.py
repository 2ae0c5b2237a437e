"""Free play between motor and joint, as two masses.

The motor's rotor turns a body of its own, and a tendon that is slack inside the play and a hard stop at both
of its ends is all that ties it to the link. Bearing friction holds the link, not the rotor.
"""

from __future__ import annotations

import math

from host.twin.motors import MotorType
from host.twin.noise import Noise

__all__ = ["play", "rotor"]

# The flanks of gears or belt teeth: they give 0.1 mrad or so under the joint's friction and do not bounce.
_FLANK = 'solreflimit="0.001 1" solimplimit="0.95 0.99 0.0001"'
# Rotor, pinion and shaft turn a little hard by themselves, seen at the joint (Nm).
_ROTOR_FRICTION_NM = 0.02


def rotor(name: str, motor: MotorType, gear: float) -> str:
    """What the motor turns, seen at the joint: its inertia is the rotor's times the gear squared."""
    return (
        f'<joint name="{name}" type="hinge" axis="0 0 1" armature="{motor.rotor_inertia_kg_m2 * gear**2}" '
        f'frictionloss="{_ROTOR_FRICTION_NM}"/>'
        '<inertial pos="0 0 0" mass="0.001" diaginertia="1e-8 1e-8 1e-8"/>'
    )


def play(noise: Noise) -> str:
    """The free play of shoulder and elbow."""
    half = math.radians(noise.motor.play_arcmin / 60.0) / 2
    # A stop needs two ends; a joint without play has them a micrometre apart at the nose.
    half = max(half, 1e-6)
    ties = "".join(
        f'<fixed name="{name}_play" limited="true" range="{-half} {half}" {_FLANK}>'
        f'<joint joint="{name}" coef="1"/><joint joint="{name}_rotor" coef="-1"/></fixed>'
        for name in ("shoulder", "elbow")
    )
    return f"<tendon>{ties}</tendon>"
