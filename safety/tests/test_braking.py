"""The braking curve uses an eighth of a second of path, never jumps, and resuming is its mirror."""

from safety import braking
from safety.braking import Rate


def play(rate):
    cells = []
    start = rate.mode
    while rate.mode == start:
        cells.append(rate.next_cell())
    return cells


def braking_cells():
    rate = Rate()
    rate.brake()
    return play(rate), rate


def test_braking_takes_a_quarter_of_a_second_and_an_eighth_of_path():
    cells, rate = braking_cells()
    assert len(cells) * braking.CELL_US == 250000
    assert sum(cells) == braking.PATH_TICKS == 125000 * 8
    assert rate.mode == braking.RESTING
    assert rate.next_cell() == 0


def test_the_rate_only_falls_and_never_jumps():
    cells, _ = braking_cells()
    for i in range(1, len(cells)):
        assert 0 <= cells[i - 1] - cells[i] <= 200
    assert cells[0] >= braking.CELL_TICKS - 5
    assert cells[-1] <= 5


def test_the_slope_is_jerk_limited():
    cells, _ = braking_cells()
    slopes = [cells[i] - cells[i - 1] for i in range(1, len(cells))]
    for i in range(1, len(slopes)):
        assert abs(slopes[i] - slopes[i - 1]) <= 10


def test_resuming_is_braking_backwards():
    down, rate = braking_cells()
    assert rate.resume()
    up = play(rate)
    assert up == list(reversed(down))
    assert rate.mode == braking.RUNNING
    assert rate.next_cell() == braking.CELL_TICKS


def test_only_rest_can_be_left():
    rate = Rate()
    assert not rate.resume()
    rate.brake()
    rate.next_cell()
    assert not rate.resume()


def test_a_brake_while_resuming_turns_round_at_the_same_rate():
    _, rate = braking_cells()
    rate.resume()
    last = 0
    for _ in range(70):
        last = rate.next_cell()
    promised = rate.path_to_rest()
    rate.brake()
    cells = play(rate)
    assert abs(cells[0] - last) <= 200
    assert sum(cells) == promised


def test_the_path_to_rest_is_what_braking_uses():
    rate = Rate()
    assert rate.path_to_rest() == braking.PATH_TICKS
    rate.brake()
    for _ in range(40):
        rate.next_cell()
    promised = rate.path_to_rest()
    assert sum(play(rate)) == promised
    assert rate.path_to_rest() == 0


def test_a_second_brake_changes_nothing():
    rate = Rate()
    rate.brake()
    for _ in range(40):
        rate.next_cell()
    promised = rate.path_to_rest()
    rate.brake()
    assert rate.path_to_rest() == promised


def test_a_reset_runs_at_full_rate():
    _, rate = braking_cells()
    rate.reset()
    assert rate.next_cell() == braking.CELL_TICKS
