"""Silence of the host, of the peer and of the queue is noticed in time and not before."""

from safety import liveness, ticks
from safety.gate import Gate
from safety.liveness import HICCUP_US, HostWatch, PeerWatch, PeerWave, queue_short

NEAR_WRAP = ticks.PERIOD - 30000


def test_the_host_is_silent_until_it_speaks():
    watch = HostWatch()
    assert watch.silent_us(5) == HICCUP_US
    watch.heard(NEAR_WRAP)
    assert watch.silent_us(ticks.add(NEAR_WRAP, 99999)) == 99999


def test_a_long_silence_stays_long_when_the_clock_wraps():
    watch = HostWatch()
    watch.heard(0)
    assert watch.silent_us(HICCUP_US) == HICCUP_US
    for later in (ticks.PERIOD - 1, 0, 5):
        assert watch.silent_us(later) == HICCUP_US
    watch.heard(7)
    watch.forget()
    assert watch.silent_us(8) == HICCUP_US


def drive(allowed_until, holding=False, step=1000, total=300000):
    """Run a wave and its watcher; returns the watcher, the edges and when the peer was given up."""
    wave = PeerWave(NEAR_WRAP)
    watch = PeerWatch()
    edges = 0
    level = 0
    lost_at = None
    for t in range(0, total, step):
        now = ticks.add(NEAR_WRAP, t)
        new = wave.step(now, t < allowed_until, holding)
        edges += new != level
        level = new
        before = watch.present
        watch.step(now, edges % 5, now)
        if before and not watch.present:
            lost_at = t
    return watch, edges, lost_at


def test_the_wave_has_fifty_periods_a_second():
    _, edges, lost = drive(10**9)
    assert edges == 30
    assert lost is None


def test_four_missing_edges_are_a_stop():
    watch, _, lost = drive(100000)
    assert not watch.present
    assert 40000 < lost - 100000 + 10000 <= 50000


def test_slow_loops_do_not_lose_the_peer():
    watch, _, lost = drive(10**9, step=4000)
    assert watch.present
    assert not watch.holding
    assert lost is None


def test_a_slow_wave_says_hold():
    watch, edges, lost = drive(10**9, holding=True)
    assert watch.present
    assert watch.holding
    assert lost is None
    assert edges == 15


def test_one_late_edge_is_no_hold():
    watch = PeerWatch()
    for count, t in enumerate((0, 10, 20, 40, 50, 60, 80, 90)):
        watch.step(t * 1000, count, t * 1000)
        assert not watch.holding


def test_edges_count_by_their_own_time_however_late_the_loop_sees_them():
    watch = PeerWatch()
    watch.step(0, 0, 0)
    for turn in range(20):
        # A loop of 25 ms: two or three edges of a wave that runs as it should.
        now = 25000 * (turn + 1)
        watch.step(now, now // 10000, now // 10000 * 10000)
        assert watch.present
        assert not watch.holding
    for turn in range(20, 24):
        now = 25000 * (turn + 1)
        watch.step(now, 50 + (now - 500000) // 20000, 500000 + (now - 500000) // 20000 * 20000)
    assert watch.holding


def test_a_peer_that_comes_back_is_present_again():
    watch = PeerWatch()
    watch.step(0, 3, 0)
    assert not watch.present
    watch.step(1000, 4, 1000)
    assert watch.present
    watch.step(60000, 4, 60000)
    assert not watch.present
    watch.step(61000, 5, 61000)
    assert watch.present


def test_a_wave_that_was_late_does_not_hurry_after():
    wave = PeerWave(0)
    levels = [wave.step(t, True, False) for t in (0, 35000, 36000, 44999, 45000)]
    assert levels == [1, 0, 0, 0, 1]


def test_a_queue_ends_at_rest_or_holds_the_braking_path():
    brake = 1000000
    assert queue_short(brake + 239999, brake, False)
    assert not queue_short(brake + 240000, brake, False)
    assert not queue_short(0, brake, True)
    assert liveness.QUEUE_RESERVE_TICKS == 30000 * 8
    assert queue_short(brake + 159999, brake, False, True)
    assert not queue_short(brake + 160000, brake, False, True)


def test_the_gate_toggles_only_while_allowed():
    gate = Gate(0)
    levels = [gate.step(t * 1000, True) for t in range(40)]
    assert sum(levels[i] != levels[i - 1] for i in range(1, 40)) == 3
    assert {gate.step(t * 1000, False) for t in range(40, 80)} == {0}
    assert gate.step(80000, True) == 1


def test_two_long_intervals_in_a_row_are_a_hold_and_a_short_one_ends_it():
    watch = PeerWatch()
    edges = ((0, False), (14999, False), (29999, False), (44999, True), (59999, True), (69999, False))
    for count, (at, holding) in enumerate(edges):
        watch.step(at, count + 1, at)
        if count == 0:
            watch.step(at, count + 1, at)
        assert watch.holding == holding, at


def test_a_peer_is_lost_after_45_ms_and_its_hold_is_forgotten():
    watch = PeerWatch()
    for count in range(5):
        watch.step(count * 20000, count, count * 20000)
    assert watch.holding
    watch.step(80000 + liveness.PEER_LOST_US, 4, 80000)
    assert watch.present
    watch.step(80000 + liveness.PEER_LOST_US + 1, 4, 80000)
    assert not watch.present
    assert not watch.holding
