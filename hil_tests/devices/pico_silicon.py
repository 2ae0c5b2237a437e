"""The PIO and DMA of an emulated RP2040, with the modules `machine` and `rp2` that a Pico's firmware imports.

No processor and no MicroPython image: `firmware/board/rp2_pio.py` itself runs on this interpreter, what it
writes to registers goes to rp2040py's peripherals, and these play it out cycle by cycle. So step counts,
spacing and skew are the silicon's as far as the emulator knows it; how fast the code is, is not seen here.
"""

from __future__ import annotations

import types
from array import array
from collections.abc import Callable
from typing import Any

from rp2040py.simulator import Simulator

SYSTEM_HZ = 200_000_000
# The state machines run at an eighth of a microsecond: 25 cycles of the system clock.
CYCLES = 25
TICK_NS = 125.0

_DMA = 0x50000000
_DMA_TRIGGER = _DMA + 0x430
_DMA_ABORT = _DMA + 0x444
_PIO = 0x50200000
_TXF = _PIO + 0x10
_INSTRUCTIONS = _PIO + 0x48
_MACHINES = _PIO + 0xC8
_MACHINE_STRIDE = 0x18
_SRAM = 0x20000000
_BUSY = 1 << 24
_CONDITIONS = {"not_x": 1, "y_dec": 4}
_TARGETS = {"pins": 0, "x": 1, "y": 2}


class Assembler:
    """The few PIO instructions that the step program uses, as opcodes (RP2040 data sheet, 3.4)."""

    def __init__(self) -> None:
        self.code: list[Any] = []
        self.labels: dict[str, int] = {}
        self.wrap_bottom = self.wrap_top = 0

    def names(self) -> dict[str, Any]:
        """What the names in a program mean."""
        words = ("block", "noblock", "pins", "x", "y", "y_dec", "not_x")
        return {
            **{word: word for word in words},
            "wrap_target": self._wrap_target,
            "wrap": self._wrap,
            "label": lambda name: self.labels.update({name: len(self.code)}),
            "pull": lambda mode: self.code.append(0x80A0 if mode == "block" else 0x8080),
            "out": lambda target, bits: self.code.append(0x6000 | _TARGETS[target] << 5 | bits & 31),
            "set": lambda target, value: self.code.append(0xE000 | _TARGETS[target] << 5 | value),
            "jmp": lambda condition, label: self.code.append((_CONDITIONS[condition], label)),
        }

    def _wrap_target(self) -> None:
        self.wrap_bottom = len(self.code)

    def _wrap(self) -> None:
        self.wrap_top = len(self.code) - 1

    def assemble(self, function: types.FunctionType) -> Assembler:
        """Run a program's function with its names meaning instructions."""
        types.FunctionType(function.__code__, self.names())()
        return self

    def one(self, text: str) -> int:
        """The opcode of one instruction, as `StateMachine.exec` takes it."""
        eval(text, {"__builtins__": {}}, self.names())
        return int(self.code[-1])

    def opcodes(self) -> list[int]:
        """All opcodes, the program at address 0."""
        return [item if isinstance(item, int) else item[0] << 5 | self.labels[item[1]] for item in self.code]


class Pointer:
    """Words of the chip from an address on: memory or registers."""

    def __init__(self, silicon: Silicon, address: int) -> None:
        self._silicon, self._address = silicon, address

    def __getitem__(self, i: int) -> int:
        return self._silicon.read(self._address + 4 * i)

    def __setitem__(self, i: int, value: int) -> None:
        if self._address >= _PIO:
            # The DMA has done what it was told by the time the processor goes on.
            self._silicon.run(1)
        self._silicon.write(self._address + 4 * i, value)


