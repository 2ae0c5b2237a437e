"""`qiyou demo` for real: pixels, step edges and buttons; without truth, and after a power cut."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SEED = 2  # the person takes a horse at once, and the robot takes back
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
