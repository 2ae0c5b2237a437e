"""The states of the safety machine, by number (as they travel in STATUS) and by name."""

OFF = 0
SELF_TEST = 1
SAFE = 2
READY = 3
MOVING = 4
HOLD = 5
STOPPED = 6
RECOVERY = 7
TAKEOVER = 8

NAMES = ("OFF", "SELF_TEST", "SAFE", "READY", "MOVING", "HOLD", "STOPPED", "RECOVERY", "TAKEOVER")
