import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Game, Move, Position
from engine.levels import LEVELS_FILE, load_levels
from tools.cli import main
from tools.errors import BadInputError
from tools.ladder.booking import OpeningGames, OpeningLine, play_openings, write_book
from tools.ladder.conduct import watch_games
from tools.ladder.contestants import Contestant, Player, contestant, exchange_balance, level
from tools.ladder.elo import Score, fit_elo, scores
from tools.ladder.match import Encounter, PairResult, engine_signature, play_encounter
from tools.ladder.openings import opening
from tools.ladder.path import PATH_END, rule_at, write_levels
from tools.ladder.results import append, read
from tools.ladder.rounds import Round
from tools.ladder.shares import share_over
from tools.ladder.tally import tallies
from tools.ladder.winning import win_probability
from tools.tests.ladder_results import result


def scores_of(results):
    return scores(tallies(results))


# -- who plays ----------------------------------------------------------------------------------


def test_an_encounter_is_played_the_same_way_every_time():
    encounter = Encounter(level(1), contestant("careful"), 3, 0, 2)
    first = play_encounter(encounter)
    assert first == play_encounter(encounter)
    assert [pair.opening for pair in first] == [0, 1]
    assert {pair.signature for pair in first} == {engine_signature()}


def test_sets_of_openings_differ_and_leave_the_game_open():
    ones, others = ({opening(seed, number) for number in range(6)} for seed in (1, 2))
    assert len(ones | others) == 12
    for moves in ones | others:
        game = Game()
        for move in moves:
            game.push(move)
        assert game.verdict().state == "ongoing"


def test_the_careful_player_takes_what_hangs_and_leaves_nothing_hanging():
    hanging = Game(Position.from_fen("3k5/9/9/9/r8/9/9/9/9/R3K4 w"))
    assert {Player(contestant("careful")).choose(hanging, seed)[0].uci() for seed in range(8)} == {"a0a5"}
    attacked = Game(Position.from_fen("3k5/9/9/9/r8/9/9/9/N8/4K4 w"))
    for seed in range(8):
        move, _ = Player(contestant("timid")).choose(attacked, seed)
        assert exchange_balance(attacked.position, move) == 0


def test_a_change_of_rule_makes_another_contestant_of_the_same_name():
    one = level(4)
    other = Contestant(one.name, replace(one.rule, temperature=one.rule.temperature + 1))
    assert one.key != other.key
    assert one.key == level(4).key


@pytest.mark.parametrize("name", ["0", "27", "005", "nobody", "", "-1"])
def test_unknown_contestants_are_refused(name):
    with pytest.raises(ValueError if name.isdecimal() and len(name) < 3 else BadInputError):
        contestant(name)


# -- the path -----------------------------------------------------------------------------------


@given(st.floats(0, PATH_END), st.floats(0, PATH_END))
def test_further_down_the_path_everything_gets_weaker(one, other):
    strong, weak = (rule_at(distance, 5) for distance in sorted((one, other)))
    assert strong.nodes >= weak.nodes
    assert (strong.horizon or 99) >= (weak.horizon or 99)
    for key in ("temperature", "unseen_captures", "unseen_quiet", "unseen_far", "unseen_backward"):
        assert getattr(strong, key) <= getattr(weak, key)


def test_levels_are_written_where_they_can_be_read_and_the_heading_stays(tmp_path):
    table = tmp_path / "levels.toml"
    table.write_text(LEVELS_FILE.read_text())
    write_levels(table, [25 * 0.8 - 0.8 * number for number in range(26)])
    rules = load_levels(table)
    assert [rule.number for rule in rules] == list(range(1, 27))
    assert rules[-1].nodes == 1_000_000
    assert table.read_text().startswith(LEVELS_FILE.read_text().split("[[level]]")[0])


# -- results and ratings ------------------------------------------------------------------------


def test_results_come_back_as_they_were_and_a_torn_line_never_happened(tmp_path):
    store = tmp_path / "pairs.jsonl"
    written = [result("a", "b", number, (1.0, 0.5)) for number in range(3)]
    append(store, written[:2])
    with store.open("ab") as file:
        file.write(b'{"a": "torn')
    assert list(read(store, PairResult)) == written[:2]
    append(store, written[2:])
    assert list(read(store, PairResult)) == written


