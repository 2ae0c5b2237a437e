"""The message table: every message of the wire, once. `docs/protocol.md` is generated from it.

A packet's payload is a row of messages: one byte id, then the body of the fixed size that the table
gives (little-endian, no padding). Both ends compare `TABLE_HASH` in the greeting; a host refuses a
controller whose table differs, and a controller refuses such a host.

The hash covers `VERSION` and the table. Whoever gives a message a new meaning (a flag, a number, a new
thing to ask for) raises `VERSION`, for a firmware that does not know it must be refused too; the test of
this module holds `meanings` against it.
"""

import binascii
import struct

# 3: HOME of the nose switch (axis 3). 4: segments as rows of one message.
VERSION = 4

TO_CONTROLLER = "host to controller"
TO_HOST = "controller to host"

HELLO = 1
TIME = 2
RUN = 3
SEGMENTS = 4
PROFILE = 5
SET_POSITION = 6
LOOKED = 7
MAGNET = 8
LED = 9
HOLD = 10
WHO = 11
SERVICE = 12
FILE_OPEN = 13
FILE_DATA = 14
FLIP = 15
CONFIRM = 16
RESTART = 17

WELCOME = 33
TIME_REPLY = 34
STATUS = 35
STATE = 36
BUTTON = 37
NOSE = 38
MOTION_DONE = 39
HOMED = 40
REFUSED = 41
MAGNET_STATE = 42
IDENTITY = 43
FILE_STATE = 44
SLOT_STATE = 45

# These keep their ids and layouts for ever: through them any firmware can be replaced by any other.
SERVICE_MESSAGES = (FILE_OPEN, FILE_DATA, FLIP, CONFIRM, RESTART)

# Flags of SEGMENTS. HOME names its axis in bits 4-5.
SEGMENT_START = 1
SEGMENT_LAST = 2
SEGMENT_HOME = 4
SEGMENT_AXIS_SHIFT = 4
SEGMENT_AXIS_MASK = 3

# RUN.activity
IDLE = 0
MOTION = 1

# PROFILE.profile
PROFILE_NORMAL = 0
PROFILE_FAST = 1

# WELCOME.accepted
ACCEPTED = 1
TABLE_DIFFERS = 2
LIMITS_DIFFER = 3

# WELCOME.role
ROLE_ARM = 1
ROLE_HAND = 2

# IDENTITY.role of a board that was never told what it is
ROLE_NONE = 0

# FILE_STATE.result
FILE_REFUSED = 0
FILE_WANTED = 1
FILE_STANDS = 2
FILE_BROKEN = 3
FILE_ON_TRIAL = 4

# SLOT_STATE.result
SLOT_REFUSED = 0
SLOT_FLIPPED = 1
SLOT_CONFIRMED = 2

# RESTART.how
RESTART_AGAIN = 0
RESTART_MAINTENANCE = 1
RESTART_BACK = 2

# Bytes of a file that one FILE_DATA carries.
FILE_CHUNK = 192

# BUTTON.button
BUTTON_ACK = 1
BUTTON_GO = 2
BUTTON_TAKEOVER = 3

# STATUS.flags
STATUS_POSITION_KNOWN = 1
STATUS_MAGNET_ON = 2
STATUS_FAST = 4
STATUS_LOOKED = 8
STATUS_PEER_PRESENT = 16
STATUS_LATCHED = 32
STATUS_GATE = 64

