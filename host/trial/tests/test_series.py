"""A series goes on with what its folder holds, and refuses to mix two kinds of robots."""

import json
from dataclasses import asdict

import pytest

from host.trial.campaign import RobotMove
from host.trial.errors import SeriesError
from host.trial.series import run_series


def begun(out, calibrated):
    """A folder in which robot 7 has made two moves."""
    moves = [RobotMove(7, ply, "b0c2", "red", placings_mm=[0.1 * ply]) for ply in (1, 3)]
    out.mkdir()
    (out / "robot-00007.jsonl").write_text("".join(json.dumps(asdict(move)) + "\n" for move in moves))
    if calibrated:
        (out / "calibration-00007").mkdir()


@pytest.mark.parametrize("calibrated", [False, True])
def test_moves_that_are_there_are_not_made_again(tmp_path, calibrated):
    begun(tmp_path / "s", calibrated)
    summary = run_series(2, 7, tmp_path / "s", None, str, calibrate=calibrated)
    assert (summary.moves, summary.robots, summary.placing_max_mm) == (2, 1, pytest.approx(0.3))


@pytest.mark.parametrize("calibrated", [False, True])
def test_robots_that_measured_themselves_are_not_mixed_with_others(tmp_path, calibrated):
    begun(tmp_path / "s", calibrated)
    with pytest.raises(SeriesError, match=f"made {'with' if calibrated else 'without'} calibrating"):
        run_series(2, 7, tmp_path / "s", None, str, calibrate=not calibrated)


def test_another_noise_file_is_refused(tmp_path):
    begun(tmp_path / "s", False)
    (tmp_path / "s" / "noise.toml").write_text("[motor]\n")
    with pytest.raises(SeriesError, match="another noise file"):
        run_series(2, 7, tmp_path / "s", None, str)


def test_a_damaged_file_is_named(tmp_path):
    begun(tmp_path / "s", False)
    (tmp_path / "s" / "robot-00007.jsonl").write_text("no move\n")
    with pytest.raises(SeriesError, match=r"robot-00007.jsonl:1: this is no move"):
        run_series(2, 7, tmp_path / "s", None, str)
