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


def slowed_cells(before, count, share=153):
    """Cells of a path slowed after `before` cells at full rate."""
    rate = Rate()
    cells = [rate.next_cell() for _ in range(before)]
    rate.slow(share)
    return cells + [rate.next_cell() for _ in range(count)], rate


def test_slowing_falls_smoothly_to_its_share_and_stays_there():
    cells, rate = slowed_cells(5, 200)
    assert rate.mode == braking.RUNNING
    for i in range(1, len(cells)):
        assert 0 <= cells[i - 1] - cells[i] <= 80
    share = braking.CELL_TICKS * 153 // 256
    assert share <= cells[5 + braking.CELLS] <= share + 1
    assert cells[-1] == cells[5 + braking.CELLS]


def test_slowing_twice_or_during_a_hold_changes_the_share_once():
    cells, rate = slowed_cells(0, 200)
    rate.slow(10)
    assert rate.next_cell() == cells[-1]


def test_braking_and_resuming_of_a_slowed_path_stay_at_or_under_its_share():
    cells, rate = slowed_cells(0, 200)
    rate.brake()
    down = play(rate)
    assert sum(down) <= braking.PATH_TICKS
    assert rate.mode == braking.RESTING
    assert rate.next_cell() == 0
    assert rate.resume()
    up = play(rate)
    assert max(down + up) <= cells[-1]
    assert rate.next_cell() == cells[-1]


def test_a_brake_in_the_midst_of_slowing_falls_no_faster_than_the_brake_and_the_slowing_together():
    rate = Rate()
    rate.slow(153)
    cells = [rate.next_cell() for _ in range(60)]
    rate.brake()
    cells += play(rate)
    for i in range(1, len(cells)):
        assert 0 <= cells[i - 1] - cells[i] <= 200
    assert sum(cells[60:]) <= braking.PATH_TICKS


def test_the_next_motion_runs_at_the_full_rate_again():
    _, rate = slowed_cells(0, 50)
    rate.reset()
    assert rate.next_cell() == braking.CELL_TICKS
