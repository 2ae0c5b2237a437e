"""A person comes near during a fast swing: the real controller slows what is left of it and loses no step."""

from firmware.wire import messages
from host.arm.moves import swing
from host.link.session import End


def run(bench, slow_after_s):
    """Swing fast by 1.0 rad; seconds from the start to rest."""
    here = bench.session.usteps
    way = round(1.0 * bench.robot.shoulder.usteps_per_unit)
    way = way if here[0] <= bench.home(bench.robot)[0] else -way
    motion = swing(bench.robot, here, (here[0] + way, here[1], here[2]), "swing", fast=True)
    began_us = bench.time.now_us()
    bench.session.begin(motion)
    if slow_after_s is not None:
        bench.session.pause(round(slow_after_s * 1e6))
        bench.client.profile(messages.PROFILE_NORMAL)
    outcome = bench.session.await_end()
    assert outcome.end is End.FINISHED
    assert outcome.usteps == motion.end_usteps
    return (bench.time.now_us() - began_us) / 1e6, motion.duration_s


def test_a_fast_swing_that_is_slowed_ends_where_it_should_and_later(bench):
    bench.get_ready()
    took, planned = run(bench, None)
    assert took - planned < 0.3
    # Long enough that the controller's queue fills up and segments wait at the host.
    slowed, planned = run(bench, 0.6)
    # About 0.6 s at the full rate, the rest at three fifths of it.
    rest = planned - 0.5
    assert planned + 0.5 * rest < slowed < planned + rest
    again, planned = run(bench, None)
    assert again - planned < 0.3
