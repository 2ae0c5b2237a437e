"""Both controllers, the link and a game's session, live: refusals, noise, holds, the magnet, resuming."""

import json
import os
import signal

import numpy as np
import pytest

from firmware.board import lockstep as pins
from hil_tests.bench import Bench, physics_world, plain_world
from host.link import events
from host.link.client import LinkClient
from host.link.errors import RefusedError
from host.link.session import End, LinkSession
from host.twin.client import TwinProcess, TwinTime
from host.twin.lockstep import TwinGoneError
from safety import reasons, states


def test_a_motion_makes_exactly_its_steps_and_the_clocks_wrap_on_the_way(bench):
    start = bench.home(bench.robot)
    bench.get_ready()
    for _ in range(3):
        motion = bench.swing(0.6)
        outcome = bench.session.execute(motion)
        assert (outcome.end, outcome.usteps) == (End.FINISHED, motion.end_usteps)
        outcome = bench.session.execute(bench.swing(-0.6))
        assert (outcome.end, outcome.usteps) == (End.FINISHED, start)
    assert bench.time.now_us() > 9_000_000
    report, words = bench.ended()
    assert report["steps"] == [0, 0, 0]
    assert report["underruns"] == 0
    assert words["arm"]["state"] == "READY"


def test_a_controller_with_other_limits_is_refused(tmp_path, bench):
    twin = TwinProcess.start(
        {
            "world": plain_world(Bench.home(bench.robot), bench.robot),
            "firmware": {"limits": bench.robot.limits.as_dict()},
        },
        tmp_path / "other",
    )
    time = TwinTime(twin.game, "game")
    client = LinkClient(time, twin.ports, bench.robot.limits.hash() ^ 1, twin.link, seed=1)
    client.start()
    with pytest.raises(RefusedError, match="qiyou flash"):
        LinkSession(client, time).connect()
    time.close()
    client.close()
    client.join()
    twin.close()


def test_a_noisy_cable_costs_retransmissions_but_no_step(bench):
    bench.get_ready()
    noise = {"drop": 2e-4, "corrupt": 2e-4, "delay_us": 2000}
    for line in ("arm", "hand"):
        bench.time.ask("cable", line=line, to_host=noise, to_controller=noise)
    motion = bench.swing(0.8)
    outcome = bench.session.execute(motion)
    assert (outcome.end, outcome.usteps) == (End.FINISHED, motion.end_usteps)


def test_a_hiccup_of_the_host_is_a_hold_that_one_act_resumes(bench):
    bench.get_ready()
    motion = bench.swing(0.8)
    bench.session.begin(motion)
    bench.session.pause(700_000)
    bench.time.wait(bench.time.now_us() + 250_000, [])
    outcome = bench.session.await_end()
    assert (outcome.end, outcome.reason) == (End.HELD, reasons.HOST_SILENT)
    bench.session.pause(400_000)
    bench.press(pins.IN_BUTTON_GO)
    outcome = bench.session.await_end()
    while outcome.end is End.HELD:
        outcome = bench.session.await_end()
    assert (outcome.end, outcome.usteps) == (End.FINISHED, motion.end_usteps)


def test_the_host_may_ask_for_a_hold(bench):
    bench.get_ready()
    motion = bench.swing(0.8)
    bench.session.begin(motion)
    bench.session.pause(700_000)
    bench.client.hold()
    outcome = bench.session.await_end()
    assert (outcome.end, outcome.reason) == (End.HELD, reasons.HOST_HOLD)


def test_the_magnet_answers_and_is_refused_when_nothing_is_ready(bench):
    assert not bench.session.magnet(True)
    bench.heard.clear()
    bench.get_ready()
    assert bench.session.magnet(True)
    bench.session.pause(50_000)
    assert bench.time.ask("truth")["magnet"] == 1000
    assert bench.session.magnet(False)
    bench.session.pause(200_000)
    assert bench.time.ask("truth")["magnet"] == 0


def test_the_camera_gives_a_picture_of_now(bench):
    now_us, picture = bench.time.frame()
    assert now_us == bench.time.now_us()
    assert picture.shape == (720, 1280, 3)
    assert picture.dtype == np.uint8


def test_a_stop_of_the_host_latches_on_both_controllers(bench):
    bench.get_ready()
    bench.session.begin(bench.swing(0.8))
    bench.session.pause(700_000)
    bench.client.stop()
    outcome = bench.session.await_end()
    assert (outcome.end, outcome.reason) == (End.STOPPED, reasons.HOST_STOP)
    bench.session.pause(200_000)
    assert bench.session.states == {"arm": states.STOPPED, "hand": states.STOPPED}
    assert not [event for event in bench.heard if isinstance(event, events.Lost)]


def test_a_killed_twin_is_resumed_from_its_last_rest(tmp_path, bench):
    bench.get_ready()
    motion = bench.swing(0.3)
    assert bench.session.execute(motion).end is End.FINISHED
    bench.session.pause(300_000)
    os.kill(bench.twin.pids["twin"], signal.SIGKILL)
    with pytest.raises(TwinGoneError):
        bench.session.pause(1_000_000)
    again = Bench.start(tmp_path / "again", resume=bench.directory / "rest.snapshot")
    assert tuple(again.time.ask("truth")["steps"]) == motion.end_usteps
    again.close()


def test_without_the_truth_channel_no_truth_is_told(tmp_path):
    bench = Bench.start(tmp_path / "twin", truth=False)
    with pytest.raises(ValueError, match="truth"):
        bench.time.ask("truth")
    bench.close()


def test_process_ids_stand_in_a_file(bench):
    pids = json.loads((bench.directory / "pids.json").read_text())
    assert set(pids) == {"game", "link", "twin", "arm", "hand"}
    for pid in pids.values():
        os.kill(pid, 0)


def test_the_arm_of_the_physical_world_follows_and_a_dead_link_loses_no_step(tmp_path):
    bench = Bench.start(tmp_path / "twin", physics_world(3))
    bench.session.pause(150_000)
    bench.get_ready(bench.usteps_by_encoders())
    here = bench.session.usteps
    before = bench.time.ask("truth")["arm"]
    bench.session.begin(bench.creep(0.25))
    bench.session.pause(1_500_000)
    os.kill(bench.client.process_id, signal.SIGKILL)
    bench.time.wait(bench.time.now_us() + 3_000_000, [])
    after = bench.time.ask("truth")["arm"]
    _, words = bench.ended()
    counted = (words["arm"]["usteps"][0] - here[0]) / bench.robot.shoulder.usteps_per_unit
    assert abs(counted) > 0.01
    # A lost step is a whole pole pair of the motor: 64 microsteps, 6 mrad at the joint.
    assert abs((after["shoulder_rad"] - before["shoulder_rad"]) - counted) < 0.002
