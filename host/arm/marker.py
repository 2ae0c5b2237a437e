"""The arm's own marker: a printed disc on top of the lift's rod, by which a camera above sees the tool.

A white disc with a black dot in its middle. It rises and sinks with the lift, which is a ruler of its own:
what the dot moves in the picture for a known lift tells how far the camera is from it.
"""

from __future__ import annotations

__all__ = ["DISC_RADIUS", "DOT_RADIUS", "HEIGHT"]

DISC_RADIUS = 0.014
DOT_RADIUS = 0.008
"""As printed, metres."""

HEIGHT = 0.1996
"""The printed face above the nose's, metres, as drawn."""
