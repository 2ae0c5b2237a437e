"""When a game is over, and who broke the rules of repetition."""

import json
from pathlib import Path

import pytest

from engine import Engine, Game, GameOverError, IllegalMoveError, Limits, Move, Position
from engine.game import Offence
from engine.tests.strategies import mirrored_fen, mirrored_move, swapped_fen, swapped_move

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "repetition.json"


def danced(fen, steps, rules="wxf"):
    """The game in which `steps` are repeated until it is decided."""
    game = Game(Position.from_fen(fen), rules)
    moves = [Move.from_uci(step) for step in steps.split()]
    for ply in range(40):
        if game.verdict().state != "ongoing":
            break
        game.push(moves[ply % len(moves)])
    return game



def test_a_perpetual_check_names_offender_kind_and_plies():
    verdict = danced("3k5/9/9/9/4R4/9/9/9/9/5K3 w", "e5d5 d9e9 d5e5 e9d9").verdict()
    assert (verdict.state, verdict.reason, verdict.offender) == ("black-wins", "perpetual-check", "red")
    assert verdict.offence_plies == (0, 2, 4, 6)
    assert verdict.offences[0] == Offence(0, "check", (Move.from_uci("d5d9"),))


def test_a_perpetual_chase_names_the_threatened_captures():
    verdict = danced("3k5/9/c8/9/9/1R7/9/9/9/4K4 w", "b4a4 a7b7 a4b4 b7a7").verdict()
    assert (verdict.state, verdict.reason, verdict.offender) == ("black-wins", "perpetual-chase", "red")
    assert [str(offence.threats[0]) for offence in verdict.offences] == ["a4a7", "b4b7"] * 2


def test_of_several_attacked_men_the_asian_rules_name_the_one_chased_by_every_ply():
    # On rank 5 the chariot also attacks the cannon on i5, but only there.
    fen, steps = "5k3/9/9/9/6R1c/2c6/9/9/9/3K5 w", "g5g4 c4c5 g4g5 c5c4"
    asian = danced(fen, steps).verdict().offences
    assert [[str(threat) for threat in offence.threats] for offence in asian] == [["g4c4"], ["g5c5"]] * 2
    mainland = danced(fen, steps, "cxa").verdict().offences
    assert [len(offence.threats) for offence in mainland] == [1, 2, 1, 2]


def test_two_sides_that_both_chase_draw():
    # Each chariot runs after the other side's horse.
    game = danced("3k5/9/n8/9/R8/8r/9/8N/9/4K4 w", "a5b5 i4h4 b5a5 h4i4")
    assert game.verdict().state == "draw"


def test_the_third_standing_decides_not_the_second():
    game = Game(Position.from_fen("3k5/9/9/9/9/1R7/9/9/r8/5K3 w"))
    steps = [Move.from_uci(step) for step in ("b4c4", "a1a2", "c4b4", "a2a1")]
    for step in steps:
        game.push(step)
    assert game.verdict().state == "ongoing"
    for step in steps:
        game.push(step)
    assert game.verdict().reason == "repetition"
    with pytest.raises(GameOverError, match="repetition"):
        game.push(steps[0])
    assert game.pop() == steps[-1]
    assert game.verdict().state == "ongoing"


def test_no_move_in_check_is_mate_and_without_check_a_loss_too():
    mate = Game(Position.from_fen("3k5/3PP4/9/9/9/9/9/9/9/4K4 b")).verdict()
    assert (mate.state, mate.reason) == ("red-wins", "checkmate")
    stalemate = Game(Position.from_fen("3k5/4P4/9/9/9/9/9/9/9/4K4 b")).verdict()
    assert (stalemate.state, stalemate.reason) == ("red-wins", "stalemate")


def test_sixty_rounds_without_capture_are_a_draw_unless_they_end_in_mate():
    game = Game(Position.from_fen("3k5/9/9/9/9/1R7/9/9/r8/5K3 w - - 119 60"))
    assert game.verdict().state == "ongoing"
    game.push(Move.from_uci("b4c4"))
    assert game.verdict().reason == "natural-limit"
    mate = Game(Position.from_fen("3k5/4P4/3P5/9/9/9/9/9/9/4K4 w - - 119 60"))
    mate.push(Move.from_uci("d7d8"))
    assert mate.verdict().reason == "checkmate"


