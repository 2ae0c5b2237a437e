"""The board of a Raspberry Pi Pico: the same calls as `firmware.board.virtual`, on real pins."""

import select
import sys
import time
from array import array

import machine
import micropython

from firmware.board import lockstep, pins
from safety import ticks

LOOP_US = 1000
WATCHDOG_MS = 200
PLAY_MS = 2
# So long before its start a motion is armed: more than the longest loop takes.
ARMING_US = 15000
# A motion whose start is nearer than this is begun by the interrupt, which waits for the instant: it comes by
# every 2 ms, and needs 1 ms for the first cells.
LEAD_US = 3200
# The chip's own sensor: 27 degrees at 0.706 V, 1.721 mV less a degree more (RP2040 data sheet, 4.9.5).
_SENSOR_CHANNEL = 4
_UV_AT_27 = 706000
_UV_PER_DEGREE = 1721
AS5600_ADDRESS = 0x36
AS5600_RAW_ANGLE = 0x0C
I2C_HZ = 400000
# The default of 50 ms would stop the loop; one reading takes 0.2 ms.
I2C_TIMEOUT_US = 1000
ENCODER_EVERY = 5
MAGNET_HZ = 20000

# Colour of the ring by pattern (0 off .. 7 game over): green, red, blue, as a WS2812 takes them.
COLOURS = (
    b"\x00\x00\x00",
    b"\x00\x00\x18",
    b"\x18\x00\x00",
    b"\x10\x10\x00",
    b"\x00\x28\x00",
    b"\x0c\x18\x00",
    b"\x10\x00\x10",
    b"\x00\x0c\x10",
)
# High and low of a 0, high and low of a 1, in nanoseconds (WS2812B data sheet).
RING_TIMING_NS = (400, 850, 800, 450)


class EdgeCounter:
    """Counts the edges of a pin in a hard interrupt.

    A thing of its own, as `Ticker` is: an interrupt that comes while a new attribute is put into an object
    may not find the old ones, and a board is given its attributes while edges come already.
    """

    def __init__(self, pin):
        # Edges, and when the newest came.
        self._seen = array("i", [0, 0])
        self._clock = time.ticks_us
        pin.irq(self._edge, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING, hard=True)

    @micropython.native
    def _edge(self, _):
        seen = self._seen
        seen[0] = (seen[0] + 1) & 0xFFFF
        seen[1] = self._clock()

    def count(self):
        """Edges so far, modulo 65536."""
        return self._seen[0]

    def newest_us(self):
        """When the newest came."""
        return self._seen[1]


class Ticker:
    """Calls `play(now_us)` every 2 ms in a hard interrupt, from its making on."""

    def __init__(self, play):
        self._play = play
        self._clock = time.ticks_us
        self._timer = None
        self._timer = machine.Timer(period=PLAY_MS, callback=self._tick, hard=True)

    @micropython.native
    def _tick(self, _):
        self._play(self._clock())


