"""The Pico's step program, cycle by cycle: every edge falls when its FIFO word says.

The PIO program is taken from `firmware/board/rp2_pio.py` itself, run through a stand-in for the assembler,
and executed by a small interpreter of the few instructions it uses.
"""

import importlib
import random
import sys
import types

import pytest

from firmware.steps import LEAST_DELAY


class Assembler:
    """Collects the instructions of a PIO program as tuples."""

    def __init__(self):
        self.code = []
        self.labels = {}
        self.names = {
            "block": "block",
            "pins": "pins",
            "x": "x",
            "y": "y",
            "y_dec": "y_dec",
            "not_x": "not_x",
            "wrap_target": lambda: self.labels.update(wrap_target=len(self.code)),
            "wrap": lambda: self.labels.update(wrap=len(self.code)),
            "label": lambda name: self.labels.update({name: len(self.code)}),
            "pull": lambda mode: self.code.append(("pull", mode)),
            "out": lambda target, bits: self.code.append(("out", target, bits)),
            "set": lambda target, value: self.code.append(("set", target, value)),
            "jmp": lambda condition, label: self.code.append(("jmp", condition, label)),
        }

    def assemble(self, function):
        # As on the board: the program's names mean instructions while it is assembled.
        program = types.FunctionType(function.__code__, dict(self.names))
        program()
        return self


class Pointer:
    """Words of a memory from an address on, as viper's `ptr32` sees them."""

    def __init__(self, memory, address):
        self._memory, self._address = memory, address

    def __setitem__(self, i, value):
        self._memory[self._address + 4 * i] = value


@pytest.fixture
def memory():
    """What was written to which address."""
    return {}


@pytest.fixture
def board(monkeypatch, memory):
    """The module `rp2_pio` with stand-ins for what only a Pico has."""
    rp2 = types.ModuleType("rp2")
    rp2.PIO = types.SimpleNamespace(OUT_LOW=0, SHIFT_RIGHT=1, JOIN_TX=1)
    rp2.asm_pio = lambda **options: lambda function: Assembler().assemble(function)
    micropython = types.ModuleType("micropython")
    micropython.viper = lambda function: function
    for module in (rp2, micropython, types.ModuleType("machine"), types.ModuleType("uctypes")):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("builtins.ptr32", lambda address: Pointer(memory, address), raising=False)
    monkeypatch.delitem(sys.modules, "firmware.board.rp2_pio", raising=False)
    module = importlib.import_module("firmware.board.rp2_pio")
    yield module
    sys.modules.pop("firmware.board.rp2_pio", None)


def execute(program, words):
    """Run until the FIFO is empty; returns ([(cycle, direction)] of the rising step edges, last cycle)."""
    words = list(words)
    registers = {"x": 0, "y": 0}
    shift = direction = step = 0
    edges = []
    cycle = 0
    at = program.labels["wrap_target"]
    while True:
        operation, *operands = program.code[at]
        at += 1
        if operation == "pull":
            if not words:
                return edges, cycle
            shift = words.pop(0)
        elif operation == "out":
            target, bits = operands
            value, shift = shift & ((1 << bits) - 1), shift >> bits
            if target == "pins":
                direction = value
            else:
                registers[target] = value
        elif operation == "set":
            if operands[1] and not step:
                edges.append((cycle + 1, direction))
            step = operands[1]
        else:
            condition, label = operands
            jump = registers["y"] != 0 if condition == "y_dec" else registers["x"] == 0
            if condition == "y_dec":
                registers["y"] = (registers["y"] - 1) & 0x3FFFFFFF
            if jump:
                at = program.labels[label]
        cycle += 1
        if at == program.labels["wrap"]:
            at = program.labels["wrap_target"]


def test_every_edge_comes_after_its_delay(board, memory):
    rng = random.Random(2)
    words = []
    want = []
    now = 0
    for _ in range(400):
        delay = rng.choice([LEAST_DELAY, LEAST_DELAY + 1, rng.randrange(8, 3000)])
        step, direction = rng.random() < 0.7, rng.randrange(2)
        words.append(delay << 2 | step << 1 | direction)
        now += delay
        if step:
            want.append((now, direction))
    state = [len(words) + 3, 0, 0, 5, 0, 0, 0, 0x20001000]
    assert board.put(state, words, 0, 150)
    assert board.put(state, words, 150, len(words) - 150)
    loaded = [memory[0x20001000 + 4 * i] for i in range(len(words))]
    assert state[1:4] == [len(words), now, 0]
    edges, end = execute(board._stepper, loaded)
    assert edges == want
    assert end == now


def test_words_without_room_are_told(board):
    assert not board.put([10, 8, 0, 0, 0, 0, 0, 0x20001000], [80, 80, 80], 0, 3)


def test_a_program_fits_the_pio_and_its_words(board):
    assert len(board._stepper.code) <= 32
    assert sum(item[2] for item in board._stepper.code if item[0] == "out") == 32


def test_the_system_clock_divides_into_ticks(board):
    assert board.SYSTEM_HZ % board.TICK_HZ == 0
