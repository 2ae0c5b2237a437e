"""The verb that records self-play."""

import pytest

from engine import Net
from engine.selfplay import selfplay
from engine.tests.test_net import FILE
from tools.cli import main


def play(folder, *more):
    words = ["selfplay", "--seed", "3", "--games", "5", "--chunk", "2", "--nodes", "40", "--processes", "1"]
    return main([*words, "--out", str(folder / "run.bin"), *more])


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_games_are_recorded_in_files_and_a_broken_run_goes_on(tmp_path, capsys):
    assert play(tmp_path) == 0
    whole = contents(tmp_path)
    assert list(whole) == ["run-00000.bin", "run-00001.bin", "run-00002.bin"]
    assert whole["run-00002.bin"] == selfplay(300_002, 1, 40)
    assert "3 of 3 files" in capsys.readouterr().err
    (tmp_path / "run-00001.bin").unlink()
    assert play(tmp_path) == 0
    assert "1 of 1 files" in capsys.readouterr().err
    assert contents(tmp_path) == whole
    assert play(tmp_path) == 0
    assert "there already" in capsys.readouterr().err


def test_a_net_judges_the_positions_when_one_is_given(tmp_path):
    net = tmp_path / "a.nnue"
    net.write_bytes(FILE)
    assert play(tmp_path, "--net", str(net)) == 0
    assert (tmp_path / "run-00000.bin").read_bytes() == selfplay(300_000, 2, 40, Net.load(net))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--games", "0"], "--games is 0"),
        (["--nodes", "-1"], "--nodes is -1"),
        (["--seed", "-1"], "--seed is -1"),
        (["--out", "records"], "ending in .bin"),
        (["--net", __file__], "the evaluation net has"),
    ],
)
def test_what_makes_no_sense_is_refused_with_one_sentence(tmp_path, capsys, words, said):
    assert play(tmp_path, *words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
