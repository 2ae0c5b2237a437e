"""The controller's program: one loop a frame, the same for arm and hand.

    frame -> serial in -> session -> messages -> buttons -> safety machine -> motion -> outputs -> status

`App` is told the time and the inputs by its board and touches nothing else.
"""

import binascii
import gc
import struct

from firmware.board.lockstep import (
    IN_MOTOR_POWER,
    IN_MUSHROOM,
    IN_NOSE,
    OUT_GATE,
    OUT_PEER_WAVE,
    OUT_RUN_CURRENT,
)
from firmware.buttons import ALL, Buttons
from firmware.service import Service
from firmware.version import FIRMWARE
from firmware.wire import cobs, messages, packet
from firmware.wire.session import Session
from safety import reasons, states, ticks
from safety.gate import Gate
from safety.liveness import HostWatch, PeerWatch, PeerWave
from safety.machine import Inputs, Machine

SELF_TEST_US = 50000
STUCK_US = 5000000
STATUS_MOVING_US = 20000
STATUS_US = 100000
# So long after a motion the status comes as often as in it: the host reads the encoders of a rest from it.
AFTER_MOTION_US = 200000
FRAMES_PER_LOOP = 8
READ_BYTES = 128

# Made once: a tuple of names is made anew each time it is met.
_KEEPING_PROFILE = (states.READY, states.MOVING, states.HOLD)
_IN_MOTION = (states.MOVING, states.HOLD)
_ROLES = {"arm": messages.ROLE_ARM, "hand": messages.ROLE_HAND}


def part_of(role):
    """The class of what only `role` does; the other one takes no memory."""
    if role == "arm":
        from firmware.arm import Arm

        return Arm
    from firmware.hand import Hand

    return Hand


