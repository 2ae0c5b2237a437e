import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine import Net
from tools.cli import main
from tools.errors import BadInputError
from tools.match_work import Entrant, MatchUnit, play_match_pair

QUICK = ["match", "--nodes", "60", "--seed", "4"]


def _rows(path):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row.pop("seconds", None)
    return rows


def test_a_match_is_logged_pair_by_pair_and_the_score_is_said(tmp_path, capsys):
    log = tmp_path / "match.jsonl"
    assert main([*QUICK, "--a", "nodes=120", "--games", "6", "--out", str(log)]) == 0
    header, *pairs = _rows(log)
    assert header["a"]["nodes"] == 120
    assert header["b"]["nodes"] == 60
    assert [row["pair"] for row in pairs] == [0, 1, 2]
    assert all(row["score"] == sum(row["points"]) / 2 for row in pairs)
    assert capsys.readouterr().out.startswith("6 games +")


def test_a_stopped_match_goes_on_as_if_it_had_not_been_stopped(tmp_path):
    whole, torn = tmp_path / "whole.jsonl", tmp_path / "torn.jsonl"
    command = [*QUICK, "--games", "8", "--a", "null_move=0", "--threads", "2", "--out"]
    assert main([*command, str(whole)]) == 0
    lines = whole.read_text().splitlines(keepends=True)
    torn.write_text("".join(lines[:3]) + lines[3][:20])
    assert main([*command, str(torn)]) == 0
    assert _rows(torn) == _rows(whole)


def test_the_workers_of_a_scheduler_play_the_same_match(tmp_path):
    # In a process of its own, because Dask leaves threads behind.
    script = f"""
from distributed import LocalCluster
from tools.cli import main

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:
        words = {QUICK!r} + ["--games", "8", "--a", "null_move=0", "--out", {str(tmp_path / "far.jsonl")!r}]
        raise SystemExit(main([*words, "--scheduler", cluster.scheduler_address]))
"""
    program = tmp_path / "far.py"
    program.write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    subprocess.run([sys.executable, program], timeout=240, env=environment, check=True, capture_output=True)
    assert main([*QUICK, "--games", "8", "--a", "null_move=0", "--out", str(tmp_path / "near.jsonl")]) == 0
    assert _rows(tmp_path / "far.jsonl") == _rows(tmp_path / "near.jsonl")


def test_a_worker_with_another_net_refuses_to_play():
    here = Entrant(None, Net.builtin().sha256, (), 60, 0, 4)
    unit = MatchUnit(0, 1, here, replace(here, sha256="0" * 64))
    with pytest.raises(BadInputError, match="the built-in net here is"):
        play_match_pair(unit)


def test_a_scheduler_that_does_not_answer_is_one_sentence(capsys):
    assert main([*QUICK, "--games", "2", "--scheduler", "nonsense://here"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_test_that_is_decided_ends_the_match(tmp_path, capsys):
    log = tmp_path / "match.jsonl"
    command = [*QUICK, "--a", "nodes=600", "--sprt", "-200", "0", "--games", "400", "--out", str(log)]
    assert main(command) == 0
    assert "accepted" in capsys.readouterr().out
    played = len(_rows(log)) - 1
    assert played < 200
    assert main(command) == 0
    assert len(_rows(log)) - 1 == played


def test_openings_can_come_from_a_file(tmp_path):
    fens = tmp_path / "openings.fen"
    fen = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1"
    fens.write_text(f"# a comment\n{fen} ; the start\n")
    log = tmp_path / "match.jsonl"
    assert main([*QUICK, "--games", "2", "--openings", str(fens), "--out", str(log)]) == 0
    assert _rows(log)[1]["opening"] == fen


def test_openings_that_are_no_text_are_refused_with_the_file(tmp_path, capsys):
    (tmp_path / "openings.fen").write_bytes(b"\xff\xfe\x00")
    assert main([*QUICK, "--games", "2", "--openings", str(tmp_path / "openings.fen")]) == 2
    assert "openings.fen is not UTF-8 text" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--a", "null_move"], "'null_move' is no setting"),
        (["--a", "nonsense=1"], "the search has no 'nonsense'"),
        (["--games", "0"], "--games is 0; 1 to"),
        (["--sprt", "8", "0"], "a lower and a higher Elo difference"),
        (["--hash", "0"], "--hash is 0; 1 to 4096"),
    ],
)
def test_nonsense_is_refused_with_one_sentence(words, said, capsys):
    assert main([*QUICK, "--games", "2", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_log_of_another_match_is_left_alone(tmp_path, capsys):
    log = tmp_path / "match.jsonl"
    assert main([*QUICK, "--games", "2", "--out", str(log)]) == 0
    before = log.read_bytes()
    assert main([*QUICK, "--games", "2", "--a", "singular=0", "--out", str(log)]) == 2
    assert "another match" in capsys.readouterr().err
    log.write_text("{nonsense\n")
    assert main([*QUICK, "--games", "2", "--out", str(log)]) == 2
    assert "no match log" in capsys.readouterr().err
    assert before.count(b"\n") == 2
