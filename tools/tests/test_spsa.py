"""Tuning by simultaneous perturbation: towards what scores, repeatable, inside its bounds."""

import json

import numpy as np

from engine.match import tuning
from tools.cli import main
from tools.spsa import Knob, Spsa

KNOBS = [Knob("near", 100, 1, 400, 15), Knob("far", 100, 1, 400, 15), Knob("idle", 50, 1, 200, 8)]


def climbed(best, pairs=4000, knobs=KNOBS):
    """The constants after pairs whose winner is drawn by how near each side is to `best`."""
    spsa, chance = Spsa(knobs, pairs, seed=5), np.random.default_rng(1)

    def strength(setting):
        return -sum(((setting[name] - value) / 60) ** 2 for name, value in best.items())

    for pair in range(pairs):
        first, second = spsa.contestants(pair)
        wins = 1 / (1 + np.exp(strength(second) - strength(first)))
        spsa.tell(pair, (chance.random() < wins) / 2 + (chance.random() < wins) / 2)
    return spsa.settings()


def test_constants_climb_to_where_games_are_won_and_idle_ones_stay_about():
    found = climbed({"near": 120, "far": 190})
    assert abs(found["near"] - 120) < 25
    assert abs(found["far"] - 190) < 30
    assert abs(found["idle"] - 50) < 20


def test_constants_stay_inside_their_bounds_however_the_games_go():
    knobs = [Knob("low", 2, 1, 8, 4), Knob("high", 390, 1, 400, 15)]
    found = climbed({"low": -1000, "high": 1000}, 1000, knobs)
    assert 1 <= found["low"] <= 2
    assert found["high"] == 400


def test_both_sides_of_a_pair_lie_opposite_and_the_steps_shrink():
    spsa = Spsa(KNOBS, 1000, seed=1)
    for pair in (0, 999):
        first, second = spsa.contestants(pair)
        assert all(first[k.name] + second[k.name] == 2 * k.start for k in KNOBS)
    gaps = [abs(spsa.contestants(pair)[0]["near"] - 100) for pair in (0, 999)]
    assert gaps[0] > gaps[1] == 15


def tuned(path, pairs, *more):
    words = ["--nodes", "30", "--pairs", str(pairs), "--seed", "2", "--workers", "1", "--knob", "futility"]
    return main(["tune", "--out", str(path), "--json", *words, *more])


def test_a_run_that_was_broken_off_in_a_batch_ends_as_it_would_have(tmp_path, capsys):
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    assert tuned(whole, 20) == 0
    expected = json.loads(capsys.readouterr().out)
    assert expected["futility"]["start"] == tuning()["futility"]
    lines = whole.read_text().splitlines(keepends=True)
    broken.write_text("".join(lines[:6]) + lines[6][:9])
    assert tuned(broken, 20) == 0
    assert json.loads(capsys.readouterr().out) == expected
    assert broken.read_text() == whole.read_text()


def test_what_makes_no_sense_is_refused_with_one_sentence(tmp_path, capsys):
    for words, said in (
        (["--knob", "magic"], "--knob magic: no constant of the search"),
        (["--pairs", "0"], "--pairs is 0"),
        (["--workers", "0"], "--workers is 0"),
    ):
        assert main(["tune", "--out", str(tmp_path / "t.jsonl"), *words]) == 2
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
