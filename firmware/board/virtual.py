"""The board of the MicroPython Unix port: everything a Pico has comes through two FIFOs and stdin/stdout.

`QIYOU_GRANT` and `QIYOU_DONE` name the FIFOs; this side opens the grant FIFO for reading first, then the
done FIFO for writing. Standard input and output are the serial port: a pseudo-terminal that the twin set
to raw mode. The twin reads what was written whenever it got a done.
"""

import os
import struct
import sys
from array import array

import micropython

from firmware.board.lockstep import (
    AXES,
    DONE_FORMAT,
    DONE_SIZE,
    FLAG_ABORT,
    FLAG_START,
    GRANT_FORMAT,
    GRANT_SIZE,
    WORD_SIZE,
)
from safety import ticks

_MASK32 = 0xFFFFFFFF


class Board:
    """One virtual controller.

    After `frame` the attributes hold what the grant said: `now_us` (ticks), `inputs` (IN_ bits), `encoders`
    (counts), `peer_edges` and when the newest was seen. What is set by `output` and the other calls goes out
    with the next `frame`.
    """

    def __init__(self, role, limits):
        del limits  # its PIO is modelled elsewhere
        self.role = role
        self.now_us = 0
        self.inputs = 0
        self.encoders = array("i", [0, 0])
        self.peer_edges = 0
        self.peer_edge_us = 0
        # Nothing comes between a frame and its end: a motion is begun when it is due.
        self.arming_us = self.lead_us = 0
        self._play = None
        self._outputs = 0
        self._magnet = 0
        self._led = 0
        self._flags = 0
        self._words = [bytearray() for _ in range(AXES)]
        self._rx_total = 0
        self._rx_read = 0
        self._tx_total = 0
        self._granted = False
        self._grant_bytes = bytearray(GRANT_SIZE)
        self._done_bytes = bytearray(DONE_SIZE)
        # A 0x03 in the stream must not end the program.
        micropython.kbd_intr(-1)
        self._grant = open(os.getenv("QIYOU_GRANT"), "rb", buffering=0)  # noqa: SIM115 - open for life
        self._done = open(os.getenv("QIYOU_DONE"), "wb", buffering=0)  # noqa: SIM115 - open for life
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer

    def frame(self):
        """End this frame and wait for the next grant; False when the twin is gone."""
        if self._granted:
            if self._play is not None:
                self._play(self.now_us)
            self._send_done()
        view = memoryview(self._grant_bytes)
        got = 0
        while got < GRANT_SIZE:
            n = self._grant.readinto(view[got:])
            if not n:
                return False
            got += n
        grant = struct.unpack_from(GRANT_FORMAT, self._grant_bytes, 0)
        self.now_us = grant[0] & ticks.MASK
        self._rx_total = grant[1]
        self.inputs = grant[2]
        self.encoders[0] = grant[3]
        self.encoders[1] = grant[4]
        if grant[8] != self.peer_edges:
            self.peer_edges = grant[8]
            self.peer_edge_us = self.now_us
        self._granted = True
        return True

    def _send_done(self):
        words = self._words
        struct.pack_into(
            DONE_FORMAT,
            self._done_bytes,
            0,
            self._tx_total,
            self._outputs,
            self._flags,
            self._magnet,
            self._led,
            len(words[0]) // WORD_SIZE,
            len(words[1]) // WORD_SIZE,
            len(words[2]) // WORD_SIZE,
        )
        self._flags = 0
        message = self._done_bytes
        if words[0] or words[1] or words[2]:
            message = message + words[0] + words[1] + words[2]
            for axis in range(AXES):
                words[axis] = bytearray()
        self._write_all(self._done, message)

    @staticmethod
    def _write_all(stream, data):
        # A pipe or terminal may take less than it is given.
        view = memoryview(data)
        sent = 0
        while sent < len(data):
            n = stream.write(view[sent:])
            if not n:
                raise OSError("the twin took no bytes")
            sent += n

    def spent_us(self):
        """Microseconds since this frame began: its time stands still."""
        return 0

    def read_into(self, buffer):
        """Serial bytes of this frame into `buffer`; returns how many (call until 0)."""
        wanted = min((self._rx_total - self._rx_read) & _MASK32, len(buffer))
        if wanted == 0:
            return 0
        n = self._in.readinto(memoryview(buffer)[:wanted])
        if not n:
            raise OSError("the serial port closed")
        self._rx_read = (self._rx_read + n) & _MASK32
        return n

    def write(self, data):
        """Serial bytes to the host."""
        self._write_all(self._out, data)
        self._tx_total = (self._tx_total + len(data)) & _MASK32

    def patience(self, milliseconds):
        """How long a loop may take; a virtual board has no watchdog of its own."""

    def temperature(self):
        """Degrees Celsius of the chip, -128 when not measured."""
        return -128

    def identity(self):
        """Eight bytes that no other board has."""
        return ("%-8s" % (os.getenv("QIYOU_BOARD_ID") or "virtual"))[:8].encode()

    def plays(self, play):
        """Call `play(now_us)` in every frame, after the loop's turn."""
        self._play = play

    def starved(self):
        """Whether the PIO ran dry since the start; the twin knows it by its own."""
        return False

    def give(self, axis, words, at, n):
        """`n` of `words` (array of 32-bit words) from `at` on follow in the FIFO of `axis`."""
        self._words[axis] += memoryview(words)[at : at + n]

    def feed(self):
        """Hand on what was given; the frame does."""

    def start(self, at_us):
        """Start the PIO of all axes at once, with this frame; returns when that is."""
        del at_us  # it is now: nothing is started early
        self._flags |= FLAG_START
        return self.now_us

    def abort(self):
        """Stop PIO and DMA now and drop what they hold."""
        self._flags |= FLAG_ABORT
        for axis in range(AXES):
            self._words[axis] = bytearray()

    def output(self, bits, magnet_permille, led):
        """Set the outputs: OUT_ bits, magnet drive in permille, LED pattern."""
        self._outputs = bits
        self._magnet = magnet_permille
        self._led = led