class Board:
    """One Pico. The attributes are those of the virtual board; encoders read -1 while they do not answer."""

    def __init__(self, role, limits):
        self.role = role
        self.now_us = 0
        self.inputs = 0
        self.encoders = array("i", [0, 0])
        self.peer_edges = 0
        self.peer_edge_us = 0
        self.arming_us = ARMING_US
        self.lead_us = LEAD_US
        micropython.kbd_intr(-1)
        self._due = self._began = time.ticks_us()
        self._gate = machine.Pin(pins.GATE, machine.Pin.OUT, value=0)
        self._wave = machine.Pin(pins.WAVE_OUT, machine.Pin.OUT, value=0)
        self._edges = EdgeCounter(machine.Pin(pins.WAVE_IN, machine.Pin.IN, machine.Pin.PULL_DOWN))
        self._sense = []
        self._mushroom = self._input(pins.MUSHROOM)
        self._power = self._input(pins.MOTOR_POWER)
        bits = (lockstep.IN_BUTTON_ACK, lockstep.IN_BUTTON_GO, lockstep.IN_BUTTON_TAKEOVER)
        for i in range(3):
            self._sense.append((self._input(pins.BUTTONS[i]), bits[i]))
        self._stepper = None
        self._magnet = None
        self._ring = None
        self._pattern = -1
        self._turn = 0
        if role == "arm":
            self._init_arm(limits)
        else:
            self._init_hand()
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._byte = bytearray(1)
        # Kept, because a bound method is made anew each time it is named.
        self._ready = self._poll.ipoll
        self._read = sys.stdin.buffer.readinto
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)

    @staticmethod
    def _input(number):
        return machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP)

    def _init_arm(self, limits):
        from firmware.board.rp2_pio import Stepper

        self._stepper = Stepper(limits.joint_usteps_s)
        self._current = machine.Pin(pins.RUN_CURRENT, machine.Pin.OUT, value=0)
        for i in range(3):
            self._sense.append((self._input(pins.LIMITS[i]), lockstep.IN_LIMIT_SHOULDER << i))
        self._sense.append((self._input(pins.NOSE), lockstep.IN_NOSE))
        self._buses = []
        for bus, data, clock in pins.ENCODERS:
            self._buses.append(
                machine.I2C(
                    bus,
                    sda=machine.Pin(data),
                    scl=machine.Pin(clock),
                    freq=I2C_HZ,
                    timeout=I2C_TIMEOUT_US,
                )
            )
        self._angle = bytearray(2)
        self._read_encoder(0)
        self._read_encoder(1)

    def _init_hand(self):
        self._magnet = []
        for number in pins.MAGNET:
            self._magnet.append(machine.PWM(machine.Pin(number), freq=MAGNET_HZ, duty_u16=0))
        self._ring = machine.Pin(pins.RING, machine.Pin.OUT, value=0)

    def _read_encoder(self, i):
        try:
            self._buses[i].readfrom_mem_into(AS5600_ADDRESS, AS5600_RAW_ANGLE, self._angle)
            self.encoders[i] = (self._angle[0] << 8 | self._angle[1]) & 0xFFF
        except OSError:
            self.encoders[i] = -1

    def frame(self):
        """Feed the watchdog, wait for the next millisecond, read the inputs; always True."""
        self._watchdog.feed()
        self._due = time.ticks_add(self._due, LOOP_US)
        if time.ticks_diff(self._due, time.ticks_us()) > 0:
            # No sleep: it saves nothing here, and in one an emulated PIO falls behind the emulated clock.
            while time.ticks_diff(self._due, time.ticks_us()) > 0:
                pass
        else:
            self._due = time.ticks_us()
        self._began = time.ticks_us()
        self.now_us = self._began & ticks.MASK
        bits = 0
        for pin, bit in self._sense:
            if not pin.value():
                bits |= bit
        if self._mushroom.value():
            bits |= lockstep.IN_MUSHROOM
        if not self._power.value():
            bits |= lockstep.IN_MOTOR_POWER
        self.inputs = bits
        # In this order: an edge in between then looks early and the next one late, which alone says nothing.
        self.peer_edge_us = self._edges.newest_us()
        self.peer_edges = self._edges.count()
        if self._stepper is not None:
            self._turn = (self._turn + 1) % (2 * ENCODER_EVERY)
            if self._turn % ENCODER_EVERY == 0:
                self._read_encoder(self._turn // ENCODER_EVERY)
        return True

    def spent_us(self):
        """Microseconds since this loop began."""
        return time.ticks_diff(time.ticks_us(), self._began)

    @micropython.viper
    def read_into(self, buffer) -> int:
        """Serial bytes that have come, into `buffer`; returns how many."""
        byte = self._byte
        read = self._read
        ready = self._ready
        came = ptr8(byte)  # noqa: F821 - viper's
        into = ptr8(buffer)  # noqa: F821
        most = int(len(buffer))  # noqa: RUF046 - a number of viper's
        n = 0
        # A longer read would block until all its bytes are there.
        while n < most:
            there = 0
            for _ in ready(0):
                there = 1
            if there == 0:
                return n
            read(byte)
            into[n] = int(came[0])
            n += 1
        return n

    def write(self, data):
        """Serial bytes to the host."""
        sys.stdout.buffer.write(data)

    def patience(self, milliseconds):
        """How long a loop may take before the watchdog resets the board; 0: as long as usual."""
        self._watchdog = machine.WDT(timeout=milliseconds or WATCHDOG_MS)

    def temperature(self):
        """Degrees Celsius of the chip."""
        microvolts = machine.ADC(_SENSOR_CHANNEL).read_u16() * 3300 // 65535 * 1000
        return 27 - (microvolts - _UV_AT_27) // _UV_PER_DEGREE

    def identity(self):
        """Eight bytes that no other board has."""
        return machine.unique_id()

    def plays(self, play):
        """Call `play(now_us)` every 2 ms from now on, in an interrupt."""
        stepper = self._stepper
        # Not methods of this class around them: each call would take its time in the interrupt.
        self.give = stepper.give
        self.feed = stepper.feed
        self.starved = stepper.starved
        self.start = stepper.start
        self.abort = stepper.abort
        micropython.alloc_emergency_exception_buf(100)
        self._ticker = None
        self._ticker = Ticker(play)

    def output(self, bits, magnet_permille, led):
        """Set the outputs: OUT_ bits, magnet drive in permille, LED pattern."""
        self._gate.value(bits & lockstep.OUT_GATE)
        self._wave.value(bits & lockstep.OUT_PEER_WAVE)
        if self._stepper is not None:
            self._current.value(bits & lockstep.OUT_RUN_CURRENT)
            return
        forward = max(0, magnet_permille)
        backward = max(0, -magnet_permille)
        self._magnet[0].duty_u16(forward * 65535 // 1000)
        self._magnet[1].duty_u16(backward * 65535 // 1000)
        if led != self._pattern:
            self._pattern = led
            machine.bitstream(self._ring, 0, RING_TIMING_NS, COLOURS[led] * pins.RING_LEDS)
