"""The message table: every message of the wire, once. `docs/protocol.md` is generated from it.

A packet's payload is a row of messages: one byte id, then the body of the fixed size that the table
gives (little-endian, no padding). Both ends compare `TABLE_HASH` in the greeting; a host refuses a
controller whose table differs, and a controller refuses such a host.
"""

import binascii
import struct

VERSION = 2

TO_CONTROLLER = "host to controller"
TO_HOST = "controller to host"

HELLO = 1
TIME = 2
RUN = 3
SEGMENT = 4
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

# Flags of SEGMENT. HOME names its axis in bits 4-5.
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

# (id, name, direction, body format, field names, what it means)
TABLE = (
    (HELLO, "HELLO", TO_CONTROLLER, "III", "table_hash limits_hash host_nonce",
     "Opens a session. The host draws host_nonce anew for every HELLO."),
    (TIME, "TIME", TO_CONTROLLER, "I", "token",
     "Asks for the controller's time; token comes back untouched."),
    (RUN, "RUN", TO_CONTROLLER, "B", "activity",
     "Keep-alive, a datagram at least every 20 ms; activity 1 while a motion is under way, else 0."),
    (SEGMENT, "SEGMENT", TO_CONTROLLER, "HHBII46s", "motion index flags start_us not_after_us segment",
     "One slice of a motion. index counts from 0 within the motion; START (1) is set on the first, LAST (2) "
     "on the last, which ends at rest; HOME (4) on every segment of a search of the limit switch of the axis "
     "in bits 4-5. start_us counts with START only. Dropped with reason when not_after_us has passed."),
    (PROFILE, "PROFILE", TO_CONTROLLER, "B", "profile",
     "Speed limits: 0 normal, 1 fast. Normal during a fast motion slows what is left of its path to the "
     "normal speed. Back to normal when the controller leaves READY, MOVING and HOLD."),
    (SET_POSITION, "SET_POSITION", TO_CONTROLLER, "iii", "shoulder_usteps elbow_usteps lift_usteps",
     "Says where the arm is (after homing or from the encoders). Only at rest in READY and RECOVERY, and "
     "only when it agrees with the encoders."),
    (LOOKED, "LOOKED", TO_CONTROLLER, "", "",
     "The host has looked at the board since the last stop. Without it the go button does not make READY."),
    (MAGNET, "MAGNET", TO_CONTROLLER, "B", "on",
     "Hand only. 1 on, 0 release with a reverse kick. Obeyed in READY and MOVING; a stop keeps the piece."),
    (LED, "LED", TO_CONTROLLER, "B", "pattern",
     "Hand only. 0 off, 1 thinking, 2 your turn, 3 moving, 4 stopped, 5 question, 6 press go, 7 game over."),
    (HOLD, "HOLD", TO_CONTROLLER, "", "",
     "The host asks for a pause: brake on the path and wait in HOLD for a person's act."),
    (WHO, "WHO", TO_CONTROLLER, "I", "host_nonce",
     "Asks who the board is. A greeting: it needs no session, opens none and disturbs none."),
    (SERVICE, "SERVICE", TO_CONTROLLER, "BI", "service_version host_nonce",
     "Opens a service session whatever the tables and limits; the motors stop and lose their power. "
     "Answered by IDENTITY with the session's nonce. FILE_OPEN, FILE_DATA, FLIP, CONFIRM and RESTART are "
     "obeyed only in it."),
    (FILE_OPEN, "FILE_OPEN", TO_CONTROLLER, "I32s64s", "size sha256 path",
     "A file of the slot that is not running (path: lower case, filled up with zeros). FILE_STATE says "
     "whether it stands there already or its bytes are wanted."),
    (FILE_DATA, "FILE_DATA", TO_CONTROLLER, "IB192s", "offset count data",
     "The next count bytes. After the last one the file is read back and hashed; FILE_STATE tells."),
    (FLIP, "FLIP", TO_CONTROLLER, "32s", "manifest_sha256",
     "Checks every file of the other slot against its manifest, removes what is not listed, chooses the "
     "slot for a trial and restarts. SLOT_STATE tells."),
    (CONFIRM, "CONFIRM", TO_CONTROLLER, "", "",
     "The firmware on trial is well: it stays."),
    (RESTART, "RESTART", TO_CONTROLLER, "B", "how",
     "Resets the board: 0 as it is, 1 into maintenance (no firmware starts, the prompt is open), 2 back "
     "to the other slot."),
    (WELCOME, "WELCOME", TO_HOST, "BBHIIII", "accepted role version table_hash limits_hash host_nonce now_us",
     "Answers HELLO. accepted 1: the nonce of this packet is the session's. 2: the tables differ. 3: the "
     "limits differ. No session is open after 2 or 3."),
    (TIME_REPLY, "TIME_REPLY", TO_HOST, "II", "token now_us",
     "The controller's time when TIME was read."),
    (STATUS, "STATUS", TO_HOST, "IBBHHiiiHHHHBBh",
     "now_us state reason flags inputs shoulder_usteps elbow_usteps lift_usteps encoder0 encoder1 motion "
     "queue_ms free_segments profile magnet_permille",
     "Every 20 ms while moving, else every 100 ms, as a datagram. Positions count the steps handed to "
     "the PIO, at most 15 ms ahead; at rest they are exact. reason is the latched one, 0 when none is."),
    (STATE, "STATE", TO_HOST, "IBB", "now_us state reason",
     "The state machine changed its state; reason 0 when no fault led to it."),
    (BUTTON, "BUTTON", TO_HOST, "IB", "now_us button",
     "A person pressed a button: 1 ack, 2 go, 3 takeover. Each controller reports its own reading."),
    (NOSE, "NOSE", TO_HOST, "IBi", "now_us pressed lift_usteps",
     "The nose switch changed."),
    (MOTION_DONE, "MOTION_DONE", TO_HOST, "IHBiii",
     "now_us motion result shoulder_usteps elbow_usteps lift_usteps",
     "A motion came to rest. result 0: at its end; else the reason why it ended early."),
    (HOMED, "HOMED", TO_HOST, "IBiii", "now_us axis shoulder_usteps elbow_usteps lift_usteps",
     "The limit switch of axis changed during a HOME motion; the step counters at that moment."),
    (REFUSED, "REFUSED", TO_HOST, "BBH", "message reason detail",
     "A message was not obeyed. detail is the motion of a SEGMENT, else 0."),
    (MAGNET_STATE, "MAGNET_STATE", TO_HOST, "IBB", "now_us on reason",
     "The magnet was switched; reason 0 when the host asked for it."),
    (IDENTITY, "IDENTITY", TO_HOST, "BBBHIIBBBBBBHbBI8s",
     "service_version role platform release table_hash limits_hash slot trial starts fell_back state reason "
     "heap_free_kb temperature_c service host_nonce board_id",
     "Answers WHO and SERVICE. role 0: none was given yet; platform 1 Pico, 2 virtual; slot 0 a, 1 b; "
     "trial 1: not confirmed; fell_back: times in a row the other slot was left; temperature -128: not "
     "measured."),
    (FILE_STATE, "FILE_STATE", TO_HOST, "BI", "result size",
     "0 refused (name, size, order or full flash), 1 wanted, 2 stands with its hash, 3 its hash differs, "
     "4 refused because the running firmware is on trial. size: bytes on the flash."),
    (SLOT_STATE, "SLOT_STATE", TO_HOST, "BBBI", "result slot trial detail",
     "0 refused (detail: lines of the manifest not reached), 1 flipped (detail: files), 2 confirmed. "
     "slot and trial of the firmware that runs."),
)  # fmt: skip


