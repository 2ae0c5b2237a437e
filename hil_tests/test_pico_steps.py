"""The Pico's step generation on emulated PIO and DMA, without an image: exact to an eighth of a us."""

import importlib
import random
import sys
from array import array

import pytest

from firmware.board import lockstep, pins
from hil_tests.devices.pico_silicon import Silicon

CELL_TICKS = 16_000
MS_TICKS = 8_000
CALL_TICKS = 2 * MS_TICKS


@pytest.fixture
def silicon():
    return Silicon()


@pytest.fixture
def stepper(silicon, monkeypatch):
    """`firmware.board.rp2_pio.Stepper`, the file that goes to the Pico, on the emulated silicon."""
    for name, module in silicon.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("builtins.ptr32", silicon.pointer, raising=False)
    monkeypatch.delitem(sys.modules, "firmware.board.rp2_pio", raising=False)
    module = importlib.import_module("firmware.board.rp2_pio")
    for direction, step in pins.AXES:
        silicon.watch(step, direction)
    yield module.Stepper((45_000, 45_000, 45_000))
    sys.modules.pop("firmware.board.rp2_pio", None)


def cell(dice, steps, direction):
    """Words of one 2 ms cell with `steps` edges anywhere in it, and the edges' ticks within the cell."""
    room = CELL_TICKS // steps if steps else CELL_TICKS
    ticks = [i * room + dice.randrange(8, max(9, room - 8)) for i in range(steps)]
    words = []
    before = 0
    for tick in ticks:
        words.append((tick - before) << 2 | lockstep.WORD_STEP | direction)
        before = tick
    words.append((CELL_TICKS - before) << 2)
    return words, ticks


class Play:
    """Hands cells to the stepper as the firmware does: about 14 ms ahead, every 2 ms."""

    AHEAD_CELLS = 7

    def __init__(self, silicon, stepper, steps, seed=1):
        self.silicon, self.stepper, self.steps = silicon, stepper, steps
        self.dice = random.Random(seed)
        self.cells = 0
        self.want = [[], [], []]
        self.began = None

    def loop(self, pause_ticks=0):
        """One call; it comes `pause_ticks` late."""
        self.silicon.run(CALL_TICKS + pause_ticks)
        played = 0 if self.began is None else (self.silicon.ticks - self.began) // CELL_TICKS
        while self.cells < played + self.AHEAD_CELLS:
            self._give()
        if self.began is None:
            self.stepper.start(0)
            self.began = self.silicon.ticks
        else:
            self.stepper.feed()

    def _give(self):
        for axis in range(3):
            direction = self.dice.randrange(2)
            words, ticks = cell(self.dice, self.steps[axis], direction)
            self.stepper.give(axis, array("I", [0, *words]), 1, len(words))
            self.want[axis] += [(self.cells * CELL_TICKS + tick, direction) for tick in ticks]
        self.cells += 1

    def got(self, axis):
        return [(tick - self.began, way) for tick, way in self.silicon.edges[pins.AXES[axis][1]]]


@pytest.mark.parametrize("steps", [(40, 40, 40), (40, 1, 0), (3, 17, 40)])
def test_every_edge_of_three_axes_comes_exactly_when_its_word_says(silicon, stepper, steps):
    play = Play(silicon, stepper, steps)
    for _ in range(30):
        play.loop()
    for axis in range(3):
        got = play.got(axis)
        want = play.want[axis][: len(got)]
        assert len(got) >= 28 * CALL_TICKS * steps[axis] // CELL_TICKS - 2
        late = {a[0] - b[0] for a, b in zip(got, want, strict=True)}
        # One constant: what the machine takes from its start to the first pull; the same for all axes.
        assert len(late) <= 1
        assert all(0 <= ticks <= 4 for ticks in late)
        assert [a[1] for a in got] == [b[1] for b in want]


def test_the_three_axes_start_on_the_same_tick_and_stay_together(silicon, stepper):
    play = Play(silicon, stepper, (20, 20, 20), seed=4)
    for _ in range(20):
        play.loop()
    offsets = {play.got(axis)[n][0] - play.want[axis][n][0] for axis in range(3) for n in range(0, 150, 10)}
    assert len(offsets) == 1


@pytest.mark.parametrize("first", range(8))
def test_a_pause_of_four_milliseconds_at_any_moment_moves_no_edge(silicon, stepper, first):
    play = Play(silicon, stepper, (40, 25, 10), seed=7)
    for turn in range(48):
        play.loop(pause_ticks=4 * MS_TICKS if turn >= 10 and (turn - first) % 9 == 0 else 0)
    for axis in range(3):
        got = play.got(axis)
        assert len({a[0] - b[0] for a, b in zip(got, play.want[axis], strict=False)}) == 1


def test_a_dead_controller_ends_its_steps_with_what_it_handed_out(silicon, stepper):
    play = Play(silicon, stepper, (40, 40, 40))
    for _ in range(5):
        play.loop()
    died = silicon.ticks
    silicon.run(40 * MS_TICKS)
    for axis in range(3):
        # Each word at most once: the DMA is no ring.
        got = play.got(axis)
        assert got == play.want[axis][: len(got)]
        assert play.got(axis)[-1][0] + play.began - died <= 15 * MS_TICKS


def test_a_machine_that_has_to_wait_for_a_word_is_known_and_not_before(silicon, stepper):
    play = Play(silicon, stepper, (40, 0, 3))
    for _ in range(12):
        play.loop()
        assert not stepper.starved()
    silicon.run(40 * MS_TICKS)
    assert stepper.starved()
    stepper.abort()
    again = Play(silicon, stepper, (5, 5, 5))
    again.loop()
    assert not stepper.starved()


def test_words_that_found_no_room_count_as_starved(silicon, stepper):
    silicon.run(MS_TICKS)
    words = array("I", [80 << 2] * 800)
    stepper.give(1, words, 0, len(words))
    assert stepper.starved()


def test_an_abort_ends_all_steps_at_once_and_a_new_start_is_exact_again(silicon, stepper):
    play = Play(silicon, stepper, (40, 40, 40))
    for _ in range(6):
        play.loop()
    stepper.abort()
    stopped = silicon.ticks
    silicon.run(20 * MS_TICKS)
    assert all(silicon.edges[step][-1][0] <= stopped for _, step in pins.AXES)
    assert silicon.waiting() == [0] * 3
    for _, step in pins.AXES:
        silicon.edges[step].clear()
    again = Play(silicon, stepper, (10, 20, 30), seed=9)
    for _ in range(8):
        again.loop()
    for axis in range(3):
        got = again.got(axis)
        assert len({a[0] - b[0] for a, b in zip(got, again.want[axis], strict=False)}) == 1
