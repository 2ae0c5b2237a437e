"""What the ladder keeps without its games joins, comes back, and is refused where it cannot be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import verb_levels
from tools.cli import main
from tools.errors import BadInputError
from tools.ladder.conduct_shares import ConductShares
from tools.ladder.contestants import level
from tools.ladder.elo import scores
from tools.ladder.match import engine_signature
from tools.ladder.record import TALLIES, gather, kept_tallies, write_record
from tools.ladder.results import write
from tools.ladder.tally import tallies
from tools.tests.ladder_results import result


@given(
    st.dictionaries(st.integers(0, 60), st.tuples(*[st.sampled_from([0.0, 0.5, 1.0])] * 2), min_size=2),
    st.randoms(use_true_random=False),
)
def test_openings_played_in_two_places_count_as_if_played_in_one(points, dice):
    games = [result("a", "b", number, two) for number, two in points.items()]
    whole = tallies(games)
    dice.shuffle(games)
    first = games[: len(games) // 2]
    # Some openings are played in both places, which changes nothing.
    assert tallies(games[len(games) // 3 :], tallies(first)) == whole
    assert whole[0].numbers == set(points)
    assert scores(tallies(games, whole)) == scores(whole)


@pytest.mark.parametrize(
    "wrong",
    [
        {"openings": ""},
        {"openings": "3-"},
        {"openings": [3]},
        {"openings": "5-3"},
        {"points": 9.0},
        {"points": -1.0},
        {"squares": 3.0},
        {"draws": 5},
        {"points": "two"},
    ],
)
def test_a_tally_that_no_games_give_is_refused_with_its_line(wrong, tmp_path):
    good = tallies(result("a", "b", number, (1.0, 0.5)) for number in range(2))
    write(tmp_path / TALLIES, good)
    assert kept_tallies(tmp_path) == good
    entry = {**json.loads((tmp_path / TALLIES).read_text()), **wrong}
    (tmp_path / TALLIES).write_text(json.dumps(entry) + "\n")
    with pytest.raises(BadInputError, match="line 1"):
        kept_tallies(tmp_path)


def test_a_ladder_goes_on_from_its_record_on_a_machine_without_the_games(tmp_path, capsys):
    one, other, record, page = (tmp_path / name for name in ("one", "other", "record", "levels.md"))
    play = ["ladder", "play", "--pairs", "2-1", "--workers", "1", "--record", str(record)]
    report = ["ladder", "report", "--out", str(page), "--record", str(record)]
    assert main([*play, "--openings", "1", "--data", str(one)]) == 0
    assert main(["ladder", "watch", "--to-level", "2", "--workers", "1", "--data", str(one)]) == 0
    assert main([*report, "--data", str(one)]) == 0
    before = page.read_text()
    assert main([*report, "--data", str(tmp_path / "nowhere")]) == 0
    assert page.read_text() == before
    assert "## How they err" in before

    assert main([*play, "--openings", "2", "--data", str(other)]) == 0
    assert len((other / "pairs.jsonl").read_text().splitlines()) == 1
    assert main([*report, "--data", str(other)]) == 0
    assert "| 2 | 396 |" in page.read_text()
    (kept,) = kept_tallies(record)
    assert kept.openings == "0-1"


def test_what_another_engine_measured_stays_in_the_record(tmp_path):
    results = [result("a", "b", 0, (1.0, 0.0), signature) for signature in ("1", "2")]
    write(tmp_path / TALLIES, tallies(results))
    for signature in ("1", "2"):
        write_record(tmp_path, gather(tmp_path / "nowhere", tmp_path, signature))
    assert {tally.signature for tally in kept_tallies(tmp_path)} == {"1", "2"}


def test_shares_of_more_errors_than_chances_are_refused():
    with pytest.raises(ValueError, match="not within"):
        ConductShares("a", "1", 2, 9, (1, 1, 1, 3), (2, 2, 2, 2), (0.1,) * 4)
    with pytest.raises(ValueError, match="would be right"):
        ConductShares("a", "1", 2, 9, (1, 1), (2, 2), (0.1, 0.1))


def test_the_levels_show_what_the_record_holds_of_this_engine(tmp_path, monkeypatch, capsys):
    two, one = level(2).key, level(1).key
    results = [result(two, one, number, (1.0, 0.5), engine_signature()) for number in range(3)]
    write(tmp_path / TALLIES, tallies([*results, result(two, one, 9, (0.0, 0.0), "1")]))
    monkeypatch.setattr(verb_levels, "RECORD", tmp_path)
    assert main(["levels", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["levels"]
    assert (shown[1]["measured"]["below"], shown[1]["measured"]["games"]) == (0.75, 6)
    assert shown[1]["measured"]["elo"] > 0
    assert shown[2]["measured"]["elo"] is None
