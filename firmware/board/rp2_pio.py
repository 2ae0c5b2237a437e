"""Step generation on a Pico: one PIO state machine an axis, fed by one-shot DMA.

A FIFO word on the wire of the design is direction, step flag and delay. The program below spends 8 cycles on
a step and 7 on a wait beside its delay loop, so `load` takes that from the delay as it copies the words.

DMA is never a ring: two channels an axis take turns, each with one finite transfer, the second chained to
the first. A controller that dies ends its steps with what was handed out, at most 10 ms.
"""
# ruff: noqa: F821 - the names inside a PIO program and viper's types belong to their compilers

from array import array

import machine
import micropython
import rp2
import uctypes

from firmware.board import pins
from firmware.player import AHEAD_US

AXES = 3
TICK_HZ = 8000000
# The most that the chip is sold for, at this core voltage (RP2040 data sheet); divides to 8 MHz without a
# fraction. At 128 MHz a loop in motion would take as long as the steps that are handed out in advance.
SYSTEM_HZ = 200000000
_VREG = 0x40064000
_VREG_1V15 = 0xC0
_VREG_SELECT = 0xF0
# Beside the steps of what is handed out at once: a word that waits in each cell of 2 ms, and some to spare.
_SPARE_WORDS = 24

_PIO0_BASE = 0x50200000
_DMA_BASE = 0x50000000
_DMA_STRIDE = 0x40
_TXF0 = 0x10

# State of a feed, for `put` and `feed`: words that it may hold, words and ticks that wait, feeds since the
# last word, the channel whose turn it is; then the buffers of both channels and the waiting one, the
# channels' registers, their control words alone and chained to the other, and the FIFO: all but the control
# words are addresses.
_ROOM = 0
_WAITING = 1
_WAITING_TICKS = 2
_QUIET = 3
_TURN = 4
_BUFFERS = 5
_CHANNELS = 8
_ALONE = 10
_CHAINED = 12
_FIFO = 14
_STATE_SIZE = 15


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
def put(state: ptr32, words: ptr32, at: int, n: int) -> int:
    """Copy `words[at : at + n]` behind what waits, less what the program itself takes; 0 without room."""
    have = int(state[1])
    if have + n > int(state[0]):
        return 0
    out = ptr32(int(state[7]) + (have << 2))
    ticks = int(state[2])
    i = 0
    while i < n:
        word = int(words[at + i])
        ticks += word >> 2
        out[i] = word - ((7 + ((word >> 1) & 1)) << 2)
        i += 1
    state[1] = have + n
    state[2] = ticks
    state[3] = 0
    return 1


@micropython.viper
def feed(state: ptr32):
    """Hand waiting words to the free channel; it starts now, or when the busy one ends.

    While the busy one lasts, only 6 ms or more or the end of a path are handed over: with less in a transfer,
    the words that wait for a free channel would be most of what is handed out, and a short delay would let
    the machines run dry. The player gives a cell every other time; when none came for longer the path has
    ended.
    """
    n = int(state[1])
    quiet = int(state[3]) + 1
    state[3] = quiet
    turn = int(state[4])
    mine = ptr32(int(state[8 + turn]))
    other = ptr32(int(state[9 - turn]))
    if n > 0 and int(mine[3]) & 0x1000000 == 0:
        busy = int(other[3]) & 0x1000000
        if busy == 0 or int(state[2]) >= 48000 or quiet > 3:
            full = int(state[7])
            state[7] = state[5 + turn]
            state[5 + turn] = full
            state[1] = 0
            state[2] = 0
            mine[0] = full
            mine[1] = state[14]
            mine[2] = n
            mine[4] = state[10 + turn]
            if busy:
                other[4] = state[13 - turn]
            # It may have ended before it was chained.
            if int(other[3]) & 0x1000000 == 0 and int(mine[3]) & 0x1000000 == 0:
                mine[3] = state[10 + turn]
            state[4] = 1 - turn


