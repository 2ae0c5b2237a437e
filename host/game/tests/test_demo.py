"""`qiyou demo` for real: pixels, step edges and buttons; without truth, and after a power cut."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from host.game.journal import read_journal
from host.game.state import replay

ROOT = Path(__file__).resolve().parents[3]
SEED = 6  # the person takes a horse at once, and the robot takes back
PROGRAM = "import sys; from tools.cli import main; sys.exit(main())"
PATIENCE_S = 900

pytestmark = [pytest.mark.timeout(2 * PATIENCE_S), pytest.mark.xdist_group("twin")]


def demo(out, *words):
    command = [sys.executable, "-c", PROGRAM, "demo", "--out", str(out), *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(process):
    said, _ = process.communicate(timeout=PATIENCE_S)
    return process.returncode, said


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    code, said = finish(demo(out, "--plies", "2", "--seed", str(SEED)))
    assert code == 0, said
    return out, said


def test_a_short_game_is_played_and_reported(played):
    out, said = played
    report = json.loads((out / "report.json").read_text())
    assert report["seed"] == SEED
    assert report["plies"] == 2
    assert report["agree"] == {"reading": True, "truth": True}
    assert [turn["by"] for turn in report["turns"]] == ["person", "robot"]
    assert all(turn["reading_errors"] == 0 for turn in report["turns"])
    assert all(turn["safety_events"] == [] for turn in report["turns"])
    robot = report["turns"][1]
    assert robot["capture"]
    assert robot["placing_error_mm"] <= 2.0
    assert set(robot["ms"]) == {"see", "think", "plan", "move"}
    assert (out / "turns.png").read_bytes().startswith(b"\x89PNG")
    assert "[Red " in (out / "game.pgn").read_text()
    assert {"game", "link", "twin", "arm", "hand"} == json.loads((out / "pids.json").read_text()).keys()
    assert "\x1b" not in said


def test_without_truth_and_with_a_power_cut_in_mid_air_the_same_moves_are_played(played, tmp_path):
    whole = replay(read_journal(played[0] / "journal.jsonl"), played[0])
    process = demo(tmp_path, "--plies", "2", "--seed", str(SEED), "--no-truth")
    journal = tmp_path / "journal.jsonl"
    deadline = time.monotonic() + PATIENCE_S
    while not (journal.exists() and b'"lifted"' in journal.read_bytes()):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.2)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    twin = json.loads((tmp_path / "pids.json").read_text())["twin"]
    while Path(f"/proc/{twin}").exists():  # it outlives the game until all is at rest
        assert time.monotonic() < deadline
        time.sleep(0.2)
    code, said = finish(demo(tmp_path, "--resume", "--no-truth"))
    assert code == 0, said
    resumed = replay(read_journal(journal), journal)
    assert resumed.moves == whole.moves
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["agree"] == {"reading": True}
    assert all(turn["reading_errors"] is None for turn in report["turns"])
