"""An arm brought into motion, and what its edges say about the path; for the tests of controllers."""

from firmware.tests.paths import move
from firmware.wire import messages
from safety import states

LONG = move((6000, -3000, 2000), 3.0)


def state_is(controller, state):
    return lambda: any(values["state"] == state for values in controller.received(messages.STATE)[-1:])


def started(arm, segments=LONG, motion=1, run_us=900_000, **options):
    """An arm in the middle of a motion; returns the time of its first frame in motion."""
    arm.make_ready()
    arm.inbox.clear()
    arm.activity = messages.MOTION
    arm.stream(motion, segments, **options)
    assert arm.run(500_000, state_is(arm, states.MOVING))
    begin = arm.now_us
    arm.run(run_us)
    return begin


def at_rest(arm, quiet_us=30_000):
    """Whether no edge was made for a while."""
    last = max((axis.edges[-1][0] for axis in arm.axes if axis.edges), default=0)
    return arm.now_us * 8 - last > quiet_us * 8


def path_steps(segments):
    times = [[], [], []]
    base = 0
    for segment in segments:
        for axis in range(3):
            times[axis] += [base + segment.step_time(axis, k) for k in range(abs(segment.count[axis]))]
        base += segment.duration_ticks
    return times


def on_path(arm, segments):
    """Whether one path time explains the steps of all axes."""
    times = path_steps(segments)
    made = [abs(axis.position) for axis in arm.axes]
    low = max(times[i][n - 1] for i, n in enumerate(made) if n)
    high = min((times[i][n] for i, n in enumerate(made) if n < len(times[i])), default=1 << 60)
    return low < high
