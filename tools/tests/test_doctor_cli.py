"""`qiyou doctor`: what is bad is named with what to do, and the bundle keeps people out."""

import json
import os
import time
import zipfile
from pathlib import Path

import pytest

from firmware.version import FIRMWARE
from firmware.wire import messages
from hil_tests.devices.served import ServedBoard
from hil_tests.devices.virtual import VirtualBoard
from host.arm.robot import DEFAULT_FILE
from host.arm.robot import load as load_robot
from host.calibrate.result import Calibration, kept_file, save
from host.calibrate.tests.test_result import FULL
from host.link.service import Identity
from safety import reasons, states
from tools.cli import main
from tools.doctor import bundle, computer, controllers, faults
from tools.doctor.finding import BAD, GOOD, NOTE, Finding

ROBOT = load_robot(None)
LIMITS = ROBOT.limits.hash()
WELL = Identity(
    1, messages.ROLE_ARM, 1, FIRMWARE, messages.TABLE_HASH, LIMITS, 0, False, 0, 0, 2, 0, 130, 31, "e6"
)


def verdicts(identity, role="arm"):
    return {finding.name: finding for finding in controllers.judge(role, identity, LIMITS)}


def test_a_controller_that_is_well_is_green():
    assert {finding.verdict for finding in verdicts(WELL).values()} == {GOOD}


@pytest.mark.parametrize(
    ("change", "name", "verdict", "advice"),
    [
        ({"table_hash": 1}, "arm controller", BAD, "qiyou flash"),
        ({"trial": True}, "arm controller", NOTE, "confirms"),
        ({"fell_back": 1}, "arm controller", NOTE, "qiyou flash"),
        ({"limits_hash": 1}, "arm controller, limits", BAD, "qiyou flash"),
        ({"reason": reasons.MUSHROOM, "state": states.STOPPED}, "arm controller, state", BAD, "mushroom"),
        ({"reason": 200, "state": 99}, "arm controller, state", BAD, "Unplug"),
        ({"heap_free_kb": 3}, "arm controller, health", BAD, "support bundle"),
        ({"temperature_c": 75}, "arm controller, health", NOTE, "air"),
        ({"role": messages.ROLE_HAND}, "arm controller", BAD, "Exchange"),
    ],
)
def test_what_is_wrong_with_a_controller_comes_with_what_to_do(change, name, verdict, advice):
    finding = verdicts(WELL._replace(**change))[name]
    assert finding.verdict == verdict
    assert advice in finding.do_now


@pytest.mark.parametrize("reason", sorted(set(reasons.TEXTS) - {reasons.NONE}))
def test_every_reason_a_controller_may_give_has_advice(reason):
    assert verdicts(WELL._replace(reason=reason))["arm controller, state"].do_now


def test_two_running_controllers_are_asked_and_not_disturbed(tmp_path, capsys):
    arm, hand = (VirtualBoard(tmp_path, role, ROBOT) for role in ("arm", "hand"))
    for board in (arm, hand):
        board.advance_us(2_500_000)
    with ServedBoard(arm) as a, ServedBoard(hand) as b:
        text = DEFAULT_FILE.read_text().replace("/dev/qiyou-arm", a.port).replace("/dev/qiyou-hand", b.port)
        (tmp_path / "robot.toml").write_text(text)
        main(["doctor", "--json", "--robot", str(tmp_path / "robot.toml"), "--game", str(tmp_path / "none")])
        report = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in report["findings"]}
    for role in ("arm", "hand"):
        assert rows[f"{role} controller"]["verdict"] == GOOD, rows
        assert rows[f"{role} controller, limits"]["verdict"] == GOOD
        assert rows[f"{role} controller, state"]["what"] == "SAFE, no fault"
    arm.close()
    hand.close()


