import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Game, Move, PgnError, Position
from engine.pgn import MAX_TEXT, read_pgn, write_pgn


def random_game(seed, plies, start=None):
    choose = random.Random(seed)
    game = Game(start)
    while len(game.moves) < plies and game.verdict().state == "ongoing":
        game.push(choose.choice(game.position.legal_moves()))
    return game


@given(st.integers(0, 10**6), st.integers(0, 80), st.sampled_from(["chinese", "iccs"]))
def test_a_game_written_and_read_is_the_same_game(seed, plies, style):
    game = random_game(seed, plies)
    text = write_pgn(game, {"Red": "Ann", "Black": "Qiyou"}, style)
    again = read_pgn(text)
    assert again.game.moves == game.moves
    assert again.tags["Red"] == "Ann"
    assert (again.result == "*") == (game.verdict().state == "ongoing")


def test_a_game_from_another_position_with_black_to_move_keeps_it():
    start = Position.from_fen("3k5/9/9/9/9/1R7/9/9/r8/5K3 b - - 3 20")
    game = random_game(1, 5, start)
    text = write_pgn(game)
    assert "20. ... " in text
    again = read_pgn(text)
    assert again.game.start == start
    assert again.game.moves == game.moves


def test_comments_numbers_and_mixed_notations_are_read():
    text = '[Event "x"]\n[Result "*"]\n\n1.炮二平五 {good 马8进7} H9-G7\n2. ... ; none\nH2+3 *'
    with pytest.raises(PgnError, match="ply 2"):
        read_pgn(text.replace("H2+3", "H9+3"))
    game = read_pgn(text).game
    assert game.moves == tuple(map(Move.from_uci, ("h2e2", "h9g7", "h0g2")))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[Red Ann]\n", "line 1"),
        ('[FEN "nonsense"]\n', "FEN tag"),
        ('[Result "won"]\n', "Result tag"),
        ("1. 炮二平六六", "ply 0"),
        ("x" * (MAX_TEXT + 1), "at most"),
        ("\n".join(f'[T{n} "v"]' for n in range(99)), "at most 64 tags"),
    ],
)
def test_a_refusal_names_the_line_or_the_ply(text, named):
    with pytest.raises(PgnError, match=named):
        read_pgn(text)


@given(st.text(max_size=300))
def test_any_text_is_a_game_or_refused(text):
    with contextlib.suppress(PgnError):
        read_pgn(text)


def test_tags_cannot_break_out_of_their_line():
    text = write_pgn(Game(), {"Red": 'a"]\n[Result "1-0'})
    assert read_pgn(text).result == "*"
    with pytest.raises(PgnError, match="tag's name"):
        write_pgn(Game(), {"bad name": "x"})
    with pytest.raises(PgnError, match="none of"):
        write_pgn(Game(), result="2-0")
