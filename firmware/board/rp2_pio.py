"""Step generation on a Pico: one PIO state machine an axis, fed by one-shot DMA.

A FIFO word on the wire of the design is direction, step flag and delay. The program below spends 8 cycles on
a step and 7 on a wait beside its delay loop, so `load` takes that from the delay as it copies the words.

DMA is never a ring: two channels an axis take turns, each with one finite transfer, the second chained to
the first. A controller that dies ends its steps with what was handed out, at most 15 ms.
"""
# ruff: noqa: F821 - the names inside a PIO program and viper's types belong to their compilers

from array import array

import machine
import micropython
import rp2

from firmware.board import pins

AXES = 3
TICK_HZ = 8000000
# The most that the chip is sold for, at this core voltage (RP2040 data sheet); divides to 8 MHz without a
# fraction. At 128 MHz a loop in motion would take as long as the steps that are handed out in advance.
SYSTEM_HZ = 200000000
_VREG = 0x40064000
_VREG_1V15 = 0xC0
_VREG_SELECT = 0xF0
# What is handed out at once lasts at most 15 ms, with a word that waits in each cell of 2 ms and some to
# spare. Three of these are in memory for each axis.
_AHEAD_US = 15000
_SPARE_WORDS = 24
# What a transfer should hold: with less in it, the words that wait for a free channel would be most of what
# is handed out, and a short pause of the processor would let the machines run dry.
CHUNK_TICKS = 48000
# The player gives a cell every other loop; when none came for longer the path has ended.
QUIET_LOOPS = 3

_PIO0_BASE = 0x50200000
_SET = 0x2000
_CLEAR = 0x3000
_ENABLE_ALL = 0b111
_RESTART_CLOCKS = 0b111 << 8


@rp2.asm_pio(
    out_init=rp2.PIO.OUT_LOW,
    set_init=rp2.PIO.OUT_LOW,
    out_shiftdir=rp2.PIO.SHIFT_RIGHT,
    fifo_join=rp2.PIO.JOIN_TX,
)
def _stepper():
    wrap_target()
    label("begin")
    pull(block)
    out(pins, 1)
    out(x, 1)
    set(pins, 0)
    out(y, 30)
    label("wait")
    jmp(y_dec, "wait")
    jmp(not_x, "begin")
    set(pins, 1)
    wrap()


@micropython.viper
def load(words: ptr32, n: int, out: ptr32, at: int) -> int:
    """Copy `n` words to `out[at:]`, less the cycles that the program itself takes; returns their ticks."""
    ticks = 0
    for i in range(n):
        word = int(words[i])
        step = (word >> 1) & 1
        ticks += word >> 2
        out[at + i] = word - ((7 + step) << 2)
    return ticks


class AxisFeed:
    """Words of one axis on their way to its state machine, at most `usteps_s` steps a second."""

    def __init__(self, axis, usteps_s):
        direction, step = pins.AXES[axis]
        self.machine = rp2.StateMachine(
            axis,
            _stepper,
            freq=TICK_HZ,
            out_base=machine.Pin(direction),
            set_base=machine.Pin(step),
        )
        self._dma = (rp2.DMA(), rp2.DMA())
        self._room = usteps_s * (_AHEAD_US // 1000) // 1000 + _SPARE_WORDS
        self._buffers = tuple(array("I", [0] * self._room) for _ in range(2))
        self._waiting = array("I", [0] * self._room)
        self._waiting_n = 0
        self._waiting_ticks = 0
        self._quiet = 0
        self._turn = 0
        self._alone = []
        self._chained = []
        for i in range(2):
            dma = self._dma[i]
            # PIO 0 requests are 0-3, by state machine. A channel chained to itself is not chained.
            self._alone.append(dma.pack_ctrl(size=2, inc_write=False, treq_sel=axis, chain_to=dma.channel))
            other = self._dma[1 - i].channel
            self._chained.append(dma.pack_ctrl(size=2, inc_write=False, treq_sel=axis, chain_to=other))

    def put(self, words, n):
        """Take `n` words; they go out with the next `feed`."""
        if self._waiting_n + n > self._room:
            raise OSError("more steps than the feed holds")
        self._waiting_ticks += load(words, n, self._waiting, self._waiting_n)
        self._waiting_n += n
        self._quiet = 0

    def feed(self):
        """Hand waiting words to the free channel; it starts now, or when the busy one ends.

        While the busy one lasts, only a whole chunk or the end of a path is handed over.
        """
        n = self._waiting_n
        self._quiet += 1
        mine = self._dma[self._turn]
        if n == 0 or mine.active():
            return
        other = self._dma[1 - self._turn]
        if other.active() and self._waiting_ticks < CHUNK_TICKS and self._quiet < QUIET_LOOPS:
            return
        buffer = self._buffers[self._turn]
        self._buffers = (
            (self._waiting, self._buffers[1]) if self._turn == 0 else (self._buffers[0], self._waiting)
        )
        full = self._waiting
        self._waiting = buffer
        self._waiting_n = 0
        self._waiting_ticks = 0
        mine.config(
            read=full, write=self.machine, count=n, ctrl=self._alone[self._turn], trigger=False
        )
        if other.active():
            other.ctrl = self._chained[1 - self._turn]
        if not other.active() and not mine.active():
            mine.active(1)
        self._turn = 1 - self._turn

    def pending(self):
        """Words not yet taken by the state machine."""
        left = self._waiting_n + self.machine.tx_fifo()
        for dma in self._dma:
            left += dma.count
        return left

    def abort(self):
        """Stop and drop everything."""
        self.machine.active(0)
        for dma in self._dma:
            dma.active(0)
        self._waiting_n = 0
        self._waiting_ticks = 0
        # A restarted machine with cleared FIFO; the step output goes low.
        self.machine.restart()
        while self.machine.tx_fifo():
            self.machine.exec("pull(noblock)")
        self.machine.exec("set(pins, 0)")


class Stepper:
    """All three axes, started by one write so that their timelines agree to the cycle.

    `usteps_s`: the most steps a second that the limits allow each axis.
    """

    def __init__(self, usteps_s):
        machine.mem32[_VREG] = machine.mem32[_VREG] & ~_VREG_SELECT | _VREG_1V15
        for _ in range(500):  # about a millisecond for the regulator
            pass
        machine.freq(SYSTEM_HZ)
        self.feeds = [AxisFeed(axis, usteps_s[axis]) for axis in range(AXES)]
        self._start = False

    def give(self, axis, words, n):
        """`n` words follow for `axis`."""
        self.feeds[axis].put(words, n)

    def start(self):
        """Hold all machines until `commit` has filled their FIFOs."""
        machine.mem32[_PIO0_BASE + _CLEAR] = _ENABLE_ALL
        self._start = True

    def commit(self):
        """End of a loop: feed, and start if that was asked for."""
        for feed in self.feeds:
            feed.feed()
        if self._start:
            self._start = False
            machine.mem32[_PIO0_BASE + _SET] = _ENABLE_ALL | _RESTART_CLOCKS

    def abort(self):
        """Stop all axes now."""
        machine.mem32[_PIO0_BASE + _CLEAR] = _ENABLE_ALL
        self._start = False
        for feed in self.feeds:
            feed.abort()
