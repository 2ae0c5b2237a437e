import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from host.link.clocksync import FIRST_SAMPLES, ClockSync
from safety import ticks


class Crystal:
    def __init__(self, offset_us, ppm):
        self.offset_us, self.ppm = offset_us, ppm

    def ticks(self, host_us):
        return int(self.offset_us + host_us * (1 + self.ppm * 1e-6)) & ticks.MASK


def run(sync, crystal, duration_us, there, back, observe):
    now = 0
    while now < duration_us:
        if sync.due(now):
            sent, out, home = now, there(), back()
            sync.add(sent, crystal.ticks(sent + out), sent + out + home)
        now += 1000
        if sync.ready:
            observe(now)


@settings(max_examples=20, deadline=None)
@given(
    ppm_a=st.floats(-50, 50),
    ppm_b=st.floats(-50, 50),
    offset=st.integers(0, ticks.MASK),
    there_us=st.integers(50, 2000),
    back_us=st.integers(50, 2000),
    seed=st.integers(0, 1000),
)
def test_two_controllers_agree_within_two_milliseconds(ppm_a, ppm_b, offset, there_us, back_us, seed):
    dice = random.Random(seed)
    worst = 0
    crystals = Crystal(offset, ppm_a), Crystal((offset + 77_777_777) & ticks.MASK, ppm_b)
    syncs = ClockSync(), ClockSync()
    errors = ({}, {})
    for sync, crystal, error in zip(syncs, crystals, errors, strict=True):

        def observe(now, sync=sync, crystal=crystal, error=error):
            error[now] = ticks.diff(sync.to_ticks(now), crystal.ticks(now))

        run(
            sync,
            crystal,
            15_000_000,
            lambda: there_us + int(dice.expovariate(1 / 100)) + (20_000 if dice.random() < 0.05 else 0),
            lambda: back_us + int(dice.expovariate(1 / 100)) + (20_000 if dice.random() < 0.05 else 0),
            observe,
        )
    for now in errors[0].keys() & errors[1].keys():
        worst = max(worst, abs(errors[0][now] - errors[1][now]))
    assert worst <= 2000


def test_the_relation_survives_the_wrap_of_the_ticks():
    sync, crystal = ClockSync(), Crystal(ticks.PERIOD - 2_000_000, 40.0)
    seen = []
    run(
        sync,
        crystal,
        30_000_000,
        lambda: 300,
        lambda: 300,
        lambda now: seen.append(abs(ticks.diff(sync.to_ticks(now), crystal.ticks(now)))),
    )
    assert max(seen) < 100
    assert abs(sync.drift_ppm - 40.0) < 10
    assert abs(sync.to_host_us(crystal.ticks(29_000_000), 30_000_000) - 29_000_000) < 100


def test_it_is_not_ready_before_eight_samples_and_asks_for_them_every_fifty_milliseconds():
    sync = ClockSync()
    sent = []
    for now in range(0, 3_000_000, 1000):
        if sync.due(now):
            sent.append(now)
            sync.add(now, now & ticks.MASK, now + 200)
    assert sent[:FIRST_SAMPLES] == [50_000 * index for index in range(FIRST_SAMPLES)]
    assert all(later - earlier == 1_000_000 for earlier, later in pairwise(sent[8:]))


def test_one_slow_round_trip_does_not_move_the_clock():
    sync, crystal = ClockSync(), Crystal(5, 0.0)
    for index in range(10):
        now = index * 50_000
        out = 100_000 if index == 9 else 200
        sync.add(now, crystal.ticks(now + out), now + out + 200)
    assert abs(ticks.diff(sync.to_ticks(600_000), crystal.ticks(600_000))) < 50
