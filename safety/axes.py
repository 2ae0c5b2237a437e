"""The axes of an arm, and the ticks of 1/8 us in which path time is counted."""

AXES = 3
SHOULDER = 0
ELBOW = 1
LIFT = 2
# No axis, but what may be searched besides the limit switch of one: the lift sinks until the nose touches.
NOSE = 3

TICKS_PER_US = 8
TICKS_PER_S = 8000000
