"""A tiny twin for tests: one real controller process, its grants, its PIO, and the host's end of the wire.

Time is the controller's own and moves only with `frame`. The motors are ideal: the encoders follow the
steps. Nothing here looks into the controller; everything goes through pseudo-terminal and FIFOs.
"""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import tty
from pathlib import Path

from firmware.board import lockstep
from firmware.encoders import Encoders
from firmware.wire import cobs, messages, packet
from firmware.wire.session import Session
from safety import ticks
from safety.limits import REFERENCE, Limits

ROOT = Path(__file__).resolve().parents[2]
MICROPYTHON = Path(sys.executable).parent / "micropython"
LIMITS = Limits(REFERENCE)
WRAP = 1 << 30


class Axis:
    """The PIO of one axis: words in, edges with their times out (ticks of 1/8 us since start)."""

    def __init__(self):
        self.words = []
        self.cursor = 0
        self.position = 0
        self.edges = []
        self.dry = False

    def start(self, at_ticks):
        self.cursor = at_ticks

    def play(self, until_ticks):
        while self.words:
            word = self.words[0]
            end = self.cursor + (word >> lockstep.WORD_DELAY_SHIFT)
            if end > until_ticks:
                return
            self.words.pop(0)
            self.cursor = end
            if word & lockstep.WORD_STEP:
                sign = 1 if word & lockstep.WORD_DIRECTION else -1
                self.position += sign
                self.edges.append((end, sign))


