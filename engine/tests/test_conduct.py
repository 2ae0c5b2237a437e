"""Draws by agreement, resigning and what illegal moves cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Conduct, ConductError, Game, GameOverError, Move
from engine.conduct import CONDUCT_FILE, conduct_rules, load_conduct
from engine.pgn import read_pgn, write_pgn

RULES = conduct_rules()
STRONG = RULES.beginner.up_to_level + 1


def thoughts(conduct, scores, round_number=60, mate=None, quiet_plies=60):
    return [conduct.think(round_number + ply, score, mate, quiet_plies) for ply, score in enumerate(scores)]


def test_a_hopeless_game_is_resigned_after_several_hopeless_moves():
    acts = thoughts(Conduct(STRONG), [-2000] * 6)
    assert acts.index("resign") == RULES.resign.over_moves - 1


def test_one_better_moment_keeps_the_robot_playing():
    scores = [-2000, -2000, -2000, 0, -2000, -2000]
    assert "resign" not in thoughts(Conduct(STRONG), scores)


@given(
    st.integers(1, RULES.beginner.up_to_level),
    st.lists(st.integers(-30000, 30000), max_size=40),
    st.integers(1, 200),
)
def test_a_beginner_is_never_resigned_against(level, scores, round_number):
    assert "resign" not in thoughts(Conduct(level), scores, round_number)


def test_a_mate_that_is_near_is_played_out():
    near = -RULES.resign.mate_within
    assert "resign" not in thoughts(Conduct(STRONG), [-29990] * 6, mate=near)
    assert "resign" in thoughts(Conduct(STRONG), [-29900] * 6, mate=near - 6)


def test_early_in_the_game_nothing_is_resigned_or_offered():
    assert set(thoughts(Conduct(STRONG), [-2000] * 10, round_number=1)) == {"play"}
    assert set(thoughts(Conduct(STRONG), [0] * 10, round_number=1)) == {"play"}


def test_a_level_and_quiet_game_is_offered_as_a_draw_and_not_again_at_once():
    acts = thoughts(Conduct(STRONG), [5] * 30)
    first = acts.index("offer-draw")
    assert first == RULES.offer_draw.over_moves - 1
    assert acts[first + 1 :].index("offer-draw") + 1 == RULES.offer_draw.again_after_rounds
    assert "offer-draw" not in thoughts(Conduct(STRONG), [5] * 30, quiet_plies=2)
    assert "offer-draw" not in thoughts(Conduct(STRONG), [200] * 30)


def test_a_draw_is_accepted_when_the_robot_is_not_better():
    strong = Conduct(STRONG)
    assert strong.accepts_draw(60, -50)
    assert not strong.accepts_draw(60, RULES.accept_draw.up_to_cp + 1)
    assert not strong.accepts_draw(2, -50)


def test_against_a_beginner_an_advantage_is_let_go():
    assert Conduct(1).accepts_draw(30, 150)
    assert not Conduct(1).accepts_draw(30, 900)


def test_illegal_moves_are_taken_back_at_home_and_counted_in_a_club():
    home = Conduct(STRONG)
    assert {home.illegal_move() for _ in range(20)} == {"take-back"}
    club = Conduct(STRONG, "club")
    assert [club.illegal_move() for _ in range(3)] == ["take-back", "take-back", "loss"]


def test_players_may_end_a_game_and_take_a_move_back_to_go_on():
    game = Game()
    game.push(Move.from_uci("b2e2"))
    game.agree_draw()
    assert (game.verdict().state, game.verdict().reason) == ("draw", "agreed-draw")
    with pytest.raises(GameOverError, match="agreed-draw"):
        game.push(Move.from_uci("h9g7"))
    with pytest.raises(GameOverError, match="already"):
        game.resign("red")
    game.pop()
    assert game.verdict().state == "ongoing"
    game.resign("red")
    assert (game.verdict().state, game.verdict().reason) == ("black-wins", "resignation")


def test_too_many_illegal_moves_lose_and_name_the_offender():
    game = Game()
    game.forfeit("black")
    verdict = game.verdict()
    assert (verdict.state, verdict.reason, verdict.offender) == ("red-wins", "illegal-moves", "black")


def test_an_agreed_draw_is_written_and_read_as_a_draw():
    game = Game()
    game.push(Move.from_uci("b2e2"))
    game.agree_draw()
    text = write_pgn(game)
    assert '[Result "1/2-1/2"]' in text
    assert read_pgn(text).result == "1/2-1/2"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("below_cp = 1500", "below_cp = -3", r"\[resign\]: below_cp is -3"),
        ("below_cp = 1500", "below = 1500", r"\[resign\]: the keys"),
        ("[beginner]", "[master]", "the sections"),
        ("up_to_level = 8", "up_to_level = ", "is not TOML"),
    ],
)
def test_wrong_rules_are_refused_by_section_and_key(tmp_path, old, new, what):
    file = tmp_path / "conduct.toml"
    file.write_text(CONDUCT_FILE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ConductError, match=what):
        load_conduct(file)
