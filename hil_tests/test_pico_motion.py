"""An emulated Pico in motion (`--device rp2040`): every step in its time, whatever the chip has to do."""

import dataclasses
import sys

import pytest

from firmware.board import lockstep
from firmware.tests.in_motion import path_steps
from firmware.tests.paths import fit
from firmware.wire import messages
from hil_tests.controller import Controller
from hil_tests.streaming import AHEAD_US, stream
from host.arm.moves import swing
from host.arm.robot import load
from safety import reasons, ticks
from safety.axes import TICKS_PER_S
from safety.segment import Segment

STEPS_PER_S = 20_000
RAMP_S = 0.25
EVEN_S = 0.85
SLICE_TICKS = 80_000
COLLECT_MS = 100
# Of the design: edges within 25 us of the plan, and within 2 us of what was commanded.
EDGE_US = 25
JITTER_US = 2
# Of the design: a brake takes a quarter of a second, steps are handed out 15 ms ahead at most; a loop that is
# taking in segments comes to the stop some milliseconds later.
BRAKE_US = 250_000
AHEAD_MOST_US = 15_000
LOOP_MOST_US = 20_000


def told(line):
    sys.stderr.write(f"\n{line}\n")


@pytest.fixture
def emulated(request, image):
    """Makes controllers on an emulated Pico, the arm, and checks each when the test is over."""
    if request.config.getoption("--role", "arm") != "arm":
        pytest.skip("the hand makes no steps: --role arm")
    from hil_tests.devices.emulated import EmulatedPico

    made = []

    def make(robot, **options):
        controller = Controller(EmulatedPico(image, "arm", robot, **options), robot)
        made.append(controller)
        return controller

    yield make
    for controller in made:
        controller.check_after()
        controller.device.close()


def geared():
    """The same arm with other gears and another lead: all axes may make 20,000 steps a second."""
    robot = load()
    return dataclasses.replace(
        robot,
        shoulder=dataclasses.replace(robot.shoulder, gear=140.0),
        elbow=dataclasses.replace(robot.elbow, gear=110.0),
        lift=dataclasses.replace(robot.lift, lead=0.004),
    )


def even_path(ways):
    """Segments of 20,000 steps a second on every axis, with smooth ramps; `ways` are the three directions."""

    def done(t):
        # A raised cosine would do; the cubic is enough for the ramp's speed: 3 u^2 - 2 u^3.
        def ramped(u):
            return u**3 - u**4 / 2

        if t < RAMP_S:
            return RAMP_S * ramped(t / RAMP_S)
        if t < RAMP_S + EVEN_S:
            return RAMP_S / 2 + t - RAMP_S
        left = (2 * RAMP_S + EVEN_S - t) / RAMP_S
        return RAMP_S + EVEN_S - RAMP_S * ramped(max(0.0, left))

    total = 2 * RAMP_S + EVEN_S
    count = int(STEPS_PER_S * done(total))
    times = []
    for k in range(count):
        low, high = 0.0, total
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if STEPS_PER_S * done(middle) < k + 0.5 else (low, middle)
        times.append(low * TICKS_PER_S)
    segments = []
    at = begin = 0
    while at < total * TICKS_PER_S:
        end = begin
        while end < count and times[end] < at + SLICE_TICKS:
            end += 1
        axes = [fit(times[begin:end], at, SLICE_TICKS, way) for way in ways]
        segments.append(Segment(SLICE_TICKS, *axes))
        at += SLICE_TICKS
        begin = end
    return segments


