"""Games with fewer men, or with the first moves given away."""

import pytest

from engine import Game, HandicapError, LevelPlayer, Move, Position, handicap, handicaps, level_rule
from engine.handicap import HANDICAPS_FILE, load_handicaps
from engine.notation import from_chinese, from_wxf, to_chinese, to_wxf
from engine.pgn import read_pgn, write_pgn
from engine.tests.strategies import swapped_fen


def start(one, giver="red"):
    """The first position; given moves are soldiers' steps from the receiver's right."""
    rank, step = ("6", "5") if giver == "red" else ("3", "4")
    files = "ace"[: one.moves]
    return one.start(giver, [Move.from_uci(f"{file}{rank}{file}{step}") for file in files])


@pytest.mark.parametrize("one", handicaps(), ids=lambda one: one.name)
def test_the_set_up_is_lawful_and_the_giver_moves_first(one):
    position = start(one)
    assert position.side == "red"
    assert sum(letter != "." for letter in position.board) == 32 - len(one.without)
    assert Position.from_fen(position.fen()) == position
    assert Game(position).verdict().state == "ongoing"


@pytest.mark.parametrize("one", [one for one in handicaps() if not one.moves], ids=lambda one: one.name)
def test_black_as_the_giver_stands_as_red_would_turned_round(one):
    red, black = start(one), start(one, "black")
    assert black.side == "black"
    turned = swapped_fen(red.fen()).split()[0].split("/")
    assert black.placement() == "/".join(rank[::-1] for rank in turned)


@pytest.mark.parametrize("one", handicaps(), ids=lambda one: one.name)
def test_moves_are_written_and_read_with_men_missing(one):
    position = start(one)
    for write, read in ((to_chinese, from_chinese), (to_wxf, from_wxf)):
        texts = [write(position, move) for move in position.legal_moves()]
        assert len(set(texts)) == len(texts)
        assert [read(position, text) for text in texts] == position.legal_moves()


def test_the_horse_that_is_left_keeps_its_name():
    position = handicap("让单马").start()
    assert to_chinese(position, Move.from_uci("h0g2")) == "马二进三"
    position = handicap("two-moves").start("red", [Move.from_uci("h9g7"), Move.from_uci("b9c7")])
    assert to_chinese(position, Move.from_uci("b2e2")) == "炮八平五"


@pytest.mark.parametrize("one", handicaps(), ids=lambda one: one.name)
def test_a_game_with_a_handicap_is_written_and_read_back(one):
    game = Game(start(one))
    player = LevelPlayer(level_rule(2))
    for ply in range(6):
        game.push(player.choose(game, seed=ply).move)
    again = read_pgn(write_pgn(game)).game
    assert again.start == game.start
    assert again.moves == game.moves


@pytest.mark.parametrize(
    ("moves", "why"),
    [
        ([], "gives 2 moves, not 0"),
        (["h7h0", "a6a5"], "h7h0 cannot be given move 1"),
        (["a6a5", "a5a4"], "a5a4 cannot be given move 2"),
        (["h7e7", "e7e3"], "e7e3 cannot be given move 2"),
        (["a9a5", "a6a5"], "a9a5 cannot be given move 1"),
    ],
)
def test_given_moves_stay_at_home_and_take_nothing(moves, why):
    with pytest.raises(HandicapError, match=why):
        handicap("two-moves").start("red", [Move.from_uci(move) for move in moves])


def test_unknown_handicaps_are_refused_with_those_there_are():
    with pytest.raises(HandicapError, match="one-horse"):
        handicap("a queen")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('["a0", "i0"]', '["e0"]', "stands on e0"),
        ('["a0", "i0"]', '["a5"]', "stands on a5"),
        ('["a0", "i0"]', '["z9"]', "z9"),
        ("moves = 3", "moves = 9", "moves is 9"),
        ('name = "two-chariots"', 'name = "two-horses"', "one name"),
    ],
)
def test_wrong_handicaps_are_refused(tmp_path, old, new, what):
    file = tmp_path / "handicaps.toml"
    file.write_text(HANDICAPS_FILE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(HandicapError, match=what):
        load_handicaps(file)