def _index():
    formats = {}
    for row in TABLE:
        formats[row[0]] = "<" + row[3]
    return formats


FORMATS = _index()
SIZES = {number: struct.calcsize(FORMATS[number]) for number in FORMATS}
NAMES = {row[0]: row[1] for row in TABLE}
FIELDS = {row[0]: tuple(row[4].split()) for row in TABLE}

# Offset of the 46 segment bytes within the body of a SEGMENT.
SEGMENT_OFFSET = struct.calcsize("<HHBII")


def _hash():
    lines = ["version %d" % VERSION]
    for row in TABLE:
        lines.append("%d %s %s %s %s" % row[:5])
    return binascii.crc32("\n".join(lines).encode()) & 0xFFFFFFFF


TABLE_HASH = _hash()


class MessageError(ValueError):
    """A payload that is no row of whole, known messages."""


def encode(message, *values):
    """One message as bytes.

    >>> list(encode(RUN, 1))
    [3, 1]
    """
    return bytes([message]) + struct.pack(FORMATS[message], *values)


def well_formed(buffer, start, end):
    """True when `buffer[start:end]` is a row of whole, known messages."""
    while start < end:
        size = SIZES.get(buffer[start], -1)
        if size < 0:
            return False
        start += 1 + size
    return start == end


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
        out.append((message, struct.unpack_from(FORMATS[message], payload, at + 1)))
        at += 1 + SIZES[message]
    return out


def fields(message, values):
    """A message's values by field name, as a dict."""
    names = FIELDS[message]
    return {names[i]: values[i] for i in range(len(names))}