def test_without_controllers_it_says_where_it_looked_and_ends_with_one(tmp_path, capsys):
    assert main(["doctor", "--camera", "63", "--game", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "BAD   arm controller: there is nothing at /dev/qiyou-arm" in out
    assert "-> Plug its cable in" in out
    assert "camera 63: there is no /dev/video63" in out


def test_bad_input_is_one_sentence(capsys):
    assert main(["doctor", "--camera", "64"]) == 2
    assert main(["doctor", "--robot", "/no/such/robot.toml"]) == 2
    assert "robot.toml" in capsys.readouterr().err


@pytest.mark.parametrize(("brightness", "verdict"), [(5, BAD), (120, GOOD), (250, NOTE)])
def test_a_picture_is_judged_by_its_light(brightness, verdict):
    assert computer.picture_finding("camera 0", 1280, 720, brightness).verdict == verdict


def test_a_small_picture_is_bad():
    assert computer.picture_finding("camera 0", 640, 480, 120).verdict == BAD


def test_a_clock_that_stands_in_the_past_is_bad():
    assert computer.clock(1e9, None).verdict == BAD
    assert computer.clock(2e9, False).verdict == NOTE
    assert computer.clock(2e9, True).verdict == GOOD


@pytest.mark.parametrize(
    ("milli", "verdict"), [("45000", GOOD), ("72000", NOTE), ("84000", BAD), ("x", NOTE)]
)
def test_the_hottest_sensor_counts(tmp_path, milli, verdict):
    for number, text in enumerate(("20000", milli)):
        (tmp_path / f"thermal_zone{number}").mkdir()
        (tmp_path / f"thermal_zone{number}" / "temp").write_text(text if text != "x" or number else "20000")
    if milli == "x":
        (tmp_path / "thermal_zone0" / "temp").write_text("x")
    assert computer.temperature(tmp_path).verdict == verdict


def test_an_old_calibration_is_noted(tmp_path):
    path = tmp_path / "calibration.json"
    assert computer.calibration(path, time.time()).verdict == NOTE
    path.touch()
    assert computer.calibration(path, time.time()).verdict == BAD
    save(Calibration("arm-7"), path)
    assert "is not finished" in computer.calibration(path, time.time()).what
    save(FULL, path)
    assert computer.calibration(path, time.time()).verdict == GOOD
    assert computer.calibration(path, time.time() + 200 * 86400).verdict == NOTE


def test_the_calibration_kept_for_the_robot_is_looked_at_by_itself(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    save(FULL, kept_file(ROBOT.name))
    main(["doctor", "--json", "--game", str(tmp_path / "none")])
    rows = json.loads(capsys.readouterr().out)["findings"]
    (row,) = [row for row in rows if row["name"] == "calibration"]
    assert row["what"] == "0 days old, carried pieces stood 0.30 mm off at most"


# --- faults and the bundle ------------------------------------------------------------------------

JOURNAL = [
    {"n": 0, "kind": "start", "fen": "x", "seed": 1, "versions": {"host": "Annas-Laptop"}},
    {"n": 1, "kind": "fault", "ply": 3, "reason": "peer wave lost", "held": False, "nickname": "Anna"},
    {"n": 2, "kind": "fault", "ply": 4, "reason": "peer wave lost", "held": False},
    {"n": 3, "kind": "fault", "ply": 5, "reason": "no such reason", "held": False},
]
CHANGES = [{"state": "STOPPED", "reason": "mushroom button"}]
WORDS = {"controller": "arm", "changes": CHANGES, "path": "/home/anna/x"}


@pytest.fixture
def game(tmp_path):
    folder = tmp_path / "game"
    (folder / "twin").mkdir(parents=True)
    lines = [json.dumps(entry) for entry in JOURNAL] + ["torn {"]
    (folder / "journal.jsonl").write_text("\n".join(lines))
    (folder / "twin" / "faults.jsonl").write_text(json.dumps(WORDS) + "\n")
    (folder / "turns.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "game.pgn").write_text('[Red "Anna"]')
    return folder


def test_the_last_faults_are_counted_with_what_to_do(game):
    found = faults.faults(game)
    assert found[0].what.startswith("2 x peer wave lost")
    assert "cables" in found[0].do_now
    assert any("mushroom" in finding.what for finding in found)


def test_a_game_without_faults_is_green(tmp_path):
    assert faults.faults(tmp_path / "none")[0].verdict == GOOD


def test_the_bundle_holds_no_picture_and_no_name(game, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle.getpass, "getuser", lambda: "anna")
    monkeypatch.setattr(bundle.socket, "gethostname", lambda: "annas-pi")
    findings = [Finding("disk", BAD, "full at /home/anna/games on annas-pi, see ANNA", "")]
    names = bundle.write_bundle(tmp_path / "support.zip", findings, game)
    assert names == ["doctor.json", "faults-0.jsonl", "journal.jsonl", "packages.json"]
    with zipfile.ZipFile(tmp_path / "support.zip") as archive:
        assert sorted(archive.namelist()) == names
        everything = b"".join(archive.read(name) for name in names)
    assert b"anna" not in everything.lower()
    assert b"PNG" not in everything
    assert b"peer wave lost" in everything
    assert b"versions" not in everything


def test_the_command_writes_the_bundle_and_says_what_is_in_it(game, tmp_path, capsys):
    target = tmp_path / "s.zip"
    main(["doctor", "--camera", "63", "--game", str(game), "--bundle", str(target)])
    assert "no picture and no name" in capsys.readouterr().out
    assert zipfile.is_zipfile(target)
    assert os.path.getsize(target) < 100_000
    assert Path(target).exists()