# (id, name, direction, body format, field names); what each means stands in `meanings`, for people. A body
# that ends with `B*` ends with as many bytes as its last number says.
TABLE = (
    (HELLO, "HELLO", TO_CONTROLLER, "III", "table_hash limits_hash host_nonce"),
    (TIME, "TIME", TO_CONTROLLER, "I", "token"),
    (RUN, "RUN", TO_CONTROLLER, "B", "activity"),
    (SEGMENTS, "SEGMENTS", TO_CONTROLLER, "HHBIIB*", "motion index flags start_us not_after_us rows"),
    (PROFILE, "PROFILE", TO_CONTROLLER, "B", "profile"),
    (SET_POSITION, "SET_POSITION", TO_CONTROLLER, "iii", "shoulder_usteps elbow_usteps lift_usteps"),
    (LOOKED, "LOOKED", TO_CONTROLLER, "", ""),
    (MAGNET, "MAGNET", TO_CONTROLLER, "B", "on"),
    (LED, "LED", TO_CONTROLLER, "B", "pattern"),
    (HOLD, "HOLD", TO_CONTROLLER, "", ""),
    (WHO, "WHO", TO_CONTROLLER, "I", "host_nonce"),
    (SERVICE, "SERVICE", TO_CONTROLLER, "BI", "service_version host_nonce"),
    (FILE_OPEN, "FILE_OPEN", TO_CONTROLLER, "I32s64s", "size sha256 path"),
    (FILE_DATA, "FILE_DATA", TO_CONTROLLER, "IB192s", "offset count data"),
    (FLIP, "FLIP", TO_CONTROLLER, "32s", "manifest_sha256"),
    (CONFIRM, "CONFIRM", TO_CONTROLLER, "", ""),
    (RESTART, "RESTART", TO_CONTROLLER, "B", "how"),
    (WELCOME, "WELCOME", TO_HOST, "BBHIIII",
     "accepted role version table_hash limits_hash host_nonce now_us"),
    (TIME_REPLY, "TIME_REPLY", TO_HOST, "II", "token now_us"),
    (STATUS, "STATUS", TO_HOST, "IBBHHiiiHHHHBBh",
     "now_us state reason flags inputs shoulder_usteps elbow_usteps lift_usteps encoder0 encoder1 "
     "motion queue_ms free_segments profile magnet_permille"),
    (STATE, "STATE", TO_HOST, "IBB", "now_us state reason"),
    (BUTTON, "BUTTON", TO_HOST, "IB", "now_us button"),
    (NOSE, "NOSE", TO_HOST, "IBi", "now_us pressed lift_usteps"),
    (MOTION_DONE, "MOTION_DONE", TO_HOST, "IHBiii",
     "now_us motion result shoulder_usteps elbow_usteps lift_usteps"),
    (HOMED, "HOMED", TO_HOST, "IBiii", "now_us axis shoulder_usteps elbow_usteps lift_usteps"),
    (REFUSED, "REFUSED", TO_HOST, "BBH", "message reason detail"),
    (MAGNET_STATE, "MAGNET_STATE", TO_HOST, "IBB", "now_us on reason"),
    (IDENTITY, "IDENTITY", TO_HOST, "BBBHIIBBBBBBHbBI8s",
     "service_version role platform release table_hash limits_hash slot trial starts fell_back state "
     "reason heap_free_kb temperature_c service host_nonce board_id"),
    (FILE_STATE, "FILE_STATE", TO_HOST, "BI", "result size"),
    (SLOT_STATE, "SLOT_STATE", TO_HOST, "BBBI", "result slot trial detail"),
)  # fmt: skip


def _index():
    formats = {}
    for row in TABLE:
        formats[row[0]] = "<" + row[3].rstrip("*")
    return formats


FORMATS = _index()
SIZES = {number: struct.calcsize(FORMATS[number]) for number in FORMATS}
NAMES = {row[0]: row[1] for row in TABLE}


def _hash():
    lines = ["version %d" % VERSION]
    for row in TABLE:
        lines.append("%d %s %s %s %s" % row)
    return binascii.crc32("\n".join(lines).encode()) & 0xFFFFFFFF


TABLE_HASH = _hash()


class MessageError(ValueError):
    """A payload that is no row of whole, known messages."""


def encode(message, *values):
    """One message as bytes.

    >>> list(encode(RUN, 1))
    [3, 1]
    """
    if message == SEGMENTS:
        rows = values[-1]
        return bytes([message]) + struct.pack(FORMATS[message], *values[:-1], len(rows)) + rows
    return bytes([message]) + struct.pack(FORMATS[message], *values)


def body_size(buffer, start, end):
    """Bytes of the body of the message at `buffer[start]`; -1 when it is unknown or goes beyond `end`."""
    size = SIZES.get(buffer[start], -1)
    if size < 0 or start + size >= end:
        return -1
    if buffer[start] == SEGMENTS:
        size += buffer[start + size]
        if start + size >= end:
            return -1
    return size


def well_formed(buffer, start, end):
    """True when `buffer[start:end]` is a row of whole, known messages."""
    while start < end:
        size = body_size(buffer, start, end)
        if size < 0:
            return False
        start += 1 + size
    return True


def decode(payload):
    """All messages of a payload as a list of (id, tuple of values); raises `MessageError`.

    >>> decode(encode(LED, 2) + encode(LOOKED))
    [(9, (2,)), (7, ())]
    """
    if not well_formed(payload, 0, len(payload)):
        raise MessageError("the payload is no row of whole messages of table %08x" % TABLE_HASH)
    out = []
    at = 0
    while at < len(payload):
        message = payload[at]
        end = at + 1 + body_size(payload, at, len(payload))
        values = struct.unpack_from(FORMATS[message], payload, at + 1)
        if message == SEGMENTS:
            values = list(values)
            values[-1] = bytes(payload[end - values[-1] : end])
        out.append((message, tuple(values)))
        at = end
    return out


def fields(message, values):
    """A message's values by field name, as a dict."""
    for row in TABLE:
        if row[0] == message:
            names = row[4].split()
            return {names[i]: values[i] for i in range(len(names))}
    raise MessageError("there is no message %d in table %08x" % (message, TABLE_HASH))