class Controller:
    """A running controller. `now_us` counts up from just before a wrap of the controller's clock."""

    def __init__(self, role="arm", limits=LIMITS, start_us=WRAP - 2_000_000):
        self.role = role
        self.limits = limits
        self.start_us = start_us
        self.now_us = 0
        self.inputs = lockstep.IN_MOTOR_POWER
        self.axes = [Axis(), Axis(), Axis()]
        self.offset = [0, 0, 0]
        self.wave_running = True
        self.peer_edges = 0
        self.encoders = Encoders(limits)
        self.encoder_error = [0, 0]
        self.outputs = 0
        self.magnet = 0
        self.led = 0
        self.output_edges = {lockstep.OUT_GATE: [], lockstep.OUT_PEER_WAVE: []}
        self.aborts = 0
        self.session = Session()
        self.framer = cobs.Framer(400)
        self.inbox = []
        self.rx_total = 0
        self.tx_read = 0
        self.keep_alive = None
        self.activity = 0
        self.outbox = []
        self.streaming = True
        self._sent_at = -1_000_000
        self._tx_total = 0
        self._spawn()

    def _spawn(self):
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        (path / "limits.json").write_text(json.dumps(self.limits.as_dict()))
        for room in ("firmware", "safety"):
            (path / room).symlink_to(ROOT / room)
        grant, done = path / "grant", path / "done"
        os.mkfifo(grant)
        os.mkfifo(done)
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        attributes = termios.tcgetattr(slave)
        termios.tcsetattr(slave, termios.TCSANOW, attributes)
        self.stderr_path = path / "stderr"
        with self.stderr_path.open("wb") as stderr:
            self.process = subprocess.Popen(
                [str(MICROPYTHON), "-m", "firmware.main", self.role],
                cwd=path,
                stdin=slave,
                stdout=slave,
                stderr=stderr,
                env={**os.environ, "QIYOU_GRANT": str(grant), "QIYOU_DONE": str(done)},
            )
        os.close(slave)
        self.grant = os.open(grant, os.O_RDWR)
        self.done = os.open(done, os.O_RDWR)
        flags = fcntl.fcntl(self.master, fcntl.F_GETFL)
        fcntl.fcntl(self.master, fcntl.F_SETFL, flags | os.O_NONBLOCK)

    def close(self):
        self.process.kill()
        self.process.wait()
        for fd in (self.grant, self.done, self.master):
            os.close(fd)
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- time -----------------------------------------------------------------------------------

    def controller_us(self, at_us=None):
        """Controller ticks of a time of the test."""
        return (self.start_us + (self.now_us if at_us is None else at_us)) % WRAP

    def frame(self, step_us=1000):
        """One frame: the world moves on, the controller answers, the host's keep-alive goes out."""
        self.now_us += step_us
        for axis in self.axes:
            axis.play(self.now_us * 8)
        if self.wave_running and self.now_us % 10_000 < step_us:
            self.peer_edges += 1
        counts = [
            (self.encoders.expected(i, self.offset[i] + self.axes[i].position) + self.encoder_error[i]) % 4096
            for i in range(2)
        ]
        pending = [min(65535, len(axis.words)) for axis in self.axes]
        os.write(
            self.grant,
            struct.pack(
                lockstep.GRANT_FORMAT,
                self.controller_us(),
                self.rx_total,
                self.inputs,
                *counts,
                *pending,
                self.peer_edges % 2**32,
            ),
        )
        done = struct.unpack(lockstep.DONE_FORMAT, self._read(self.done, lockstep.DONE_SIZE))
        self._tx_total, outputs, flags, self.magnet, self.led = done[:5]
        if flags & lockstep.FLAG_ABORT:
            self.aborts += 1
            for axis in self.axes:
                axis.words.clear()
        words = [self._read(self.done, 4 * n) for n in done[5:]]
        for axis, data in zip(self.axes, words, strict=True):
            if flags & lockstep.FLAG_START:
                axis.start(self.now_us * 8)
            axis.words += struct.unpack(f"<{len(data) // 4}I", data)
        for bit, edges in self.output_edges.items():
            if (outputs ^ self.outputs) & bit:
                edges.append(self.now_us)
        self.outputs = outputs
        self._serial()

    def _read(self, fd, size):
        data = b""
        while len(data) < size:
            ready, _, _ = select.select([fd], [], [], 20)
            assert ready, "the controller died: " + self.stderr_path.read_text()
            data += os.read(fd, size - len(data))
        return data

    def run(self, duration_us, until=None):
        """Frames for `duration_us`, or until `until()` holds; returns whether it did."""
        end = self.now_us + duration_us
        while self.now_us < end:
            self.frame()
            if until is not None and until():
                return True
        return False

    # --- the host's end of the wire -------------------------------------------------------------

    def write(self, data):
        """Serial bytes to the controller."""
        sent = 0
        while sent < len(data):
            sent += os.write(self.master, data[sent:])
        self.rx_total = (self.rx_total + len(data)) % 2**32

    def _serial(self):
        want = (self._tx_total - self.tx_read) % 2**32
        data = b""
        while len(data) < want:
            ready, _, _ = select.select([self.master], [], [], 20)
            assert ready
            data += os.read(self.master, want - len(data))
        self.tx_read = self._tx_total
        self.framer.begin()
        while (n := self.framer.take(data, len(data))) >= 0:
            self._receive(n)
        if self.keep_alive is not None and self.now_us - self._sent_at >= self.keep_alive:
            self._sent_at = self.now_us
            self.datagram(messages.RUN, self.activity)
        self._feed()
        while (frame := self.session.poll(self.now_us)) is not None:
            self.write(frame)

    def _receive(self, n):
        buffer = self.framer.buffer
        kind = self.session.receive(buffer, n, self.now_us)
        if kind < 0:
            return
        rows = messages.decode(bytes(buffer[packet.HEADER_SIZE : n - packet.CRC_SIZE]))
        for message, values in rows:
            if message == messages.WELCOME and values[0] == messages.ACCEPTED:
                self.session.open(packet.header(buffer)[0])
            self.inbox.append((self.now_us, message, messages.fields(message, values)))

    def send(self, message, *values):
        """A message in a reliable packet."""
        assert self.session.send(messages.encode(message, *values))

    def datagram(self, message, *values):
        """A message in a datagram, if a session is open."""
        frame = self.session.datagram(messages.encode(message, *values))
        if frame is not None:
            self.write(frame)

    def hello(self, table_hash=messages.TABLE_HASH, limits_hash=None, nonce=7):
        """Send HELLO and wait for WELCOME; returns its fields."""
        limits_hash = self.limits.hash() if limits_hash is None else limits_hash
        hello = messages.encode(messages.HELLO, table_hash, limits_hash, nonce)
        self.write(self.session.greeting(nonce, hello))
        self.inbox.clear()
        assert self.run(100_000, lambda: self.received(messages.WELCOME)), "no WELCOME"
        return self.received(messages.WELCOME)[-1]

    def received(self, message):
        """Fields of all messages of one kind in the inbox."""
        return [values for _, kind, values in self.inbox if kind == message]

    def when(self, message):
        """Times of all messages of one kind in the inbox."""
        return [at for at, kind, _ in self.inbox if kind == message]

    @property
    def status(self):
        """Fields of the newest STATUS."""
        return self.received(messages.STATUS)[-1]

    def press(self, bit):
        """Press and release a button."""
        self.inputs |= bit
        self.run(30_000)
        self.inputs &= ~bit
        self.run(30_000)

    def make_ready(self, position=(10000, -12000, 12000)):
        """From power-on to READY with the position known (arm)."""
        self.offset = list(position)
        self.run(120_000)
        welcome = self.hello()
        self.keep_alive = 20_000
        self.send(messages.LOOKED)
        self.run(20_000)
        self.press(lockstep.IN_BUTTON_GO)
        if self.role == "arm":
            self.send(messages.SET_POSITION, *position)
            self.run(120_000)
        return welcome

    def stream(self, motion, segments, flags=0, start_in_us=50_000, valid_us=30_000_000):
        """Queue all segments of a motion; they go out about 400 ms ahead of the arm, three in a packet."""
        start = self.controller_us(self.now_us + start_in_us)
        deadline = ticks.add(start, valid_us)
        for index in range(0, len(segments), 3):
            mine = flags
            if index == 0:
                mine |= messages.SEGMENT_START
            if index + 3 >= len(segments):
                mine |= messages.SEGMENT_LAST
            rows = b"".join(segment.row() for segment in segments[index : index + 3])
            self.outbox.append(messages.encode(messages.SEGMENTS, motion, index, mine, start, deadline, rows))

    def _feed(self):
        if self.streaming and self.outbox and self.session.unacknowledged < 3:
            statuses = self.received(messages.STATUS)
            if statuses and statuses[-1]["queue_ms"] < 400:
                assert self.session.send(self.outbox.pop(0))
