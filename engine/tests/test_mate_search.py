"""Mates proven beside the search: found sooner, true against every defence, nothing changed otherwise."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Engine, Game, Limits, Move, Position

ENDGAMES = Path(__file__).resolve().parents[3] / "shared" / "data" / "endgames.json"
OFF = {"mate_share": 0}

# Composed for this test: quiet moves that threaten mate, and long chains of checks.
QUIET = "3a1k3/4a4/9/9/9/9/9/4C4/R8/3K5 w - - 0 1"
CHECKS = "2ba1k3/4a4/4b4/6N2/2n6/9/9/4B4/4A4/2BAK2R1 w - - 0 1"
LEVEL = "r1bakabr1/9/1cn1c1n2/p1p1p1p1p/9/9/P1P1P1P1P/1CN1C1N2/9/R1BAKABR1 w - - 8 5"


def search(fen, nodes=None, depth=None, tuning=None):
    game = Game(Position.from_fen(fen))
    return Engine(hash_mb=4, tuning=tuning).search(game, Limits(nodes=nodes, depth=depth))


def replay(fen, line):
    game = Game(Position.from_fen(fen))
    for move in line:
        assert game.verdict().state == "ongoing"
        game.push(move)
    return game


@pytest.mark.parametrize("fen", [QUIET, CHECKS])
def test_a_proven_mate_comes_with_its_line(fen):
    found = search(fen, nodes=60_000)
    assert found.mate is not None
    assert found.mate > 0
    game = replay(fen, found.pv)
    assert not game.position.legal_moves()
    assert len(found.pv) == 2 * found.mate - 1


def test_a_position_without_a_mate_is_judged_as_without_the_proof():
    for fen in (LEVEL, Position.start().fen()):
        with_proof, without = search(fen, depth=8), search(fen, depth=8, tuning=OFF)
        assert (with_proof.pv, with_proof.score_cp) == (without.pv, without.score_cp)
        assert without.nodes <= with_proof.nodes <= 1.3 * without.nodes


def test_the_proof_counts_among_the_nodes():
    for nodes in (3000, 20_000):
        assert search(LEVEL, nodes=nodes).nodes <= nodes + 300


PIECES = st.lists(st.sampled_from("RNCPRNC"), min_size=2, max_size=4)


@settings(max_examples=40)
@given(PIECES, st.randoms(use_true_random=False))
def test_what_is_proven_is_mate_against_every_defence(letters, dice):
    board = ["."] * 90
    board[dice.choice([3, 4, 5])] = "K"
    board[dice.choice([84, 85, 86, 75, 76, 77])] = "k"
    for letter in [*letters, "a", "n", "p"]:
        square = dice.choice([66, 85, 84, 86]) if letter == "a" else dice.randrange(45, 90)
        if board[square] == ".":
            board[square] = letter
    try:
        position = Position.from_board("".join(board), "red")
    except ValueError:
        return
    found = Engine(hash_mb=1).search(Game(position), Limits(nodes=6000))
    if found.mate is None or found.mate < 2:
        return
    after = position.after(found.move)
    for reply in after.legal_moves():
        game = Game(position)
        game.push(found.move)
        game.push(reply)
        answer = Engine(hash_mb=1).search(game, Limits(nodes=30_000))
        assert answer.mate is not None
        assert answer.mate > 0


def test_a_mate_is_still_found_when_its_first_position_stood_before_and_no_line_ends_in_a_repetition():
    game = Game(Position.from_fen("3k5/9/9/4P4/9/9/9/9/4R4/4K4 w - - 0 1"))
    for _ in range(2):
        for text in ("e1f1", "d9d8", "f1e1", "d8d9"):
            if game.verdict().state == "ongoing":
                game.push(Move.from_uci(text))
    assert game.verdict().state == "draw"
    game.pop()
    game.pop()
    found = Engine(hash_mb=1).search(game, Limits(nodes=60_000))
    assert found.mate is not None
    for move in found.pv:
        assert game.verdict().state == "ongoing"
        game.push(move)
    assert game.verdict().state == "red-wins"


@pytest.mark.skipif(not ENDGAMES.exists(), reason="the shared endgames are not at hand")
def test_every_mate_in_five_of_the_collection_is_found_in_a_tenth_of_a_million_nodes():
    rows = json.loads(ENDGAMES.read_text(encoding="utf-8"))["positions"]
    engine = Engine(hash_mb=8)
    missed = []
    for row in rows:
        moves = row["engine"].get("mate_in_moves")
        if row["tier"] != "A" or moves is None or moves > 5:
            continue
        engine.new_game()
        found = engine.search(Game(Position.from_fen(row["fen"])), Limits(nodes=100_000))
        if found.mate is None or found.mate <= 0 or replay(row["fen"], found.pv).position.legal_moves():
            missed.append(row["id"])
    assert missed == []
