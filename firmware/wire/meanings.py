"""What each message means: for `docs/protocol.md` and whoever reads it, not for a controller's memory."""

from firmware.wire import messages

MEANINGS = {
    messages.HELLO: (
        "Opens a session. The host draws host_nonce anew for every HELLO."
    ),
    messages.TIME: (
        "Asks for the controller's time; token comes back untouched."
    ),
    messages.RUN: (
        "Keep-alive, a datagram where no other packet goes out within 20 ms; activity 1 while a motion is "
        "under way, else 0."
    ),
    messages.SEGMENTS: (
        "At most four slices of a motion that follow each other, a row each. index is that of the first, "
        "counted from 0 within the motion; START (1): the first begins the motion; LAST (2): the last ends "
        "it, at rest; HOME (4): all are of a search of the limit switch of the axis in bits 4-5, where 3 is "
        "the nose switch: the lift feels its way down. start_us counts with START only. Dropped with reason "
        "when not_after_us has passed."
    ),
    messages.PROFILE: (
        "Speed limits: 0 normal, 1 fast. Normal during a fast motion slows what is left of its path to "
        "the normal speed. Back to normal when the controller leaves READY, MOVING and HOLD."
    ),
    messages.SET_POSITION: (
        "Says where the arm is (after homing or from the encoders). Only at rest in READY and RECOVERY, "
        "and only when it agrees with the encoders."
    ),
    messages.LOOKED: (
        "The host has looked at the board since the last stop. Without it the go button does not make "
        "READY."
    ),
    messages.MAGNET: (
        "Hand only. 1 on, 0 release with a reverse kick. Obeyed in READY and MOVING; a stop keeps the "
        "piece."
    ),
    messages.LED: (
        "Hand only. 0 off, 1 thinking, 2 your turn, 3 moving, 4 stopped, 5 question, 6 press go, 7 game "
        "over."
    ),
    messages.HOLD: (
        "The host asks for a pause: brake on the path and wait in HOLD for a person's act."
    ),
    messages.WHO: (
        "Asks who the board is. A greeting: it needs no session, opens none and disturbs none."
    ),
    messages.SERVICE: (
        "Opens a service session whatever the tables and limits; the motors stop and lose their power. "
        "Answered by IDENTITY with the session's nonce. FILE_OPEN, FILE_DATA, FLIP, CONFIRM and RESTART "
        "are obeyed only in it."
    ),
    messages.FILE_OPEN: (
        "A file of the slot that is not running (path: lower case, filled up with zeros). FILE_STATE says "
        "whether it stands there already or its bytes are wanted."
    ),
    messages.FILE_DATA: (
        "The next count bytes. After the last one the file is read back and hashed; FILE_STATE tells."
    ),
    messages.FLIP: (
        "Checks every file of the other slot against its manifest, removes what is not listed, chooses "
        "the slot for a trial and restarts. SLOT_STATE tells."
    ),
    messages.CONFIRM: (
        "The firmware on trial is well: it stays."
    ),
    messages.RESTART: (
        "Resets the board: 0 as it is, 1 into maintenance (no firmware starts, the prompt is open), 2 "
        "back to the other slot."
    ),
    messages.WELCOME: (
        "Answers HELLO. accepted 1: the nonce of this packet is the session's. 2: the tables differ. 3: "
        "the limits differ. No session is open after 2 or 3."
    ),
    messages.TIME_REPLY: (
        "The controller's time when TIME was read."
    ),
    messages.STATUS: (
        "Every 20 ms while moving, else every 100 ms, as a datagram. Positions count the steps handed to "
        "the PIO, at most 10 ms ahead; at rest they are exact. reason is the latched one, 0 when none is."
    ),
    messages.STATE: (
        "The state machine changed its state; reason 0 when no fault led to it."
    ),
    messages.BUTTON: (
        "A person pressed a button: 1 ack, 2 go, 3 takeover. Each controller reports its own reading."
    ),
    messages.NOSE: (
        "The nose switch changed."
    ),
    messages.MOTION_DONE: (
        "A motion came to rest. result 0: at its end; else the reason why it ended early."
    ),
    messages.HOMED: (
        "The limit switch of axis (3: the nose switch) changed during a HOME motion; the step counters at "
        "that moment."
    ),
    messages.REFUSED: (
        "A message was not obeyed. detail is the motion of SEGMENTS, else 0."
    ),
    messages.MAGNET_STATE: (
        "The magnet was switched; reason 0 when the host asked for it."
    ),
    messages.IDENTITY: (
        "Answers WHO and SERVICE. role 0: none was given yet; platform 1 Pico, 2 virtual; slot 0 a, 1 b; "
        "trial 1: not confirmed; fell_back: times in a row the other slot was left; temperature -128: not "
        "measured."
    ),
    messages.FILE_STATE: (
        "0 refused (name, size, order or full flash), 1 wanted, 2 stands with its hash, 3 its hash "
        "differs, 4 refused because the running firmware is on trial. size: bytes on the flash."
    ),
    messages.SLOT_STATE: (
        "0 refused (detail: lines of the manifest not reached), 1 flipped (detail: files), 2 confirmed. "
        "slot and trial of the firmware that runs."
    ),
}  # fmt: skip
