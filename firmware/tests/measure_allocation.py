"""Runs under MicroPython: bytes that a controller allocates, by what it does, with the collector off.

`micropython measure_allocation.py ROOT` prints lines `<what> <bytes> <loops>`; at the prompt of a Pico the
firmware is looked for where the path leads already. The Unix port has 64-bit objects and integers that
allocate only from 2^62 on; a Pico's do from 2^30.
"""

import gc
import sys

if len(sys.argv) > 1:
    sys.path.insert(0, sys.argv[1])

from array import array

from firmware.app import App, part_of
from firmware.board.lockstep import IN_MOTOR_POWER
from firmware.wire import cobs, messages, packet
from firmware.wire.session import Session
from safety.limits import REFERENCE, Limits

LOOP_US = 1000
TALK_LOOPS = 20
WAVE_US = 10000


class MemoryBoard:
    """A board in memory: bytes to be read are set by the measurement, what is written is dropped."""

    def __init__(self):
        self.now_us = 0
        self.inputs = IN_MOTOR_POWER
        self.encoders = array("i", [100, 100])
        self.peer_edges = 0
        self.peer_edge_us = 0
        self.arming_us = self.lead_us = 0
        self.serial = b""
        self.nonce = None

    def plays(self, play):
        """Nothing is played here."""

    def spent_us(self):
        """Time stands still in a loop."""
        return 0

    def read_into(self, buffer):
        """The bytes set, once."""
        n = len(self.serial)
        for i in range(n):
            buffer[i] = self.serial[i]
        self.serial = b""
        return n

    def write(self, data):
        """Remember the session's nonce of the first answer."""
        if self.nonce is None:
            frame = bytearray(data)
            cobs.decode_in_place(frame, len(frame) - 1)
            self.nonce = packet.header(frame)[0]

    def output(self, bits, magnet_permille, led):
        """No pins."""


def start(role):
    """An App that has passed its self test, and its board."""
    limits = Limits(REFERENCE)
    board = MemoryBoard()
    app = App(board, role, limits, part_of(role))
    app.begin()
    loops(app, board, 3000)
    return app, board, limits


def loops(app, board, count, frames=()):
    """`count` loops of a millisecond; in every twentieth the host says the next of `frames`."""
    for i in range(count):
        board.now_us += LOOP_US
        if frames and i % TALK_LOOPS == 0:
            board.serial = frames[i // TALK_LOOPS]
        board.peer_edges = board.now_us // WAVE_US
        board.peer_edge_us = board.now_us // WAVE_US * WAVE_US
        app.loop()


def measure(what, app, board, count, frames=()):
    """Print what `count` loops allocate."""
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    loops(app, board, count, frames)
    after = gc.mem_alloc()
    gc.enable()
    print(what, after - before, count)


def main():
    """Measure both roles at rest: without a session, with one, and with a host that talks."""
    for role in ("arm", "hand"):
        app, board, limits = start(role)
        measure(role + "-alone", app, board, 1000)
        host = Session()
        hello = messages.encode(messages.HELLO, messages.TABLE_HASH, limits.hash(), 7)
        board.serial = host.greeting(7, hello)
        loops(app, board, 2)
        measure(role + "-session", app, board, 1000)
        host.open(board.nonce)
        frames = []
        for i in range(1000 // TALK_LOOPS + 2):
            token = 4000000000 - i
            say = messages.encode(messages.TIME, token) if i % 5 == 0 else messages.encode(messages.RUN, 0)
            frames.append(host.datagram(say))
        # The first answer of a length makes its view of the frame.
        loops(app, board, 2 * TALK_LOOPS, frames)
        measure(role + "-talking", app, board, 1000, frames[2:])


main()
