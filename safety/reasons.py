"""Reasons: why a controller stopped or refused. Ids never change their meaning; 0 is "no reason".

The texts are short and fixed; `host/link/advice.py` holds what a person should do about each.
"""

NONE = 0
HOST_STOP = 1
MUSHROOM = 2
PEER_LOST = 3
HOST_SILENT = 4
QUEUE_SHORT = 5
HOST_HOLD = 6
PEER_HOLD = 7
ENCODER = 8
MOTOR_POWER = 9
NOSE_DOWN = 10
SELF_TEST = 11
SESSION_LOST = 12
STEP_UNDERRUN = 13
LIMIT_SWITCH = 14
INTERNAL = 15
TAKEOVER = 16
UPDATE = 17

SEGMENT_INVALID = 32
SEGMENT_ORDER = 33
SEGMENT_STALE = 34
QUEUE_FULL = 35
JOINT_RANGE = 36
JOINT_SPEED = 37
JOINT_ACCELERATION = 38
POINT_SPEED = 39
LOWERING_SPEED = 40
RISING_SPEED = 41
RECOVERY_SPEED = 42
RECOVERY_DIRECTION = 43
HOME_SPEED = 44
HOME_AXIS = 45
SWITCH_DID_NOT_CHANGE = 46
ENDS_MOVING = 47
SEGMENT_GAP = 48

NOT_READY = 64
POSITION_UNKNOWN = 65
NOT_AT_REST = 66
ENCODERS_DISAGREE = 67
CARRYING_IN_STOP = 68
WRONG_ROLE = 69
NOT_LOOKED = 70
CAUSE_REMAINS = 71
BAD_VALUE = 72

MAGNET_THERMAL = 80
PERSON_RELEASED = 81

TEXTS = {
    NONE: "none",
    HOST_STOP: "host stop",
    MUSHROOM: "mushroom button",
    PEER_LOST: "peer wave lost",
    HOST_SILENT: "host silent",
    QUEUE_SHORT: "queue ran short",
    HOST_HOLD: "host asked to hold",
    PEER_HOLD: "peer holds",
    ENCODER: "encoder differs from steps",
    MOTOR_POWER: "motor power missing",
    NOSE_DOWN: "nose pressed while lowering",
    SELF_TEST: "self test failed",
    SESSION_LOST: "session reopened in motion",
    STEP_UNDERRUN: "steps came late",
    LIMIT_SWITCH: "limit switch in motion",
    INTERNAL: "internal fault",
    TAKEOVER: "person takes over",
    UPDATE: "firmware update",
    SEGMENT_INVALID: "segment malformed",
    SEGMENT_ORDER: "segment out of order",
    SEGMENT_STALE: "segment too late",
    QUEUE_FULL: "segment queue full",
    JOINT_RANGE: "joint range",
    JOINT_SPEED: "joint speed",
    JOINT_ACCELERATION: "joint acceleration",
    POINT_SPEED: "fastest point too fast",
    LOWERING_SPEED: "lowering too fast",
    RISING_SPEED: "rising too fast",
    RECOVERY_SPEED: "recovery too fast",
    RECOVERY_DIRECTION: "recovery leads outward",
    HOME_SPEED: "homing too fast",
    HOME_AXIS: "homing moves another axis",
    SWITCH_DID_NOT_CHANGE: "limit switch did not change",
    ENDS_MOVING: "motion ends moving",
    SEGMENT_GAP: "gap between segments",
    NOT_READY: "not ready",
    POSITION_UNKNOWN: "position unknown",
    NOT_AT_REST: "not at rest",
    ENCODERS_DISAGREE: "encoders disagree",
    CARRYING_IN_STOP: "piece kept in a stop",
    WRONG_ROLE: "not for this controller",
    NOT_LOOKED: "no look since the stop",
    CAUSE_REMAINS: "cause remains",
    BAD_VALUE: "value out of range",
    MAGNET_THERMAL: "magnet rests",
    PERSON_RELEASED: "person released the piece",
}