@pytest.mark.parametrize("line", ["{}", "nonsense", "[1]", '{"a": 1}'])
def test_what_is_no_result_is_refused_with_its_line(tmp_path, line):
    store = tmp_path / "pairs.jsonl"
    append(store, [result("a", "b", 0, (1.0, 0.0))])
    with store.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(BadInputError, match="line 2"):
        list(read(store, PairResult))


def test_points_that_no_game_gives_are_refused(tmp_path):
    store = tmp_path / "pairs.jsonl"
    append(store, [result("a", "b", 0, (1.0, 0.0))])
    store.write_text(store.read_text().replace("[1.0, 0.0]", "[1.0, 7.0]"))
    with pytest.raises(BadInputError, match="points"):
        list(read(store, PairResult))


def test_ratings_give_back_the_strengths_the_scores_came_from():
    truth = {"a": 0.0, "b": 80.0, "c": 250.0}

    def share(x, y):
        return 1 / (1 + 10 ** ((truth[y] - truth[x]) / 400))

    pairs = {pair: Score(share(*pair), 0.05, 400, 40) for pair in (("b", "a"), ("c", "b"), ("c", "a"))}
    pairs["x", "y"] = Score(0.5, 0.1, 100, 0)  # nobody has met these two
    ratings = fit_elo(pairs, "a")
    assert set(ratings) == {"a", "b", "c"}
    for name, (elo, bound) in ratings.items():
        assert elo == pytest.approx(truth[name], abs=0.5)
        assert 0 <= bound < 60


@given(st.lists(st.sampled_from([(1.0, 1.0), (1.0, 0.0), (0.5, 0.5), (0.0, 0.0)]), min_size=2, max_size=60))
@settings(max_examples=50)
def test_scores_are_shares_and_more_games_make_them_surer(points):
    few = scores_of(result("a", "b", number, two) for number, two in enumerate(points))["a", "b"]
    many = scores_of(result("a", "b", number, two) for number, two in enumerate(points * 4))["a", "b"]
    assert 0 <= few.share <= 1
    assert many.share == pytest.approx(few.share)
    assert many.bound < few.bound
    assert few.games == 2 * len(points)


def test_a_clean_sweep_does_not_claim_certainty():
    sweep = scores_of(result("a", "b", number, (1.0, 1.0)) for number in range(10))
    elo, bound = fit_elo(sweep, "b")["a"]
    assert math.isfinite(elo)
    assert elo > 300
    assert bound > 0


def test_win_probability_is_even_at_nothing_and_the_other_sides_share():
    assert win_probability(0) == 0.5
    for score in (1, 90, 400, 30000):
        assert win_probability(score) + win_probability(-score) == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted), max_size=40))
def test_a_share_lies_between_nothing_and_all_and_twice_the_games_make_it_surer(counts):
    counts = [tuple(two) for two in counts]
    share = share_over(counts)
    if not any(whole for _, whole in counts):
        assert share is None
        return
    assert 0 <= share.value <= 1
    assert not share.exceeds(share)
    if len(counts) > 2:
        assert share_over(counts * 4).bound < share.bound or share.bound == 0


def test_a_share_exceeds_another_only_beyond_chance():
    rare, often = share_over([(1, 100)] * 50), share_over([(9, 100), (11, 100)] * 25)
    never = share_over([(0, 10)] * 3)
    assert often.exceeds(rare)
    assert not rare.exceeds(often)
    assert never.bound > 0


# -- rounds -------------------------------------------------------------------------------------


def test_what_is_done_is_left_out_of_the_next_round():
    plan = Round(Path("unused"), 1, 10, 4, None, None, print)
    assert list(plan.stretches(())) == [(0, 4), (4, 8), (8, 10)]
    assert list(plan.stretches({0, 2, 3, 9})) == [(1, 2), (4, 8), (8, 9)]
    assert list(plan.stretches(range(10))) == []


def test_errors_are_counted_for_both_sides_within_what_they_are_counted_of():
    played = play_encounter(Encounter(level(2), level(1), 4, 0, 1))
    two = watch_games(tuple(played))
    assert [(counted.who, counted.against) for counted in two] == [
        (level(2).key, level(1).key),
        (level(1).key, level(2).key),
    ]
    begun = len(opening(4, 0))
    assert sum(counted.plies for counted in two) == sum(played[0].plies) - 2 * begun
    for counted in two:
        assert counted.plies > 10
        assert 0 <= counted.blunders <= counted.judged <= counted.plies
        assert 0 <= counted.hung <= counted.plies
        assert 0 <= counted.mates_missed <= counted.mates
        assert 0 <= counted.mates_allowed <= counted.mates_avoidable


