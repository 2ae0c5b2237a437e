"""A short fault campaign; `qiyou faults` runs the long ones."""

import pytest

from host.game import campaign
from host.game.campaign import draw_misfortunes, play_trial
from host.game.simulation import SimulatedTable

PLIES = 6


@pytest.mark.parametrize("seed", range(1000, 1040))
def test_whatever_its_seed_brings_a_game_ends_as_its_journal_says(seed, tmp_path):
    trial = play_trial(seed, PLIES, tmp_path)
    assert trial.failure is None
    assert trial.plies == PLIES


def test_the_misfortunes_are_there_and_are_of_all_kinds():
    drawn = [draw_misfortunes(seed, PLIES) for seed in range(200)]
    for kind in ("misread", "hand", "stops", "fumbles", "swapped", "deaf", "between"):
        assert any(getattr(one.plot, kind) for one in drawn), kind
    assert any(one.cuts for one in drawn)
    assert {one.robot for one in drawn} == {"red", "black"}


def test_a_seed_is_the_same_game_every_time(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    trials = [play_trial(1003, PLIES, tmp_path / name) for name in ("a", "b")]
    assert trials[0] == trials[1]
    assert (tmp_path / "a" / "1003.jsonl").read_bytes() == (tmp_path / "b" / "1003.jsonl").read_bytes()


def test_a_game_that_waits_for_ever_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "_LONGEST_US", 600_000_000)
    monkeypatch.setattr(SimulatedTable, "say", lambda world, message: None)
    trial = play_trial(1000, PLIES, tmp_path)
    assert trial.failure == "after 10 minutes the game had still not ended"


def test_a_lost_piece_is_a_failure(tmp_path, monkeypatch):
    put_down = SimulatedTable.put_down

    def swallow(world, carry):
        answer = put_down(world, carry)
        world.tray.clear()
        return answer

    monkeypatch.setattr(SimulatedTable, "put_down", swallow)
    failures = [play_trial(seed, PLIES, tmp_path).failure for seed in range(1000, 1006)]
    assert any(failure and "lost or doubled" in failure for failure in failures)
