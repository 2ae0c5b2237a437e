"""Counting where men stand: by seed alone, in any order of units, from both sides and both wings."""

import json

import numpy as np

from tools.cli import main
from tools.usual_places import PlacesGames, both_ways, count_places
from vision.usual import load_usual


def test_the_same_seed_counts_the_same_and_units_add_up() -> None:
    whole = count_places(PlacesGames(seed=5, first=0, last=2))
    assert np.array_equal(whole, sum(count_places(PlacesGames(5, game, game + 1)) for game in (0, 1)))
    assert not np.array_equal(whole, count_places(PlacesGames(6, 0, 2)))


def test_every_counted_position_has_both_generals_where_they_may_stand() -> None:
    counts = count_places(PlacesGames(seed=5, first=0, last=1))
    red, black = counts[:, 0]
    assert red.sum() == black.sum() > 0
    assert red.reshape(10, 9)[7:, 3:6].sum() == red.sum()
    assert black.reshape(10, 9)[:3, 3:6].sum() == black.sum()


def test_black_men_count_from_their_own_side_and_everything_mirrored() -> None:
    counts = np.zeros((2, 7, 90), np.int64)
    counts[0, 4, 81] = 3  # red chariots on a0
    counts[1, 4, 0] = 5  # black ones on a9
    red = both_ways(counts)
    assert (red[4, 81], red[4, 89], red.sum()) == (8, 8, 16)


def test_the_command_writes_a_table_that_can_be_read_and_says_how_it_was_made(tmp_path, capsys) -> None:
    path = tmp_path / "usual.json"
    assert main(["usual-places", "--out", str(path), "--games", "2", "--seed", "3", "--workers", "1"]) == 0
    assert "men in" in capsys.readouterr().out
    assert json.loads(path.read_text())["made by"] == "qiyou usual-places --games 2 --seed 3"
    assert np.isfinite(load_usual(path)).all()


def test_numbers_out_of_bounds_are_refused(tmp_path, capsys) -> None:
    assert main(["usual-places", "--out", str(tmp_path / "x"), "--games", "0"]) == 2
    assert "--games 0 is outside 1 to" in capsys.readouterr().err