class App:
    """One controller. `board` as in `firmware/board`, `role` "arm" or "hand", `limits` a `safety` Limits,
    `part` what is only this role's (`part_of`).
    """

    def __init__(self, board, role, limits, part):
        self.board = board
        self.limits = limits
        self.role = _ROLES[role]
        self.machine = Machine(role == "arm")
        self.inputs = Inputs()
        self.session = Session(in_place=True)
        self.framer = cobs.Framer(packet.MAX_PACKET + 4)
        self.host = HostWatch()
        self.peer = PeerWatch()
        self.profile = messages.PROFILE_NORMAL
        self.part = part(self)
        self.service = Service(self)
        self._bytes = bytearray(READ_BYTES)
        self._unread = 0
        # The report is made in place: it goes out fifty times a second.
        self._report_bytes = bytearray(1 + messages.SIZES[messages.STATUS])
        self._report_bytes[0] = messages.STATUS
        self._time_bytes = bytearray(1 + messages.SIZES[messages.TIME_REPLY])
        self._time_bytes[0] = messages.TIME_REPLY
        self._greetings = 0
        self._state = states.OFF
        self._status_at = None
        self._moved_at = None
        self._began_at = 0
        self._quiet_at = 0
        self._nose = 0
        self.buttons = None
        self.wave = None
        self.gate = None

    # --- the loop -------------------------------------------------------------------------------

    def run(self):
        """Loop until the board says the end (virtual boards only)."""
        board = self.board
        if not board.frame():
            return
        self.begin()
        while True:
            self.loop()
            if not board.frame():
                return

    def begin(self):
        """Power-on, within the first frame that the board has begun."""
        board = self.board
        now = board.now_us
        self.buttons = Buttons(board.inputs)
        self.wave = PeerWave(now)
        self.gate = Gate(now)
        self._began_at = self._quiet_at = now
        self._nose = board.inputs & IN_NOSE
        self.machine.self_test(now, True)

    def loop(self):
        """One turn of the loop, within the frame that the board has begun."""
        board = self.board
        now = board.now_us
        self.part.turned(now)
        self._serial_in(now)
        self.peer.step(now, board.peer_edges, board.peer_edge_us)
        if self.machine.state == states.SELF_TEST:
            self._self_test(now)
        self._gather(now)
        if self.buttons.settle(board.inputs, now):
            self._buttons(now)
        self.machine.step(now, self.inputs)
        self.part.step(now)
        self._nose_switch(now)
        self.service.step(now)
        self._report(now)
        self._outputs(now)
        self._serial_out(now)

    def _self_test(self, now):
        """The buttons must be released (a stuck one is no act), and the encoders must answer."""
        if self.board.inputs & ALL:
            self._quiet_at = now
        if not self.part.healthy() or ticks.diff(now, self._began_at) >= STUCK_US:
            self.machine.self_test(now, False)
        elif ticks.diff(now, self._quiet_at) >= SELF_TEST_US:
            self.machine.self_test(now, True)

    def _gather(self, now):
        board = self.board
        inputs = self.inputs
        inputs.host_silent_us = self.host.silent_us(now)
        inputs.peer_present = self.peer.present
        inputs.peer_holding = self.peer.holding
        inputs.mushroom = bool(board.inputs & IN_MUSHROOM)
        inputs.motor_power = bool(board.inputs & IN_MOTOR_POWER)
        self.part.gather(inputs)

    def _buttons(self, now):
        for button in range(3):
            if self.buttons.edge(button, self.board.inputs, now):
                before = self.machine.state
                self.event(messages.BUTTON, now, button + 1)
                self.machine.button(now, button + 1, self.inputs)
                self.part.act(now, button + 1, before)
                if self.machine.state == states.SELF_TEST:
                    self._began_at = self._quiet_at = now
                if self.machine.refusal:
                    self.refuse(messages.BUTTON, self.machine.refusal, button + 1)

    def _nose_switch(self, now):
        nose = self.board.inputs & IN_NOSE
        if nose != self._nose:
            self._nose = nose
            self.part.nose(now, bool(nose))

    def _outputs(self, now):
        machine = self.machine
        bits = 0
        if self.gate.step(now, machine.powered and not self.service.active):
            bits |= OUT_GATE
        if self.wave.step(now, machine.wave(), machine.state == states.HOLD):
            bits |= OUT_PEER_WAVE
        if machine.full_current():
            bits |= OUT_RUN_CURRENT
        self.part.output(now, bits)

    # --- telemetry ------------------------------------------------------------------------------

    def event(self, message, *values):
        """Send an event to the host, reliably; lost without a session."""
        self.session.send(messages.encode(message, *values))

    def refuse(self, message, reason, detail=0):
        """Tell the host that a message was not obeyed."""
        self.event(messages.REFUSED, message, reason, detail)

    def _report(self, now):
        machine = self.machine
        if machine.state != self._state:
            self._state = machine.state
            if machine.state not in _KEEPING_PROFILE:
                self.profile = messages.PROFILE_NORMAL
            reason = machine.hold_reason if machine.state == states.HOLD else machine.reason
            self.event(messages.STATE, now, machine.state, reason)
            self._status_at = None
            if machine.state != states.MOVING and self.part.at_rest():
                # Now, while nothing moves, rather than in the middle of the next motion.
                gc.collect()
        if machine.state in _IN_MOTION or not self.part.at_rest():
            self._moved_at = now
        elif self._moved_at is not None and ticks.diff(now, self._moved_at) >= AFTER_MOTION_US:
            self._moved_at = None
        period = STATUS_US if self._moved_at is None else STATUS_MOVING_US
        if self._status_at is None or ticks.diff(now, self._status_at) >= period:
            self._status_at = now
            if self.session.nonce is not None:
                self.board.write(self.session.datagram(self._status(now)))

    def _status(self, now):
        machine = self.machine
        board = self.board
        flags = (
            (messages.STATUS_FAST if self.profile == messages.PROFILE_FAST else 0)
            | (messages.STATUS_LOOKED if machine.looked else 0)
            | (messages.STATUS_PEER_PRESENT if self.peer.present else 0)
            | (messages.STATUS_LATCHED if machine.reason else 0)
            | (messages.STATUS_GATE if machine.powered else 0)
            | self.part.status_flags()
        )
        reason = machine.hold_reason if machine.state == states.HOLD else machine.reason
        position = self.part.reported_position(now)
        struct.pack_into(
            messages.FORMATS[messages.STATUS],
            self._report_bytes,
            1,
            now,
            machine.state,
            reason,
            flags,
            board.inputs,
            position[0],
            position[1],
            position[2],
            board.encoders[0],
            board.encoders[1],
            self.part.motion(),
            self.part.queue_ms(),
            self.part.free_segments(),
            self.profile,
            self.part.magnet_permille(),
        )
        return self._report_bytes

    # --- the wire -------------------------------------------------------------------------------

    def _serial_in(self, now):
        framer = self.framer
        data = self._bytes
        while True:
            if self._unread == 0:
                self._unread = self.board.read_into(data)
                if self._unread == 0:
                    break
                framer.begin()
            length = framer.take(data, self._unread)
            if length < 0:
                self._unread = 0
            else:
                self._packet(framer.buffer, length, now)
            # Nothing new is begun then, neither a piece of so many bytes nor a packet.
            most = self.part.take_in_us()
            if most is not None and self.board.spent_us() >= most:
                break
        if framer.stop:
            framer.stop = False
            self.machine.fault(now, reasons.HOST_STOP)

    def _packet(self, buffer, n, now):
        kind = self.session.receive(buffer, n, now)
        if kind < 0:
            return
        end = n - packet.CRC_SIZE
        if not messages.well_formed(buffer, packet.HEADER_SIZE, end):
            return
        if kind == packet.GREETING:
            message = buffer[packet.HEADER_SIZE]
            if message == messages.HELLO:
                self._greet(buffer, now)
            elif message == messages.WHO:
                nonce = struct.unpack_from("<I", buffer, packet.HEADER_SIZE + 1)[0]
                self.board.write(self.session.greeting(0, self.service.identity(now, nonce)))
            elif message == messages.SERVICE:
                self._serve(buffer, now)
            return
        self.host.heard(now)
        at = packet.HEADER_SIZE
        while at < end:
            message = buffer[at]
            self._dispatch(message, buffer, at + 1, now)
            at += 1 + messages.body_size(buffer, at, end)

    def _greet(self, buffer, now):
        """Answer a HELLO. A controller in motion stops first: its host has forgotten what it was doing."""
        table, limits, host_nonce = struct.unpack_from("<III", buffer, packet.HEADER_SIZE + 1)
        accepted = messages.ACCEPTED
        if table != messages.TABLE_HASH:
            accepted = messages.TABLE_DIFFERS
        elif limits != self.limits.hash():
            accepted = messages.LIMITS_DIFFER
        nonce = self._draw_nonce(host_nonce, now)
        self.service.close()
        if self.machine.state in _IN_MOTION or not self.part.at_rest():
            self.machine.fault(now, reasons.SESSION_LOST)
        self.part.forget()
        if accepted == messages.ACCEPTED:
            self.session.open(nonce)
            self.host.heard(now)
        else:
            self.session.close()
            self.host.forget()
        answer = messages.encode(
            messages.WELCOME,
            accepted,
            self.role,
            FIRMWARE,
            messages.TABLE_HASH,
            self.limits.hash(),
            host_nonce,
            now,
        )
        self.board.write(self.session.greeting(nonce, answer))
        self._status_at = None

    def _draw_nonce(self, host_nonce, now):
        self._greetings += 1
        return binascii.crc32(struct.pack("<III", host_nonce, now, self._greetings)) & 0xFFFFFFFF

    def _serve(self, buffer, now):
        """Open a service session; whatever moves comes to rest, and the motors lose their power."""
        _, host_nonce = struct.unpack_from("<BI", buffer, packet.HEADER_SIZE + 1)
        self.machine.fault(now, reasons.UPDATE)
        self.part.forget()
        self.service.open()
        self.session.open(self._draw_nonce(host_nonce, now))
        answer = self.service.identity(now, host_nonce)
        self.board.write(self.session.greeting(self.session.nonce, answer))
        self._status_at = None

    def _dispatch(self, message, buffer, at, now):
        if message == messages.RUN:
            self.part.run(buffer[at], now)
        elif message == messages.SEGMENTS:
            self.part.segments(buffer, at, now)
        elif message == messages.TIME:
            reply = self._time_bytes
            for i in range(4):
                reply[1 + i] = buffer[at + i]
            struct.pack_into("<I", reply, 5, now)
            self.board.write(self.session.datagram(reply))
        elif message == messages.LED:
            self.part.led(buffer[at])
        elif message == messages.MAGNET:
            self.part.magnet(buffer[at], now)
        elif message == messages.PROFILE:
            self._profile(buffer[at])
        elif message == messages.SET_POSITION:
            self.part.set_position(struct.unpack_from("<iii", buffer, at), now)
        elif message == messages.LOOKED:
            self.machine.look_done()
        elif message == messages.HOLD:
            self.machine.hold(now, reasons.HOST_HOLD)
        elif message in messages.SERVICE_MESSAGES:
            if self.service.active:
                self.service.take(message, struct.unpack_from(messages.FORMATS[message], buffer, at))
            else:
                self.refuse(message, reasons.NOT_READY)

    def _profile(self, profile):
        if profile not in (messages.PROFILE_NORMAL, messages.PROFILE_FAST):
            self.refuse(messages.PROFILE, reasons.BAD_VALUE)
        elif profile == messages.PROFILE_FAST and self.machine.state not in (states.READY, states.MOVING):
            self.refuse(messages.PROFILE, reasons.NOT_READY)
        else:
            if profile == messages.PROFILE_NORMAL:
                self.part.slow()
            self.profile = profile

    def _serial_out(self, now):
        count = 0
        while count < FRAMES_PER_LOOP:
            frame = self.session.poll(now)
            if frame is None:
                break
            self.board.write(frame)
            count += 1
