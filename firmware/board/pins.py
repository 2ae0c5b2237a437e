"""Which pin of a Pico does what. The same table for arm and hand; a role uses what it has.

Inputs are pulled up and active low: an unplugged cable reads as released, except the mushroom button, whose
contact is normally closed, so that an unplugged one reads as pressed.
"""

# Steppers: (direction, step) by axis; all three on PIO 0.
AXES = ((2, 3), (4, 5), (6, 7))
RUN_CURRENT = 8

# AS5600 encoders: (bus, data, clock); the chip has one address only, so each has a bus.
ENCODERS = ((0, 12, 13), (1, 14, 15))

LIMITS = (16, 17, 18)
NOSE = 19

MUSHROOM = 20
BUTTONS = (21, 22, 26)
MOTOR_POWER = 27

GATE = 9
WAVE_OUT = 10
WAVE_IN = 11

# The hand's magnet (H-bridge) and ring.
MAGNET = (2, 3)
RING = 6
RING_LEDS = 16
