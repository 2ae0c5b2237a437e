"""Search that judges positions by a net."""

from hypothesis import assume, given, settings

from engine import Engine, Game, Limits, Net, Position
from engine.selfplay import selfplay
from engine.tests.strategies import positions
from engine.tests.test_net import FILE
from engine.tests.test_uci import last, say

NET = Net(FILE)


def is_quiet(position):
    board = position.board
    captures = [move for move in position.legal_moves() if board[move.to_square] != "."]
    return not position.is_check and not captures


@settings(max_examples=60)
@given(positions())
def test_one_ply_deep_a_quiet_moves_score_is_the_nets_opinion_of_what_it_leads_to(position):
    assume(position.legal_moves() and position.halfmove_clock < 90)
    assume(Game(position).verdict().state == "ongoing")
    # Checks would be looked at, too, and lead to other positions.
    engine = Engine(hash_mb=1, net=NET, tuning={"quiet_checks": 0})
    found = engine.search(Game(position), Limits(depth=1, candidates=128))
    for move, score in found.candidates:
        after = position.after(move)
        if is_quiet(after) and after.legal_moves() and Game(after).verdict().state == "ongoing":
            assert score == -max(-20000, min(20000, NET.evaluate(after)))


def test_search_with_a_net_is_deterministic_and_differs_from_search_without():
    game = Game()
    with_net = [Engine(hash_mb=4, net=NET).search(game, Limits(nodes=5000)) for _ in range(2)]
    assert with_net[0] == with_net[1]
    assert with_net[0].score_cp != Engine(hash_mb=4, net="rules").search(game, Limits(nodes=5000)).score_cp


def test_self_play_with_a_net_gives_other_games():
    with_net = selfplay(1, 1, 50, NET)
    assert with_net == selfplay(1, 1, 50, NET)
    assert with_net != selfplay(1, 1, 50, "rules")


def test_the_program_takes_a_net_from_a_path_with_spaces_and_gives_it_back(tmp_path):
    path = tmp_path / "my own.nnue"
    path.write_bytes(FILE)
    said = say(f"setoption name EvalFile value {path}\neval\nsetoption name EvalFile value <rules>\neval\n")
    score = NET.evaluate(Position.start())
    assert said[0] == f"info string {score} for the side to move, by the net {NET.sha256}"
    assert said[1] == "info string 12 for the side to move"


def test_the_program_refuses_what_is_no_net_and_plays_on(tmp_path):
    path = tmp_path / "cut.nnue"
    path.write_bytes(FILE[:-1])
    said = say(f"setoption name EvalFile value {path}\nsetoption name EvalFile value /nowhere\ngo depth 3\n")
    assert "cut.nnue: the evaluation net has" in said[0]
    assert "/nowhere cannot be opened" in said[1]
    assert last(said, "bestmove")
