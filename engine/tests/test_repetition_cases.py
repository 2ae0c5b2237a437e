"""Circles of moves from the rule texts: who loses under which rules, wherever the circle is entered."""

import json
import tomllib
from pathlib import Path

import pytest

from engine import Game, Move, Position
from engine.tests.strategies import mirrored_fen, mirrored_move, swapped_fen, swapped_move

CASES = tomllib.loads(Path(__file__).with_name("repetition_cases.toml").read_text())
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "repetition.json"
OTHER = {"red": "black", "black": "red"}
TURNS = {
    "as drawn": (lambda fen: fen, lambda move: move),
    "mirrored": (mirrored_fen, mirrored_move),
    "colours swapped": (swapped_fen, swapped_move),
    "both": (lambda fen: swapped_fen(mirrored_fen(fen)), lambda move: swapped_move(mirrored_move(move))),
}


def decided(start, circle, rules):
    """The game in which the circle is played until it is decided."""
    game = Game(start, rules)
    for move in circle * 4:
        if game.verdict().state != "ongoing":
            break
        game.push(move)
    return game


def entries(start, circle):
    """The circle entered at each of its plies."""
    for ply, move in enumerate(circle):
        yield start, circle[ply:] + circle[:ply]
        start = start.after(move)


def as_text(verdict):
    if verdict.state == "draw":
        return "draw"
    assert verdict.state == f"{OTHER[verdict.offender]}-wins"
    return f"{verdict.offender} {verdict.reason.removeprefix('perpetual-')}"


@pytest.mark.parametrize("rules", ["wxf", "cxa"])
@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_the_rule_text_decides_wherever_the_circle_is_entered(case, rules):
    for turn, (turn_fen, turn_move) in TURNS.items():
        start = Position.from_fen(turn_fen(case["fen"] + " - - 0 1"))
        circle = [turn_move(Move.from_uci(text)) for text in case["circle"].split()]
        expected = case[rules]
        if turn in ("colours swapped", "both") and expected != "draw":
            offender, act = expected.split()
            expected = f"{OTHER[offender]} {act}"
        for entry, moves in entries(start, circle):
            assert as_text(decided(entry, moves, rules).verdict()) == expected, turn


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
@pytest.mark.parametrize("rules", ["wxf", "cxa"])
def test_every_offence_names_captures_or_mates_that_were_threatened(case, rules):
    circle = [Move.from_uci(text) for text in case["circle"].split()]
    game = decided(Position.from_fen(case["fen"]), circle, rules)
    positions = [game.start]
    for move in game.moves:
        positions.append(positions[-1].after(move))
    verdict = game.verdict()
    assert bool(verdict.offences) == (verdict.offender is not None)
    for offence in verdict.offences:
        mover, after = positions[offence.ply].side, positions[offence.ply + 1]
        assert verdict.offender in (mover, "both")
        assert offence.threats
        assert (offence.act == "check") == after.is_check
        for threat in offence.threats:
            hunter, prey = after.piece_at(threat.from_square), after.piece_at(threat.to_square)
            assert hunter.isupper() == (mover == "red")
            if offence.act == "check":
                assert prey in "Kk"
            elif offence.act == "chase":
                assert prey in "AaBbNnRrCcPp"
                assert hunter not in "KkPp"
            else:
                mated = Position.from_board(after.board, mover).after(threat)
                assert mated.is_check
                assert mated.legal_moves() == []


def test_every_case_cites_a_source_that_is_described():
    families = {source.split()[0] for source in CASES["sources"]}
    for case in CASES["case"]:
        assert case["cites"]
        for cite in case["cites"]:
            assert cite.split()[0] in families
    assert len(CASES["case"]) >= 40
    assert len({case["name"] for case in CASES["case"]}) == len(CASES["case"])


@pytest.mark.skipif(not SHARED.exists(), reason="the shared repetition cases are not beside the repository")
@pytest.mark.parametrize("turn", TURNS)
def test_the_booklets_diagrams_are_judged_alike_wherever_the_circle_is_entered(turn):
    turn_fen, turn_move = TURNS[turn]
    failed = []
    entered = 0
    for number, case in enumerate(json.loads(SHARED.read_text())["cases"]):
        moves = [turn_move(Move.from_uci(text)) for text in case["moves"]]
        circle = [turn_move(Move.from_uci(text)) for text in case["cycle"]]
        start = Position.from_fen(turn_fen(case["fen"]))
        for move in moves[: len(moves) - len(circle)]:
            start = start.after(move)
        to_move = start.side
        winners = {"win": f"{to_move}-wins", "loss": f"{OTHER[to_move]}-wins", "draw": "draw"}
        winner = winners[case["side_to_move"]]
        for ply, (entry, entered_circle) in enumerate(entries(start, circle)):
            entered += 1
            state = decided(entry, entered_circle, "wxf").verdict().state
            if state != winner:
                failed.append(f"case {number} entered at ply {ply}: {winner} expected, {state} judged")
    print("\n".join(failed))
    assert entered > 300
    assert failed == []
