"""Screening by a factorial design: every change gets its own worth from the same games."""

import json

import numpy as np
import pytest

from tools.cli import main
from tools.factorial import effects, who_has

CHANGES = ["strong=1", "harmful=1", *[f"idle{i}=1" for i in range(20)]]


def played(pairs, seed=3):
    """Scores of pairs in which a side with the strong change wins more and one with the harmful one less."""
    chance = np.random.default_rng(1)
    scores = []
    for pair in range(pairs):
        strong, harmful, *_ = who_has(seed, pair, len(CHANGES))
        wins = 0.5 + (0.06 if strong else -0.06) - (0.04 if harmful else -0.04)
        scores.append(((chance.random() < wins) + (chance.random() < wins)) / 2)
    return scores


def test_a_change_that_wins_games_stands_first_and_one_that_loses_them_last():
    found = effects(CHANGES, 3, played(2500))
    assert found[0].change == "strong=1"
    assert found[-1].change == "harmful=1"
    assert abs(found[0].elo - 42) < found[0].error * 1.5
    assert abs(found[-1].elo + 28) < found[-1].error * 1.5


def test_errors_are_those_of_a_match_of_as_many_games():
    found = effects(CHANGES, 3, played(2500))
    alone = 1.96 * 695 * np.sqrt(0.125 / 2500)
    assert all(0.85 * alone < effect.error < 1.15 * alone for effect in found)


def test_of_twenty_idle_changes_few_seem_to_matter():
    idle = [e for e in effects(CHANGES, 3, played(2500)) if e.change.startswith("idle")]
    assert sum(abs(effect.elo) > effect.error for effect in idle) <= 4


def test_too_few_pairs_say_nothing():
    assert all(effect.error == float("inf") for effect in effects(CHANGES, 3, played(10)))


def test_coins_depend_on_seed_and_pair_alone():
    assert who_has(1, 5, 30) == who_has(1, 5, 30)
    assert len({tuple(who_has(seed, pair, 30)) for seed in (1, 2) for pair in range(50)}) == 100


def screened(path, pairs, *changes):
    words = ["--nodes", "30", "--pairs", str(pairs), "--seed", "2", "--workers", "1", "--json"]
    return main(["screen", *changes, "--out", str(path), *words])


def test_a_series_that_was_broken_off_ends_as_it_would_have(tmp_path, capsys):
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    changes = ["null_move=0", "futility=50,futility_base=60"]
    assert screened(whole, 8, *changes) == 0
    expected = json.loads(capsys.readouterr().out)
    assert expected["games"] == 16
    assert {effect["change"] for effect in expected["effects"]} == set(changes)
    lines = whole.read_text().splitlines(keepends=True)
    broken.write_text("".join(lines[:4]) + lines[4][:9])
    assert screened(broken, 8, *changes) == 0
    assert json.loads(capsys.readouterr().out) == expected
    assert broken.read_text() == whole.read_text()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["magic=1"], "the search has no 'magic'"),
        (["null_move"], "'null_move' is no setting"),
        (["null_move=0", "null_move=3"], "null_move is changed twice"),
    ],
)
def test_what_makes_no_sense_is_refused_with_one_sentence(tmp_path, capsys, changes, said):
    assert screened(tmp_path / "s.jsonl", 4, *changes) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