@micropython.viper
def stalled() -> int:
    """Which machines waited for a word since the flags were cleared, as bits (FDEBUG.TXSTALL)."""
    pio = ptr32(0x50200000)
    return (int(pio[2]) >> 24) & 7


@micropython.viper
def hold_still():
    """Stop the clocks of all machines, to fill their FIFOs."""
    clear = ptr32(0x50203000)
    clear[0] = 0b111


@micropython.viper
def launch(at_us: int) -> int:
    """Start all machines at a near time of the controller's clock, or now when it is past; returns when.

    The flags of machines that wait for a word are cleared: they stand from the rest before.
    """
    timer = ptr32(0x40054000)
    pio = ptr32(0x50200000)
    pio[2] = 0b111 << 24
    enable = ptr32(0x50202000)
    now = int(timer[10]) & 0x3FFFFFFF
    while (now - at_us) & 0x20000000:
        now = int(timer[10]) & 0x3FFFFFFF
    enable[0] = 0b111 << 8 | 0b111
    return now


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
        room = usteps_s * (AHEAD_US // 1000) // 1000 + _SPARE_WORDS
        self._dma = (rp2.DMA(), rp2.DMA())
        self._buffers = [array("I", [0] * room) for _ in range(3)]
        self.state = array("i", [0] * _STATE_SIZE)
        state = self.state
        state[_ROOM] = room
        for i in range(3):
            state[_BUFFERS + i] = uctypes.addressof(self._buffers[i])
        for i in range(2):
            own = self._dma[i]
            # PIO 0 requests are 0-3, by state machine. A channel chained to itself is not chained.
            state[_CHANNELS + i] = _DMA_BASE + _DMA_STRIDE * own.channel
            state[_ALONE + i] = own.pack_ctrl(size=2, inc_write=False, treq_sel=axis, chain_to=own.channel)
            other = self._dma[1 - i].channel
            state[_CHAINED + i] = own.pack_ctrl(size=2, inc_write=False, treq_sel=axis, chain_to=other)
        state[_FIFO] = _PIO0_BASE + _TXF0 + 4 * axis

    def abort(self):
        """Stop and drop everything."""
        self.machine.active(0)
        for dma in self._dma:
            dma.active(0)
        self.state[_WAITING] = 0
        self.state[_WAITING_TICKS] = 0
        # A restarted machine with cleared FIFO; the step output goes low.
        self.machine.restart()
        while self.machine.tx_fifo():
            self.machine.exec("pull(noblock)")
        self.machine.exec("set(pins, 0)")


class Stepper:
    """All three axes, started by one write so that their timelines agree to the cycle.

    `usteps_s`: the most steps a second that the limits allow each axis. `give`, `feed` and `starved` allocate
    nothing: an interrupt calls them.
    """

    def __init__(self, usteps_s):
        machine.mem32[_VREG] = machine.mem32[_VREG] & ~_VREG_SELECT | _VREG_1V15
        for _ in range(500):  # about a millisecond for the regulator
            pass
        machine.freq(SYSTEM_HZ)
        self._feeds = [AxisFeed(axis, usteps_s[axis]) for axis in range(AXES)]
        self._states = [one.state for one in self._feeds]
        self._lost = False

    def give(self, axis, words, at, n):
        """`n` of `words` from `at` on follow for `axis`."""
        if not put(self._states[axis], words, at, n):
            self._lost = True

    def feed(self):
        """Hand on what was given, as far as a channel is free."""
        states = self._states
        feed(states[0])
        feed(states[1])
        feed(states[2])

    def starved(self):
        """Whether a machine had to wait for a word since the start, or words had no room."""
        return self._lost or stalled()

    def start(self, at_us):
        """Start the machines of all axes at `at_us`, or now when that is past, with what was given.

        Returns when they started.
        """
        self._lost = False
        hold_still()
        self.feed()
        return launch(at_us)

    def abort(self):
        """Stop all axes now."""
        hold_still()
        for one in self._feeds:
            one.abort()