def game_with_checks(rules, last_rank="5K3"):
    """A game from a running clock to ply 120 without capture: red checks twice on each of six ranks."""
    game = Game(Position.from_fen(f"3k5/9/9/9/9/9/9/4R4/8r/{last_rank} w - - 86 1"), rules)
    for rank in range(2, 8):
        steps = [f"e{rank}d{rank}", "d9e9", f"d{rank}e{rank}", "e9d9"]
        if rank < 7:
            steps += [f"e{rank}e{rank + 1}", f"i{rank - 1}i{rank}"]
        for step in steps:
            assert game.verdict().state == "ongoing"
            game.push(Move.from_uci(step))
    assert game.position.halfmove_clock == 120
    return game


def test_the_mainland_limit_counts_ten_checks_of_a_side_and_no_more():
    # Of twelve checks two do not count, nor do their answers.
    game = game_with_checks("cxa")
    for step in ("e7a7", "i6h6", "a7b7", "h6g6"):
        assert game.verdict().state == "ongoing"
        game.push(Move.from_uci(step))
    assert game.verdict().reason == "natural-limit"


def test_a_search_beyond_a_limit_that_does_not_count_yet_is_not_blind():
    game = game_with_checks("cxa", last_rank="R4K3")
    assert game.verdict().state == "ongoing"
    assert Engine(hash_mb=1).search(game, Limits(nodes=3000)).score_cp > 500


def test_under_the_asian_rules_the_side_with_ten_checks_or_fewer_may_claim():
    assert game_with_checks("wxf").verdict().reason == "natural-limit"


def test_without_attackers_on_both_sides_it_is_a_draw():
    guards = "2bak4/4a4/9/9/9/9/9/4B4/4A4/3K5 w"
    assert Game(Position.from_fen(guards)).verdict().reason == "insufficient-material"
    one_soldier = "2bak4/4a4/9/9/9/9/8P/4B4/4A4/3K5 w"
    assert Game(Position.from_fen(one_soldier)).verdict().state == "ongoing"


def test_illegal_moves_are_refused_and_change_nothing():
    game = Game()
    with pytest.raises(IllegalMoveError, match="a0a5"):
        game.push(Move.from_uci("a0a5"))
    assert game.moves == ()
    assert game.position == Position.start()
    with pytest.raises(IllegalMoveError, match="take back"):
        game.pop()
    with pytest.raises(ValueError, match="house"):
        Game(rules="house")


def shared_verdict(case, turn_fen, turn_move):
    """Winner as seen by the side to move after the last cycle, with the board turned."""
    game = Game(Position.from_fen(turn_fen(case["fen"])))
    prefix = case["moves"][: len(case["moves"]) - len(case["cycle"])]
    plies = len(prefix)
    first = game.position.side
    for text in prefix + 3 * case["cycle"]:
        if game.verdict().state != "ongoing":
            break
        game.push(turn_move(Move.from_uci(text)))
    to_move = first if plies % 2 == 0 else {"red": "black", "black": "red"}[first]
    state = game.verdict().state
    return "draw" if state == "draw" else "win" if state == f"{to_move}-wins" else "loss"


@pytest.mark.skipif(not DATA.exists(), reason="the shared repetition cases are not beside the repository")
@pytest.mark.parametrize(
    ("turn_fen", "turn_move"),
    [
        (lambda fen: fen, lambda move: move),
        (mirrored_fen, mirrored_move),
        (swapped_fen, swapped_move),
        (lambda fen: swapped_fen(mirrored_fen(fen)), lambda move: swapped_move(mirrored_move(move))),
    ],
    ids=["as drawn", "mirrored", "colours swapped", "both"],
)
def test_the_judge_agrees_with_every_diagram_of_the_rule_booklet(turn_fen, turn_move):
    cases = json.loads(DATA.read_text())["cases"]
    failed = [
        f"case {number}: {case['side_to_move']} expected, {verdict} judged"
        for number, case in enumerate(cases)
        if (verdict := shared_verdict(case, turn_fen, turn_move)) != case["side_to_move"]
    ]
    print("\n".join(failed))
    assert len(cases) == 85
    assert failed == []
