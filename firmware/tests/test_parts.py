"""Small parts of a controller: buttons, encoders, homing, the magnet's drive."""

from firmware.board.lockstep import (
    DONE_FORMAT,
    DONE_SIZE,
    GRANT_FORMAT,
    GRANT_SIZE,
    IN_BUTTON_ACK,
    IN_BUTTON_GO,
    IN_LIMIT_ELBOW,
)
from firmware.buttons import DEBOUNCE_US, Buttons
from firmware.encoders import COUNTS, Encoders
from firmware.homing import Homing
from firmware.magnet import KICK_PERMILLE, KICK_US, ON_PERMILLE, Magnet
from safety import ticks
from safety.limits import REFERENCE, Limits


def test_the_structs_have_their_sizes():
    import struct

    assert struct.calcsize(GRANT_FORMAT) == GRANT_SIZE
    assert struct.calcsize(DONE_FORMAT) == DONE_SIZE


def presses(buttons, button, levels):
    """How often `button` is pressed while its level follows `levels` of (time in us, bits)."""
    count = 0
    for now, bits in levels:
        if buttons.settle(bits, now):
            count += buttons.edge(button, bits, now)
    return count


def test_a_press_counts_once_and_release_does_not():
    down = [(t, IN_BUTTON_ACK) for t in range(1000, 60000, 1000)]
    up = [(t, 0) for t in range(60000, 120000, 1000)]
    again = [(t, IN_BUTTON_ACK) for t in range(120000, 180000, 1000)]
    assert presses(Buttons(0), 0, down + up) == 1
    assert presses(Buttons(0), 0, down + up + again) == 2
    assert presses(Buttons(0), 1, down + up) == 0


def test_bouncing_is_one_press():
    bounce = [(t, IN_BUTTON_GO if (t // 1000) % 2 else 0) for t in range(1000, 1000 + DEBOUNCE_US, 1000)]
    assert presses(Buttons(0), 1, bounce) == 1


def test_a_button_held_at_power_on_is_no_press():
    assert presses(Buttons(IN_BUTTON_GO), 1, [(50000, IN_BUTTON_GO)]) == 0


def test_a_press_counts_however_long_ago_the_last_one_was():
    for pause in (ticks.PERIOD // 2 + 1000, ticks.PERIOD - 5000, ticks.PERIOD + 5000):
        first = [(1000, IN_BUTTON_GO), (40000, IN_BUTTON_GO), (80000, 0), (120000, 0)]
        later = [(ticks.add(pause, 200000), IN_BUTTON_GO)]
        assert presses(Buttons(0), 1, first + later) == 2


def test_encoders_follow_the_steps_both_ways():
    limits = Limits(dict(REFERENCE, encoder_zero=[700, 3100], encoder_sign=[1, -1]))
    encoders = Encoders(limits)
    for axis, per_rad in ((0, 10186), (1, 8149)):
        for usteps in (-20000, -1, 0, 1, 12345, 25000):
            counts = encoders.expected(axis, usteps)
            assert 0 <= counts < COUNTS
            # One count is 2 pi / 4096 of a turn.
            assert abs(encoders.usteps(axis, counts) - usteps) <= per_rad * 6.2832 / 4096 + 5


def test_a_strayed_arm_is_found_after_three_readings():
    encoders = Encoders(Limits(REFERENCE))
    position = (10000, -12000, 0)
    good = [encoders.expected(0, 10000), encoders.expected(1, -12000)]
    bad = [good[0], (good[1] + 25) % COUNTS]
    near = [good[0], (good[1] - 24) % COUNTS]
    assert encoders.agree(position, good)
    assert encoders.agree(position, near)
    assert not encoders.agree(position, bad)
    assert not encoders.strayed(position, bad)
    assert not encoders.strayed(position, bad)
    assert not encoders.strayed(position, good)
    assert [encoders.strayed(position, bad) for _ in range(3)] == [False, False, True]


def test_distances_go_the_short_way_round():
    assert Encoders.distance(5, 4090) == 11
    assert Encoders.distance(4090, 5) == -11


def test_homing_latches_the_first_change_of_its_switch():
    homing = Homing()
    assert not homing.changed(0, (1, 2, 3))
    homing.arm(1, IN_LIMIT_ELBOW)
    assert not homing.changed(IN_LIMIT_ELBOW, (1, 2, 3))
    assert not homing.changed(IN_LIMIT_ELBOW | 1, (1, 2, 3))
    assert homing.changed(0, [4, 5, 6])
    assert homing.latched == (4, 5, 6)
    assert not homing.changed(IN_LIMIT_ELBOW, (7, 8, 9))
    homing.disarm()
    assert not homing.changed(0, (7, 8, 9))


def test_a_release_kicks_backwards_for_a_moment():
    magnet = Magnet()
    start = ticks.PERIOD - 1000
    assert magnet.drive(start, False) == 0
    assert magnet.drive(start, True) == ON_PERMILLE
    assert magnet.drive(start, False) == KICK_PERMILLE
    assert magnet.drive(ticks.add(start, KICK_US - 1), False) == KICK_PERMILLE
    assert magnet.drive(ticks.add(start, KICK_US), False) == 0
    assert magnet.drive(ticks.add(start, KICK_US + 1), True) == ON_PERMILLE
