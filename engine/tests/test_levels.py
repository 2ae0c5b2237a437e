import subprocess
import sys
from dataclasses import astuple, fields, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import LEVELS, Game, LevelPlayer, LevelRule, LevelsError, Move, Position, _core, level_rule
from engine.levels import LEVELS_FILE, load_levels
from engine.tests.strategies import mirrored, positions

ENGINE = Path(sys.executable).with_name("qiyou-engine")
SEES_ALL = LevelRule(1, 3000, 0, 1, 0, 0, 0, 0, 0, 0, 1000, 0)
MIDDLE_GAME = "r1ba1a3/4kn3/2n1b4/pNp1p1p1p/4c4/6P2/P1P2R2P/1CcC5/9/2BAKAB2 w - - 0 1"


def test_the_compiled_table_is_the_file():
    for rule in load_levels():
        assert _core.level_rule(rule.number) == astuple(rule)


def test_higher_levels_look_further_and_overlook_less():
    rules = load_levels()
    for lower, higher in pairwise(rules):
        assert lower.nodes < higher.nodes
        for key in ("temperature", "unseen_captures", "unseen_quiet", "unseen_far", "unseen_backward"):
            assert getattr(lower, key) >= getattr(higher, key), (lower.number, key)


def test_the_top_level_stands_at_a_million_nodes_and_errs_by_nothing_else():
    top = level_rule(LEVELS)
    assert (top.nodes, top.horizon, top.temperature) == (1_000_000, 0, 0)
    assert (top.unseen_captures, top.unseen_quiet, top.unseen_far, top.unseen_backward) == (0, 0, 0, 0)


@pytest.mark.parametrize("level", [1, 4, 9, 15])
def test_the_same_seed_gives_the_same_choice_and_seeds_vary_it(level):
    player, game = LevelPlayer(level_rule(level)), Game(Position.from_fen(MIDDLE_GAME))
    choices = [player.choose(game, seed) for seed in range(12)]
    again = LevelPlayer(level_rule(level))
    assert [again.choose(game, seed) for seed in reversed(range(12))] == choices[::-1]
    if level < 9:
        assert len({choice.move for choice in choices}) > 2


def test_a_position_that_comes_back_is_thought_about_anew():
    game, player = Game(), LevelPlayer(level_rule(2))
    first = [player.choose(game, seed) for seed in range(12)]
    for step in ("a0a1", "a9a8", "a1a0", "a8a9"):
        game.push(Move.from_uci(step))
    assert [player.choose(game, seed) for seed in range(12)] != first


@given(positions(), st.integers(1, 12), st.integers(0, 2**63 - 1))
@settings(max_examples=60, deadline=None)
def test_every_choice_is_legal_and_within_its_nodes(position, level, seed):
    game = Game(position)
    if game.verdict().state != "ongoing":
        return
    choice = LevelPlayer(level_rule(level)).choose(game, seed)
    assert position.is_legal(choice.move)
    assert choice.nodes <= 2 * level_rule(level).nodes


