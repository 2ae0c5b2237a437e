"""Steps come out when the segment says, for every rate, and none is lost or made up."""

from array import array

from firmware.queue import CAPACITY, SegmentQueue
from firmware.steps import DRY, ENDED, GOING_ON, HORIZON, LEAST_DELAY, WORDS, Expander
from firmware.tests.paths import move
from firmware.wire.messages import SEGMENT_LAST
from safety import ticks
from safety.braking import CELL_TICKS, RESTING, Rate


def queued(segments):
    queue = SegmentQueue()
    for i in range(len(segments)):
        last = SEGMENT_LAST if i == len(segments) - 1 else 0
        assert queue.push(segments[i].numbers(), last, 1, 0, 0)
    return queue


class Pio:
    """Plays the words of all cells and keeps the edges."""

    def __init__(self):
        self.time = [0, 0, 0]
        self.edges = [[], [], []]

    def play(self, expander):
        for axis in range(3):
            for i in range(expander.written(axis)):
                word = expander.words[WORDS * axis + i]
                self.time[axis] += word >> 2
                if word & 2:
                    self.edges[axis].append((self.time[axis], 1 if word & 1 else -1))


def positions(expander):
    return [expander.position(axis) for axis in range(3)]


def run(queue, rate, cells, pio, expander):
    """Expand up to `cells` cells; returns True at the end of the motion."""
    for _ in range(cells):
        said = expander.cell(rate.next_cell())
        pio.play(expander)
        if said != GOING_ON or rate.mode == RESTING:
            return said == ENDED
    return False


def expected(segments):
    times = [[], [], []]
    base = 0
    for segment in segments:
        for axis in range(3):
            for k in range(abs(segment.count[axis])):
                times[axis].append(base + segment.step_time(axis, k))
        base += segment.duration_ticks
    return times


SEGMENTS = move((900, -650, 400), 0.6)


def test_every_step_comes_at_its_time():
    queue = queued(SEGMENTS)
    expander = Expander(queue)
    expander.begin()
    pio = Pio()
    assert run(queue, Rate(), 1000, pio, expander)
    want = expected(SEGMENTS)
    for axis in range(3):
        assert len(pio.edges[axis]) == len(want[axis])
        for i in range(len(want[axis])):
            assert abs(pio.edges[axis][i][0] - want[axis][i]) <= LEAST_DELAY
    assert positions(expander) == [900, -650, 400]
    assert queue.count() == 0
    assert queue.ticks() == 0


def test_directions_travel_with_the_steps():
    queue = queued(SEGMENTS)
    expander = Expander(queue)
    expander.begin()
    pio = Pio()
    run(queue, Rate(), 1000, pio, expander)
    assert {sign for _, sign in pio.edges[0]} == {1}
    assert {sign for _, sign in pio.edges[1]} == {-1}


def test_cells_keep_the_axes_together():
    queue = queued(SEGMENTS)
    expander = Expander(queue)
    expander.begin()
    pio = Pio()
    rate = Rate()
    for cell in range(1, 250):
        if expander.cell(rate.next_cell()) != GOING_ON:
            break
        pio.play(expander)
        for axis in range(3):
            assert abs(pio.time[axis] - cell * CELL_TICKS) < LEAST_DELAY


def brake_after(cells):
    queue = queued(SEGMENTS)
    expander = Expander(queue)
    expander.begin()
    pio = Pio()
    rate = Rate()
    run(queue, rate, cells, pio, expander)
    rate.brake()
    run(queue, rate, 1000, pio, expander)
    return queue, expander, pio, rate


def on_path(position, want):
    """True when one path time explains the number of steps of every axis."""
    low = 0
    high = 1 << 60
    for axis in range(3):
        n = abs(position[axis])
        if n:
            low = max(low, want[axis][n - 1])
        if n < len(want[axis]):
            high = min(high, want[axis][n])
    return low < high


def test_braking_rests_on_the_path_and_loses_no_step():
    want = expected(SEGMENTS)
    for cells in (0, 1, 20, 77, 140, 170):
        _, expander, pio, rate = brake_after(cells)
        assert rate.mode == RESTING
        made = [sum(sign for _, sign in pio.edges[axis]) for axis in range(3)]
        assert made == positions(expander)
        assert on_path(positions(expander), want)


def test_resuming_finishes_the_path_exactly():
    for cells in (1, 50, 120):
        queue, expander, pio, rate = brake_after(cells)
        assert rate.resume()
        assert run(queue, rate, 2000, pio, expander)
        assert positions(expander) == [900, -650, 400]
        assert [len(edges) for edges in pio.edges] == [900, 650, 400]


def test_a_brake_near_the_end_just_ends_the_path():
    queue, expander, _, _ = brake_after(290)
    assert positions(expander) == [900, -650, 400]
    assert queue.count() == 0


def test_edges_keep_the_distance_the_pio_needs():
    for cells in (20, 120):
        queue, expander, pio, rate = brake_after(cells)
        rate.resume()
        run(queue, rate, 2000, pio, expander)
        for edges in pio.edges:
            for i in range(1, len(edges)):
                assert edges[i][0] - edges[i - 1][0] >= LEAST_DELAY


def test_a_queue_that_runs_dry_is_told_not_guessed():
    queue = SegmentQueue()
    queue.push(SEGMENTS[10].numbers(), 0, 1, 0, 0)
    expander = Expander(queue)
    expander.begin()
    said = GOING_ON
    for _ in range(20):
        said = expander.cell(CELL_TICKS)
        if said != GOING_ON:
            break
    assert said == DRY


def test_queue_accounting_follows_the_path():
    queue = queued(SEGMENTS)
    total = queue.ticks()
    expander = Expander(queue)
    expander.begin()
    for cell in range(1, 100):
        expander.cell(CELL_TICKS)
        assert queue.ticks() == total - cell * CELL_TICKS


def test_the_queue_has_room_for_its_capacity():
    queue = SegmentQueue()
    for i in range(CAPACITY):
        assert queue.push(SEGMENTS[0].numbers(), SEGMENT_LAST if i == 5 else 0, 1, 0, 0)
    assert not queue.push(SEGMENTS[0].numbers(), 0, 1, 0, 0)
    assert queue.free() == 0
    assert queue.rests() == 1
    expander = Expander(queue)
    expander.begin()
    while queue.rests():
        expander.cell(CELL_TICKS)
    assert queue.free() == 6
    assert queue.push(SEGMENTS[0].numbers(), 0, 1, 0, 0)
    queue.clear()
    assert (queue.count(), queue.ticks(), queue.rests()) == (0, 0, 0)


def test_what_is_due_lies_on_the_steps_of_the_cells():
    queue = queued(SEGMENTS)
    expander = Expander(queue)
    expander.begin()
    begins = []
    for _ in range(100):
        begins.append(positions(expander))
        expander.cell(CELL_TICKS)
    begins.append(positions(expander))
    due = array("i", [0, 0, 0])
    end = expander.state[HORIZON] = 77
    for cells_ago in range(8):
        expander.executed(ticks.add(end, -2000 * cells_ago - 1), due)
        assert all(0 <= abs(due[axis] - begins[-1 - cells_ago][axis]) <= 1 for axis in range(3))
        expander.executed(ticks.add(end, -2000 * cells_ago - 1000), due)
        for axis in range(3):
            middle = (begins[-1 - cells_ago][axis] + begins[-2 - cells_ago][axis]) // 2
            assert abs(due[axis] - middle) <= 1
    expander.executed(end + 5, due)
    assert list(due) == begins[-1]
    assert [expander.direction(axis) for axis in range(3)] == [1, -1, 1]