def test_moves_that_are_no_game_from_the_opening_are_refused():
    (played,) = play_encounter(Encounter(level(1), contestant("random"), 4, 0, 1))
    for other in ("h2e2 h2e2", "nonsense", "h2e2"):
        with pytest.raises(BadInputError, match="opening 0 of 1:"):
            watch_games((replace(played, moves=(other, played.moves[1])),))


def test_a_round_is_played_on_dask_survives_a_lost_worker_and_is_not_played_twice(tmp_path):
    # In a process of its own, because Dask leaves threads behind; one worker ends itself in its first unit.
    script = f"""
import os, sys
from pathlib import Path
from tools.farm import farm_out

def work(unit):
    mark = Path({str(tmp_path)!r}) / "fell"
    if unit == 3 and not mark.exists():
        mark.write_text("")
        os._exit(1)
    return unit * unit

if __name__ == "__main__":
    print(sorted(farm_out(work, range(6), workers=2)))
"""
    program = tmp_path / "farm.py"
    program.write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        [sys.executable, program], text=True, capture_output=True, timeout=240, env=environment, check=True
    )
    assert done.stdout.strip() == str([(unit, unit * unit) for unit in range(6)])
    assert (tmp_path / "fell").exists()


def test_the_verb_plays_goes_on_and_reports(tmp_path, capsys):
    watch = ["ladder", "watch", "--to-level", "2", "--openings", "1", "--workers", "1"]
    data, page = tmp_path / "data", tmp_path / "levels.md"
    order = ["ladder", "play", "--pairs", "2-1,1-careful", "--openings", "2", "--workers", "1"]
    order += ["--data", str(data)]
    assert main(order) == 0
    assert main(order) == 0
    assert "0 units to play" in capsys.readouterr().err
    assert len((data / "pairs.jsonl").read_text().splitlines()) == 4
    assert main([*watch, "--data", str(data)]) == 0
    assert "1 pairs of games to watch" in capsys.readouterr().err
    assert main([*watch, "--data", str(data)]) == 0
    assert "0 pairs of games to watch" in capsys.readouterr().err
    assert main(["ladder", "report", "--data", str(data), "--out", str(page)]) == 0
    text = page.read_text()
    assert "No human rating has been measured" in text
    assert "| careful |" in text
    assert engine_signature() in text
    assert "0 of 25 pairs of neighbours have 400 games" in text
    assert "| 2 | 396 |" in text
    assert "| 26 | 400 |" in text


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["play", "--pairs", "1:2"], "--pairs"),
        (["play", "--pairs", "1-nobody"], "nobody"),
        (["play", "--openings", "0"], "--openings"),
        (["watch", "--from-level", "99"], "--from-level"),
        (["report"], "no results"),
        (["tune", "--levels", "x", "--no-games"], "too few games"),
    ],
)
def test_bad_input_is_one_sentence(words, named, tmp_path, capsys):
    assert main(["ladder", *words, "--data", str(tmp_path)]) == 2
    assert named in capsys.readouterr().err


def test_the_levels_are_shown(capsys):
    assert main(["levels", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["levels"]
    assert [entry["number"] for entry in shown] == list(range(1, 27))
    assert main(["levels"]) == 0
    assert "1,000,000" in capsys.readouterr().out


def test_the_book_is_made_of_sound_lines_the_same_way_every_time(tmp_path):
    games = play_openings(OpeningGames(1, 0, 3, 500))
    assert games == play_openings(OpeningGames(1, 0, 3, 500))
    unsound = OpeningLine(games[0].moves, games[0].red_chance + 0.5)
    kept = write_book(tmp_path / "book.txt", [*games, unsound])
    lines = [line for line in (tmp_path / "book.txt").read_text().splitlines() if not line.startswith("#")]
    assert 1 <= kept == len(lines) <= 3
    for line in lines:
        game = Game()
        for move in line.split()[1:]:
            game.push(Move.from_uci(move))
