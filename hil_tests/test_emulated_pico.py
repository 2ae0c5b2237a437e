"""What only a Pico shows, emulated: its memory, and how long its loop takes (`--device rp2040`)."""

import sys

import pytest

from firmware import manifest
from firmware.board import lockstep
from firmware.wire import messages
from host.arm.robot import load
from safety import reasons, states

READ_EVERY = 5
LEAST_FREE_KB = 120
SECOND_MS = 1000
# Three segments of 15 ms.
PACKET_PATH_US = 45_000


@pytest.fixture
def pico(request, controller):
    if controller.device.kind != "rp2040":
        pytest.skip("only an emulated Pico shows this: --device rp2040")
    return controller


def told(line):
    sys.stderr.write(f"\n{line}\n")


def loops_a_second(pico, act):
    """Loops in a second of its time; the arm reads an encoder in every fifth."""
    before = pico.device.encoder_reads
    began = pico.now()
    while pico.now() - began < SECOND_MS:
        act()
    return (pico.device.encoder_reads - before) * READ_EVERY * SECOND_MS // (pico.now() - began)


def test_it_starts_with_memory_to_spare(pico):
    identity = pico.who()
    told(f"{pico.device.role}: {identity.heap_free_kb} KB of heap free after the start")
    assert identity.heap_free_kb >= LEAST_FREE_KB


def test_a_stop_reaches_it_and_an_act_clears_it(pico):
    pico.expect_fault(reasons.HOST_STOP)
    pico.hello()
    pico.write(b"\0\0\0")
    pico.until(lambda fields: fields["state"] == states.STOPPED)
    pico.press(lockstep.IN_BUTTON_ACK)
    pico.until(lambda fields: fields["state"] == states.SAFE)


def test_its_loop_keeps_up_with_a_talking_host(pico):
    if pico.device.role != "arm":
        pytest.skip("loops are counted by the arm's encoders: --role arm")
    pico.hello()
    quiet = loops_a_second(pico, lambda: pico.advance(20))

    def talk():
        pico.say(messages.RUN, messages.IDLE)
        pico.heard(20_000)

    talking = loops_a_second(pico, talk)
    told(f"loops a second: {quiet} in a session, {talking} with a keep-alive every 20 ms")
    assert talking >= 400


def test_it_gets_ready_by_acts_and_knows_its_place(pico):
    pico.make_ready()
    assert pico.until(lambda _: True)["state"] == states.READY


def test_neither_loops_nor_reports_nor_answers_allocate_anything(image):
    from hil_tests.devices.emulated import at_prompt

    script = manifest.ROOT / "firmware" / "tests" / "measure_allocation.py"
    rows = [line.split() for line in at_prompt(image, load(), script.read_bytes()).splitlines() if line]
    told(rows)
    assert len(rows) == 6
    assert {int(count) for _, count, _ in rows} == {0}


def test_a_packet_of_segments_is_taken_in_within_a_tenth_of_its_path_time(image):
    from hil_tests.devices.emulated import at_prompt

    script = manifest.ROOT / "firmware" / "tests" / "measure_intake.py"
    rows = dict(line.split() for line in at_prompt(image, load(), script.read_bytes()).splitlines() if line)
    told(rows)
    assert int(rows["packet"]) + int(rows["take"]) <= PACKET_PATH_US // 10