class Silicon:
    """An RP2040 without its processors; `edges[pin]` collects the ticks (1/8 us) of rising edges."""

    def __init__(self) -> None:
        # Its owner steps it; without one the emulator would step the PIO by a task of its own.
        self._owner = Simulator()
        self.chip = self._owner.rp2040
        self.pio = self.chip.pio[0]
        self.ticks = 0
        self.edges: dict[int, list[tuple[int, int]]] = {}
        self._watched: list[tuple[int, int]] = []
        self._memory = _SRAM
        self._channels = 0

    def write(self, address: int, value: int) -> None:
        """A register."""
        self.chip.write_uint32(address, value & 0xFFFFFFFF)

    def read(self, address: int) -> int:
        """A register."""
        return int(self.chip.read_uint32(address))

    def watch(self, step_pin: int, direction_pin: int) -> None:
        """Collect the rising edges of a pin with the level of another."""
        self._watched.append((step_pin, direction_pin))
        self.edges[step_pin] = []

    def run(self, ticks: int) -> None:
        """Let DMA and PIO run for a while."""
        pio, clock = self.pio, self.chip.clock
        before = pio.pin_values
        for _ in range(ticks):
            # The DMA moves a word a cycle at most: it must see every step of the machines.
            clock.tick(TICK_NS)
            pio.advance(CYCLES)
            self.ticks += 1
            now = pio.pin_values
            rose = now & ~before
            if rose:
                for step, direction in self._watched:
                    if rose >> step & 1:
                        self.edges[step].append((self.ticks, now >> direction & 1))
            before = now

    def address(self, words: array[int]) -> int:
        """Room for an array in the chip's memory; what is written there by address stays there."""
        address = self._memory
        self._memory += 4 * len(words)
        return address

    def pointer(self, address: int) -> Pointer:
        """Viper's `ptr32`."""
        return Pointer(self, address)

    def waiting(self) -> list[int]:
        """Words in the FIFO of each machine."""
        return [self.read(_PIO + 0xC) >> 8 * index & 0xF for index in range(3)]

    def modules(self) -> dict[str, types.ModuleType]:
        """`machine`, `rp2`, `micropython` and `uctypes` for the firmware."""
        silicon = self
        names = ("machine", "rp2", "micropython", "uctypes")
        machine, rp2, micropython, uctypes = (types.ModuleType(name) for name in names)

        class Memory:
            def __getitem__(self, address: int) -> int:
                return silicon.read(address)

            def __setitem__(self, address: int, value: int) -> None:
                silicon.write(address, value)

        class StateMachine:
            def __init__(self, index: int, program: Assembler, freq: int, out_base: int, set_base: int):
                self.index = index
                self._at = _MACHINES + index * _MACHINE_STRIDE
                for i, opcode in enumerate(program.opcodes()):
                    silicon.write(_INSTRUCTIONS + 4 * i, opcode)
                silicon.write(self._at, SYSTEM_HZ // freq << 16)
                silicon.write(self._at + 0x4, program.wrap_top << 12 | program.wrap_bottom << 7)
                # Joined for sending, shifted to the right.
                silicon.write(self._at + 0x8, 1 << 30 | 1 << 19 | 1 << 18)
                silicon.write(self._at + 0x14, 1 << 26 | 1 << 20 | set_base << 5 | out_base)
                for pin in (out_base, set_base):
                    # Outputs: PINDIRS is target 4 of SET.
                    silicon.write(self._at + 0x14, 1 << 26 | pin << 5)
                    silicon.write(self._at + 0x10, 0xE080 | 1)
                silicon.write(self._at + 0x14, 1 << 26 | 1 << 20 | set_base << 5 | out_base)

            def active(self, on: int) -> None:
                silicon.write(_PIO + (0x2000 if on else 0x3000), 1 << self.index)

            def restart(self) -> None:
                # As MicroPython does: also a jump to the beginning of the program.
                silicon.write(_PIO + 0x2000, 1 << 4 + self.index)
                silicon.write(self._at + 0x10, 0)

            def tx_fifo(self) -> int:
                return silicon.waiting()[self.index]

            def exec(self, text: str) -> None:
                silicon.write(self._at + 0x10, Assembler().one(text))

        class DMA:
            def __init__(self) -> None:
                self.channel = silicon._channels
                silicon._channels += 1
                self._at = _DMA + 0x40 * self.channel

            def pack_ctrl(self, size: int, inc_write: bool, treq_sel: int, chain_to: int) -> int:
                return 1 | size << 2 | 1 << 4 | inc_write << 5 | chain_to << 11 | treq_sel << 15 | 1 << 21

            def active(self, on: int | None = None) -> bool:
                if on == 1:
                    silicon.write(_DMA_TRIGGER, 1 << self.channel)
                elif on == 0:
                    silicon.write(_DMA_ABORT, 1 << self.channel)
                return bool(silicon.read(self._at + 0xC) & _BUSY)

        def asm_pio(**_: object) -> Callable[[types.FunctionType], Assembler]:
            return lambda function: Assembler().assemble(function)

        namespace = types.SimpleNamespace(OUT_LOW=0, SHIFT_RIGHT=1, JOIN_TX=1)
        vars(machine).update(
            Pin=lambda number: number,
            freq=lambda hertz: None,
            mem32=Memory(),
        )
        vars(rp2).update(PIO=namespace, asm_pio=asm_pio, StateMachine=StateMachine, DMA=DMA)
        vars(micropython).update(viper=lambda function: function)
        vars(uctypes).update(addressof=silicon.address)
        return {"machine": machine, "rp2": rp2, "micropython": micropython, "uctypes": uctypes}