@given(positions(), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_from_level_three_up_no_avoidable_mate_in_one_is_allowed(position, seed):
    game = Game(position)
    if game.verdict().state != "ongoing":
        return
    safe = {move for move in position.legal_moves() if not position.after(move).mates_at_once}
    choice = LevelPlayer(level_rule(3)).choose(game, seed)
    assert choice.move in safe or not safe


def test_a_candidate_beyond_the_margin_is_never_taken():
    rule = replace(level_rule(1), temperature=1000, margin=50, lines=20)
    game, player = Game(Position.from_fen(MIDDLE_GAME)), LevelPlayer(rule)
    for seed in range(40):
        choice = player.choose(game, seed)
        assert choice.candidates[0][1] - choice.score_cp <= 50


def test_who_sees_everything_and_wants_the_best_plays_it():
    for seed in range(5):
        choice = LevelPlayer(SEES_ALL).choose(Game(Position.from_fen(MIDDLE_GAME)), seed)
        assert choice.unseen == 0
        assert choice.move == choice.candidates[0][0]


def test_backward_and_far_moves_are_overlooked_where_the_rule_says_so():
    # Red's chariot has many far moves; with these rules only they go unseen.
    far = replace(SEES_ALL, unseen_far=950, lines=60)
    game = Game(Position.from_fen("3k5/9/9/9/9/9/9/9/9/R3K4 w"))
    seen = {move for seed in range(30) for move, _ in LevelPlayer(far).choose(game, seed).candidates}
    always = set.intersection(
        *({move for move, _ in LevelPlayer(far).choose(game, seed).candidates} for seed in range(30))
    )
    assert Move.from_uci("a0a9") in seen - always
    assert Move.from_uci("a0a1") in always


def test_a_lost_game_has_no_choice():
    with pytest.raises(LevelsError, match="over"):
        LevelPlayer(level_rule(1)).choose(Game(Position.from_fen("3k5/3PP4/9/9/9/9/9/9/9/4K4 b")), 0)


def test_a_level_that_only_loses_by_repetition_among_what_it_sees_looks_again():
    # Red has checked twice round; the same check once more would lose.
    game = Game(Position.from_fen("3k5/9/9/9/4R4/9/8r/8r/9/5K3 w"))
    for step in ("e5d5", "d9e9", "d5e5", "e9d9", "e5d5", "d9e9"):
        game.push(Move.from_uci(step))
    for seed in range(20):
        choice = LevelPlayer(level_rule(1)).choose(game, seed)
        game.push(choice.move)
        assert game.verdict().state != "black-wins"
        game.pop()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("nodes = ", "nodes = 0 # "), "nodes"),
        (("horizon = ", "horizont = "), "horizont"),
        (("number = 2\n", "number = 3\n"), "level 2"),
        (("[[level]]", "[[stage]]"), "26 tables"),
        (("[[level]]", "[[level"), "not TOML"),
        (("temperature = ", "temperature = 0.5 # "), "temperature"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(tmp_path, change, named):
    wrong = tmp_path / "levels.toml"
    wrong.write_text(LEVELS_FILE.read_text().replace(*change, 1))
    with pytest.raises(LevelsError, match=named) as refusal:
        load_levels(wrong)
    assert str(wrong) in str(refusal.value)


def test_values_out_of_bounds_and_levels_that_are_not_there_are_refused():
    for field in fields(LevelRule):
        with pytest.raises(LevelsError, match=field.name):
            replace(SEES_ALL, **{field.name: -1})
    for level in (0, 27):
        with pytest.raises(LevelsError, match="outside 1 to 26"):
            level_rule(level)
    with pytest.raises(LevelsError, match="seed"):
        LevelPlayer(SEES_ALL).choose(Game(), -1)


def ask_program(*options):
    lines = [*(f"setoption name {option}" for option in options), f"position fen {MIDDLE_GAME}", "go\n"]
    text = "\n".join(lines)
    answer = subprocess.run([ENGINE], input=text, text=True, capture_output=True, timeout=60, check=True)
    return next(line.split()[1] for line in answer.stdout.splitlines() if line.startswith("bestmove"))


@pytest.mark.parametrize(("level", "seed"), [(1, 0), (1, 1), (3, 2), (7, 3), (14, 4)])
def test_the_engine_program_plays_the_same_levels(level, seed):
    here = LevelPlayer(level_rule(level)).choose(Game(Position.from_fen(MIDDLE_GAME)), seed).move.uci()
    assert ask_program(f"Level value {level}", f"Seed value {seed}") == here
    assert ask_program(f"Level value {level}", f"Seed value {seed}", "Hash value 1") == here


# -- the opening book ---------------------------------------------------------------------------

BOOK = Path(__file__).parents[1] / "book.txt"


def book_lines():
    lines = [line.split() for line in BOOK.read_text().splitlines() if not line.startswith("#")]
    return [(int(weight), [Move.from_uci(move) for move in moves]) for weight, *moves in lines]


def test_every_line_of_the_book_can_be_played():
    assert len(book_lines()) > 50
    for weight, moves in book_lines():
        assert weight > 0
        game = Game()
        for move in moves:
            game.push(move)
        assert game.verdict().state == "ongoing"


def test_two_evenings_do_not_look_alike_and_the_book_is_answered_from_both_sides():
    def opening(seed):
        game = Game()
        while len(game.moves) < 6:
            game.push(LevelPlayer(level_rule(12)).choose(game, seed).move)
        return game.moves

    openings = {opening(seed) for seed in range(12)}
    assert len(openings) >= 9
    first = {Move.from_uci(mirrored(moves[0].uci())) for moves in openings} | {moves[0] for moves in openings}
    known = {line[0] for _, line in book_lines()}
    assert first <= known | {Move.from_uci(mirrored(move.uci())) for move in known}


def test_the_book_can_be_left_aside_and_ends_where_the_level_forgets_it():
    by_heart = LevelPlayer(level_rule(12)).choose(Game(), 5)
    assert by_heart.book
    assert by_heart.nodes == 0
    assert by_heart.move in {move for move, _ in by_heart.candidates}
    assert not LevelPlayer(level_rule(12), book=False).choose(Game(), 5).book
    game = Game()
    for _ in range(level_rule(2).book_plies):
        choice = LevelPlayer(level_rule(2)).choose(game, 5)
        assert choice.book
        game.push(choice.move)
    assert not LevelPlayer(level_rule(2)).choose(game, 5).book


def test_heavier_moves_of_the_book_come_oftener():
    chosen = [LevelPlayer(level_rule(12)).choose(Game(), seed) for seed in range(200)]
    heaviest = chosen[0].candidates[0][0]
    lightest = chosen[0].candidates[-1][0]
    count = {move: sum(choice.move == move for choice in chosen) for move in (heaviest, lightest)}
    assert count[heaviest] > count[lightest]


def test_the_program_has_the_book_and_its_switch():
    def first_move(*options):
        lines = [*(f"setoption name {option}" for option in options), "position startpos", "go\n"]
        answer = subprocess.run(
            [ENGINE], input="\n".join(lines), text=True, capture_output=True, timeout=60, check=True
        )
        return next(line.split()[1] for line in answer.stdout.splitlines() if line.startswith("bestmove"))

    for seed in (3, 4):
        with_book = LevelPlayer(level_rule(9)).choose(Game(), seed).move.uci()
        without = LevelPlayer(level_rule(9), book=False).choose(Game(), seed).move.uci()
        assert first_move("Level value 9", f"Seed value {seed}") == with_book
        assert first_move("Level value 9", f"Seed value {seed}", "OwnBook value false") == without