def spread_us(got, want):
    """The widest that edges lie from where they should, from a common beginning, microseconds."""
    offsets = [a - b for a, b in zip(got, want, strict=True)]
    return max(abs(offset - offsets[0]) for offset in offsets) / 8


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("collect_ms", [0, COLLECT_MS])
def test_three_axes_at_20000_steps_a_second_keep_every_step_in_its_time(emulated, collect_ms):
    pico = emulated(geared(), collect_ms=collect_ms)
    pico.make_ready()
    ways = (1, -1, -1)
    segments = even_path(ways)
    pico.device.edges.clear()
    start, done, _ = stream(pico, segments)
    assert done["result"] == reasons.NONE
    first_axis, _, _ = pico.device.edges[0]
    planned_us = start + path_steps(segments)[first_axis][0] / 8
    late_us = ticks.diff(pico.device.first_edge_us, round(planned_us))
    told(f"the first edge came {late_us} us after the planned instant")
    assert abs(late_us) <= EDGE_US
    for axis in range(3):
        got = [(tick, way) for number, tick, way in pico.device.edges if number == axis]
        assert {way for _, way in got} == {ways[axis]}
        off = spread_us([tick for tick, _ in got], path_steps(segments)[axis])
        told(f"axis {axis}: {len(got)} steps at most {off} us off, a collection every {collect_ms} ms")
        assert off <= JITTER_US


def swing_of(pico, radians):
    """A swing of the shoulder from where the arm stands, inward."""
    status = pico.until(lambda _: True)
    home = (status["shoulder_usteps"], status["elbow_usteps"], status["lift_usteps"])
    turn = round(radians * pico.robot.shoulder.usteps_per_unit)
    return swing(pico.robot, home, (home[0] - turn, *home[1:]), "swing")


def test_the_clock_wraps_in_the_middle_of_a_motion(emulated):
    pico = emulated(load(), begins_at_us=ticks.PERIOD - 6_000_000)
    pico.make_ready()
    motion = swing_of(pico, 0.25)
    while pico.device.clock_us() < ticks.PERIOD - AHEAD_US - 500_000:
        pico.say(messages.RUN, messages.IDLE)
        pico.heard(20_000)
    pico.device.edges.clear()
    start, done, _ = stream(pico, motion.segments)
    assert done["result"] == reasons.NONE
    assert start < ticks.PERIOD <= pico.device.last_edge_us
    got = [tick for axis, tick, _ in pico.device.edges if axis == 0]
    want = path_steps(motion.segments)[0]
    told(f"{len(got)} steps over the wrap, at most {spread_us(got, want)} us off")
    assert spread_us(got, want) <= JITTER_US


def stopped_in_motion(pico, act, expected):
    """Swing, `act` in the middle; (microseconds from the act to the last step, the end, the motion)."""
    pico.expect_fault(expected)
    pico.make_ready()
    motion = swing_of(pico, 0.25)
    steps = abs(motion.end_usteps[0] - motion.start_usteps[0])
    pico.device.edges.clear()
    at = []

    def in_the_middle(_):
        if len(pico.device.edges) < steps // 3:
            return False
        at.append(pico.device.clock_us())
        act(pico)
        return True

    _, done, _ = stream(pico, motion.segments, act=in_the_middle)
    assert done["result"] == expected
    pico.advance(100)
    return ticks.diff(pico.device.last_edge_us, at[0]), done, motion


def test_a_stop_of_the_host_brakes_on_the_path_and_loses_no_step(emulated):
    pico = emulated(load())
    took_us, done, motion = stopped_in_motion(pico, lambda c: c.write(b"\0\0\0"), reasons.HOST_STOP)
    told(f"three zeros: the last step {took_us} us after they were sent")
    assert took_us <= BRAKE_US + AHEAD_MOST_US + LOOP_MOST_US
    made = sum(way for axis, _, way in pico.device.edges if axis == 0)
    assert done["shoulder_usteps"] == motion.start_usteps[0] + made
    assert 0 < abs(made) < abs(motion.end_usteps[0] - motion.start_usteps[0])


def test_the_mushroom_ends_all_steps_at_once(emulated):
    pico = emulated(load())

    def hit(controller):
        controller.device.inputs |= lockstep.IN_MUSHROOM

    took_us, _, _ = stopped_in_motion(pico, hit, reasons.MUSHROOM)
    told(f"mushroom: the last step {took_us} us after it was hit")
    assert took_us <= LOOP_MOST_US
    pico.device.inputs &= ~lockstep.IN_MUSHROOM
