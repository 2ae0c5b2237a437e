import json
from itertools import islice

import pytest

from engine import Game, Move, Position
from tools.cli import main
from tools.cyclic_games import cyclic_games
from tools.judge_differences import cause_of, diagram

pytest.importorskip("pyffish")


def test_moves_agree_with_an_independent_program(capsys):
    assert main(["compare", "--positions", "2500", "--seed", "11", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)["moves"]
    assert answer["positions"] == 2500
    assert answer["checks"] > 50
    assert answer["differences"] == []


def test_judges_differ_on_circles_for_known_causes_alone(capsys):
    main(["compare", "--positions", "0", "--repetitions", "300", "--seed", "3", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["judges"]["repetitions"] == 300
    assert answer["judges"]["decided"] > 50
    assert len(answer["judges"]["differences"]) < 10
    assert set(answer["causes"]) <= {"line", "check", "standing"}


@pytest.mark.parametrize(
    ("fen", "moves", "blamed", "cause"),
    [
        ("5k3/9/6R2/9/3n5/9/9/9/9/3K5 w", "g7d7 d5c7 d7g7 c7d5", "red", "line"),
        ("4N4/2C1k4/9/2P6/2R6/2pN5/9/9/9/5K3 w", "c5e5 e8d8 e5c5 d8e8", "red", "check"),
        ("4k4/9/9/1r7/9/9/9/1N3Rc2/9/5K3 b", "b6f6 f2f3 f6b6 f3f2", "black", "standing"),
    ],
)
def test_the_cause_of_a_difference_is_named(fen, moves, blamed, cause):
    game = Game(Position.from_fen(fen))
    for move in moves.split() * 2:
        game.push(Move.from_uci(move))
    assert game.verdict().reason == "repetition"
    assert cause_of(game, blamed) == cause
    drawn = diagram(game)
    assert drawn.count("\n") == 11
    assert moves in drawn


def test_circles_follow_from_their_seed():
    first, again, other = (
        [(game.start.fen(), game.moves) for game in islice(cyclic_games(seed), 20)] for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


def test_senseless_counts_are_refused(capsys):
    assert main(["compare", "--positions", "-1"]) == 2
    assert "outside 0 to" in capsys.readouterr().err
