"""Each process of the running robot dies in mid-motion; the steps end in time and every survivor says why.

All times are twin time; the frames are 1 ms while the arm moves.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from firmware.board import lockstep as pins
from hil_tests.bench import Bench
from host.arm.robot import load as load_robot
from host.link import events
from host.link.errors import LinkGoneError
from host.twin.lockstep import TwinGoneError
from safety import reasons, states

FRAME_US = 1_000
LEASE_US = 80_000
SILENCE_US = 100_000
BRAKE_US = 250_000
AHEAD_US = 15_000
GATE_US = 25_000
INTO_MOTION_US = 600_000


def kill(pid):
    """SIGKILL, and wait (wall clock, while twin time stands still) until the process is really gone."""
    os.kill(pid, signal.SIGKILL)
    for _ in range(500):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
        except FileNotFoundError:
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} survived SIGKILL")


def begin_to_move(bench):
    """Bring the arm well into a long swing; twin time stands still when this returns."""
    bench.get_ready()
    bench.session.begin(bench.swing(0.8))
    assert bench.wait_for_state("arm", {states.MOVING})
    bench.session.pause(INTO_MOTION_US)
    assert bench.session.states == {"arm": states.MOVING, "hand": states.MOVING}
    return bench.time.now_us()


def at(report, what):
    return next(event["at_us"] for event in report["events"] if event["what"] == what)


def last_reason(words):
    """The reason of the last change that has one (a survivor at rest keeps its latched reason)."""
    return next(change["reason"] for change in reversed(words["changes"]) if change["reason"] != "none")


def no_step_lost(report, words, start):
    """The arm stands where its controller says: every step it counted reached the motors, and no other."""
    return [now - first for now, first in zip(words["arm"]["usteps"], start, strict=True)] == report["steps"]


def test_a_dead_arm_controller_makes_no_more_than_fifteen_milliseconds_of_steps(bench):
    died_us = begin_to_move(bench)
    kill(bench.twin.pids["arm"])
    bench.session.pause(500_000)
    report, words = bench.ended()
    assert died_us < report["last_edge_us"] <= died_us + AHEAD_US + FRAME_US
    assert at(report, "motor power off") <= died_us + GATE_US + 10 * FRAME_US
    assert not words["arm"]["alive"]
    assert words["hand"]["state"] == "STOPPED"
    assert words["hand"]["reason"] == reasons.TEXTS[reasons.PEER_LOST]
    assert [event.controller for event in bench.heard if isinstance(event, events.Lost)] == ["arm"]


def test_a_dead_hand_controller_opens_the_power_and_the_arm_says_so(bench):
    died_us = begin_to_move(bench)
    kill(bench.twin.pids["hand"])
    bench.session.pause(500_000)
    report, words = bench.ended()
    assert at(report, "motor power off") <= died_us + GATE_US + 10 * FRAME_US
    assert report["last_edge_us"] <= at(report, "motor power off") + 2 * FRAME_US
    assert words["arm"]["state"] == "STOPPED"
    assert words["arm"]["reason"] in {reasons.TEXTS[reasons.MOTOR_POWER], reasons.TEXTS[reasons.PEER_LOST]}
    assert [event.controller for event in bench.heard if isinstance(event, events.Lost)] == ["hand"]


def test_a_dead_link_lets_the_arm_brake_on_its_path_without_losing_a_step(bench):
    start = bench.home(bench.robot)
    died_us = begin_to_move(bench)
    kill(bench.client.process_id)
    with pytest.raises(LinkGoneError):
        bench.session.pause(2_000_000)
    bench.time.wait(bench.time.now_us() + 2_000_000, [])
    report, words = bench.ended()
    # Its end is noticed when it would have been its turn, at the latest for the next keep-alive.
    assert at(report, "link gone") <= died_us + 20 * FRAME_US
    assert died_us + BRAKE_US < report["last_edge_us"]
    assert report["last_edge_us"] <= died_us + SILENCE_US + BRAKE_US + AHEAD_US + 10 * FRAME_US
    assert no_step_lost(report, words, start)
    for name in ("arm", "hand"):
        assert words[name]["state"] == "STOPPED"
    assert words["arm"]["reason"] == reasons.TEXTS[reasons.HOST_SILENT]
    # Whichever of the two loses patience first takes the other with it.
    assert words["hand"]["reason"] in {reasons.TEXTS[reasons.HOST_SILENT], reasons.TEXTS[reasons.PEER_LOST]}


def test_a_dead_game_ends_the_lease_and_the_arm_brakes_without_losing_a_step(tmp_path):
    directory = tmp_path / "twin"
    with subprocess.Popen(
        [sys.executable, "-m", "hil_tests.mover", str(directory)], stdout=subprocess.PIPE, text=True
    ) as game:
        assert game.stdout.readline().startswith("moving")
        kill(game.pid)
    report, words = wait_for_report(directory)
    died_us = at(report, "game gone")
    assert report["last_edge_us"] <= died_us + LEASE_US + SILENCE_US + BRAKE_US + AHEAD_US + 10 * FRAME_US
    assert report["last_edge_us"] > died_us + BRAKE_US
    assert no_step_lost(report, words, Bench.home(load_robot(None)))
    assert at(report, "link gone") >= died_us
    assert words["arm"]["state"] == "STOPPED"
    assert words["arm"]["reason"] == reasons.TEXTS[reasons.HOST_SILENT]


def test_a_game_that_hangs_loses_its_lease_in_motion(bench):
    start = bench.home(bench.robot)
    hung_us = begin_to_move(bench)
    bench.time.wait(hung_us + 600_000, [])
    bench.session.pause(10_000)
    assert [event for event in bench.heard if isinstance(event, events.LeaseLost)]
    report, words = bench.ended()
    assert report["last_edge_us"] <= hung_us + LEASE_US + SILENCE_US + BRAKE_US + AHEAD_US + 10 * FRAME_US
    assert no_step_lost(report, words, start)
    assert last_reason(words["arm"]) == reasons.TEXTS[reasons.HOST_SILENT]


def test_a_cut_arm_cable_is_reported_the_hand_stopped_and_no_step_lost(bench):
    start = bench.home(bench.robot)
    cut_us = begin_to_move(bench)
    bench.time.ask("cut", line="arm")
    outcome = bench.session.await_end()
    assert outcome.lost.startswith("arm")
    bench.session.pause(2_000_000)
    report, words = bench.ended()
    assert report["last_edge_us"] <= cut_us + SILENCE_US + BRAKE_US + AHEAD_US + 10 * FRAME_US
    assert no_step_lost(report, words, start)
    assert words["hand"]["state"] == "STOPPED"
    assert words["hand"]["reason"] == reasons.TEXTS[reasons.HOST_STOP]
    # The stopped hand's wave falls silent before the arm has missed the host for long.
    assert words["arm"]["state"] == "STOPPED"
    assert words["arm"]["reason"] in {reasons.TEXTS[reasons.PEER_LOST], reasons.TEXTS[reasons.HOST_SILENT]}


def test_the_mushroom_stops_at_once_and_the_power_is_off(bench):
    pressed_us = begin_to_move(bench)
    bench.press(pins.IN_MUSHROOM)
    report, words = bench.ended()
    assert report["last_edge_us"] <= pressed_us + 3 * FRAME_US
    for name in ("arm", "hand"):
        assert words[name]["state"] == "STOPPED"
        assert words[name]["reason"] == reasons.TEXTS[reasons.MUSHROOM]


def test_a_dead_twin_takes_link_and_controllers_with_it(bench):
    begin_to_move(bench)
    pids = [bench.twin.pids["arm"], bench.twin.pids["hand"], bench.client.process_id]
    kill(bench.twin.pids["twin"])
    with pytest.raises((TwinGoneError, LinkGoneError)):
        bench.session.pause(1_000_000)
    for pid in pids:
        assert ends_by_itself(pid), f"process {pid} outlived the twin"


def test_the_same_seed_gives_the_same_run_to_the_microsecond(tmp_path):
    def run(name):
        bench = Bench.start(tmp_path / name)
        bench.get_ready()
        outcome = bench.session.execute(bench.swing(0.2))
        log = [(bench.time.now_us(), outcome.usteps), list(bench.heard)]
        report, words = bench.ended()
        return log, report["last_edge_us"], report["steps"], words["arm"]["changes"]

    assert run("first") == run("second")


def ends_by_itself(pid):
    for _ in range(1000):
        stat = Path(f"/proc/{pid}/stat")
        try:
            if stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


def wait_for_report(directory):
    """The twin outlives its game until all is at rest; its last file is faults.jsonl."""
    for _ in range(6000):
        if (directory / "faults.jsonl").exists():
            return Bench.read_report(directory)
        time.sleep(0.01)
    raise AssertionError("the twin wrote no report")
