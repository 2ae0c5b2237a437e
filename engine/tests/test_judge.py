"""When a game is over, and who broke the rules of repetition."""

import json
from pathlib import Path

import pytest

from engine import Game, GameOverError, IllegalMoveError, Move, Position
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


# Composed for these tests: what red does, the position, four plies that lead back to it, the
# verdict under wxf and under cxa.
OWN_CASES = [
    ("checks for ever with a chariot", "3k5/9/9/9/4R4/9/9/9/9/5K3 w", "e5d5 d9e9 d5e5 e9d9",
     "check", "check"),
    ("chases a bare cannon", "3k5/9/c8/9/9/1R7/9/9/9/4K4 w", "b4a4 a7b7 a4b4 b7a7", "chase", "chase"),
    ("attacks a protected cannon", "3k5/9/c7r/9/9/1R7/9/9/9/4K4 w", "b4a4 a7b7 a4b4 b7a7", "draw", "draw"),
    ("offers chariots for exchange", "3k5/9/r8/9/9/1R7/9/9/9/4K4 w", "b4a4 a7b7 a4b4 b7a7", "draw", "draw"),
    ("chases a chariot, protected, with a horse", "5k3/9/9/3N5/4r3r/9/9/9/9/3K5 w", "d6c4 e5f5 c4d6 f5e5",
     "chase", "chase"),
    ("attacks with the general", "5k3/9/9/9/9/9/9/9/3c5/4K4 w", "e0d0 d1e1 d0e0 e1d1", "draw", "draw"),
    ("attacks with a soldier", "3k5/9/4c4/3P5/9/9/9/9/9/5K3 w", "d6e6 e7d7 e6d6 d7e7", "draw", "draw"),
    ("checks and chases by turns", "3k5/9/c8/9/R8/9/9/9/9/5K3 w", "a5d5 d9e9 d5a5 e9d9", "draw", "chase"),
    ("chases two men by turns", "3k5/9/cn7/9/9/1R7/9/9/9/5K3 w", "b4a4 d9e9 a4b4 e9d9", "draw", "chase"),
    ("steps along its line of attack", "4k4/9/9/c8/9/9/9/R8/9/3K5 w", "a2a3 e9e8 a3a2 e8e9", "draw", "draw"),
    ("steps to and fro", "3k5/9/9/9/9/1R7/9/9/r8/5K3 w", "b4c4 a1a2 c4b4 a2a1", "draw", "draw"),
]  # fmt: skip


@pytest.mark.parametrize("rules", ["wxf", "cxa"])
@pytest.mark.parametrize(
    ("fen", "steps", "wxf", "cxa"), [pytest.param(*case[1:], id=case[0]) for case in OWN_CASES]
)
def test_who_repeats_by_forbidden_moves_loses(fen, steps, wxf, cxa, rules):
    game = danced(fen, steps, rules)
    verdict = game.verdict()
    expected = wxf if rules == "wxf" else cxa
    if expected == "draw":
        assert (verdict.state, verdict.reason, verdict.offender) == ("draw", "repetition", None)
        assert verdict.offence_plies == ()
    else:
        assert (verdict.state, verdict.reason) == ("black-wins", f"perpetual-{expected}")
        assert verdict.offender == "red"
        assert verdict.offence_plies == (0, 2, 4, 6)
    assert len(game.moves) == 8


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
