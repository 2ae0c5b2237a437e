"""A stop keeps a carried piece."""

from safety import reasons, states, ticks
from safety.magnet import MagnetRule


def test_the_host_switches_while_nothing_is_stopped():
    for state in (states.READY, states.MOVING):
        rule = MagnetRule(30)
        assert rule.ask(1, state) == reasons.NONE
        assert rule.on
        assert rule.ask(0, state) == reasons.NONE
        assert not rule.on


def test_a_stop_or_hold_keeps_the_piece():
    for state in (states.SAFE, states.HOLD, states.STOPPED, states.RECOVERY, states.TAKEOVER):
        rule = MagnetRule(30)
        rule.ask(1, states.READY)
        assert rule.ask(0, state) == reasons.CARRYING_IN_STOP
        assert rule.on
        empty = MagnetRule(30)
        assert empty.ask(0, state) == reasons.NONE
        assert empty.ask(1, state) == reasons.NOT_READY
        assert not empty.on


def test_a_person_releases():
    rule = MagnetRule(30)
    rule.person_releases()
    assert rule.reason == reasons.NONE
    rule.ask(1, states.READY)
    rule.person_releases()
    assert (rule.on, rule.reason) == (False, reasons.PERSON_RELEASED)


def test_the_thermal_limit_releases_after_its_time_across_the_wrap():
    rule = MagnetRule(30)
    start = ticks.PERIOD - 10000000
    rule.step(start)
    rule.ask(1, states.READY)
    for ms in range(1, 29999, 7):
        rule.step(ticks.add(start, ms * 1000 + 500))
    assert rule.on
    rule.step(ticks.add(start, 30000000))
    assert (rule.on, rule.reason) == (False, reasons.MAGNET_THERMAL)


def test_the_time_counts_from_the_last_switching_on():
    rule = MagnetRule(2)
    rule.step(0)
    rule.ask(1, states.READY)
    rule.step(1500000)
    rule.ask(0, states.READY)
    rule.ask(1, states.READY)
    rule.step(3000000)
    assert rule.on
    rule.step(3500000)
    assert not rule.on
