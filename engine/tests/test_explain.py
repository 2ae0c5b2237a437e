from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Game, IllegalMoveError, LimitsError, Move, Position, parse_square
from engine.explain import explain
from engine.motifs import MOTIFS, WORTH_CP, find_motifs
from engine.sight import bearers, bears_on
from engine.tests.strategies import mirrored_fen, mirrored_move, positions, swapped_fen, swapped_move

CASES = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "motif_cases.txt").read_text().splitlines()
    if not line.startswith("#")
]


def kinds(fen, move):
    return {motif.kind for motif in find_motifs(Position.from_fen(fen), Move.from_uci(move))}


def found(fen, move, kind):
    motifs = find_motifs(Position.from_fen(fen), Move.from_uci(move))
    return [motif for motif in motifs if motif.kind == kind]


def square(name):
    return parse_square(name)


# -- motifs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in MOTIFS if kind != "sacrifice"])
def test_motifs_are_named_where_they_are_and_nowhere_else(kind):
    cases = [case[1:] for case in CASES if case[0] == kind]
    shown, hidden = ([case for case in cases if case[0] == sign] for sign in "+-")
    assert len(shown) == len(hidden) >= 4
    for sign, fen, move in cases:
        assert (kind in kinds(fen, move)) == (sign == "+"), (fen, move)


# Composed for these tests: the motif, a move that shows it, one that does not.
COMPOSED = [
    ("elbow-horse", "3aka3/9/9/1N7/9/9/9/9/9/3K5 w", "b6c8", "b6d7"),
    ("palace-corner-horse", "4ka3/9/9/1N7/9/9/9/9/9/3K5 w", "b6d7", "b6c8"),
    ("fishing-horse", "3aka3/9/9/9/1N7/9/9/9/9/3K5 w", "b5c7", "b5d6"),
    ("hollow-cannon", "3ak4/9/9/9/9/9/9/1C7/9/3K5 w", "b2e2", "b2d2"),
    ("hollow-cannon", "3ak4/9/9/9/4p4/9/9/1C7/9/3K5 w", None, "b2e2"),
    ("fork", "2bak4/9/9/r7r/9/9/9/4C4/4R4/3K5 w", None, "e1a1"),
    ("fork", "4k4/9/1r3r3/9/9/2N6/9/9/9/3K5 w", "c4d6", "c4b2"),
    ("pin", "4k4/4n4/9/9/9/9/9/R8/9/3K5 w", "a2e2", "a2d2"),
    ("discovered-check", "4k4/9/9/9/4N4/9/4R4/9/9/3K5 w", "e5c4", None),
    ("double-check", "4k4/9/9/9/4N4/9/4R4/9/9/3K5 w", "e5d7", "e5c4"),
    ("cannon-screen", "4k4/9/9/9/3P5/9/9/4C4/9/3K5 w", "d5e5", "d5d6"),
    ("blocked-leg", "4k4/9/9/9/9/2n6/7R1/1R7/9/3K5 w", "h3c3", "h3h4"),
    ("bare-file", "4k4/9/9/9/9/9/9/9/5K3/9 w", None, "f1f0"),
    ("bare-file", "4k4/9/9/9/9/9/9/9/4AK3/9 w", None, "f1f2"),
    ("exchange", "3k5/9/9/9/r8/r8/9/9/9/R3K4 w", "a0a4", None),
    ("takes-hanging", "3k5/9/9/9/r8/9/9/9/9/R3K4 w", "a0a5", "a0a4"),
    ("leaves-hanging", "3k5/9/9/9/r8/9/9/9/9/1R2K4 w", "b0a0", "b0b1"),
    ("mate-threat", "3k5/R8/9/9/1P7/9/9/9/9/1R3K3 w", "b0c0", "b0b1"),
]


@pytest.mark.parametrize(("kind", "fen", "shows", "hides"), COMPOSED)
def test_composed_motifs(kind, fen, shows, hides):
    if shows is not None:
        assert kind in kinds(fen, shows)
    if hides is not None:
        assert kind not in kinds(fen, hides)


def test_a_motif_says_who_acts_on_whom():
    (fork,) = found("4k4/9/1r3r3/9/9/2N6/9/9/9/3K5 w", "c4d6", "fork")
    assert (fork.by, set(fork.on)) == (square("d6"), {square("b7"), square("f7")})
    (pin,) = found("4k4/4n4/9/9/9/9/9/R8/9/3K5 w", "a2e2", "pin")
    assert (pin.by, pin.via, pin.on) == (square("e2"), square("e8"), (square("e9"),))
    (screen,) = found("4k4/9/9/9/3P5/9/9/4C4/9/3K5 w", "d5e5", "cannon-screen")
    assert (screen.by, screen.via) == (square("e2"), square("e5"))


@given(positions(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_mirrored_and_with_colours_changed_a_move_shows_the_same_motifs(position, choose):
    moves = position.legal_moves()
    if not moves:
        return
    fen, move = position.fen(), choose.choice(moves)
    named = sorted(motif.kind for motif in find_motifs(position, move))
    mirror = find_motifs(Position.from_fen(mirrored_fen(fen)), mirrored_move(move))
    swapped = find_motifs(Position.from_fen(swapped_fen(fen)), swapped_move(move))
    assert sorted(motif.kind for motif in mirror) == named
    assert sorted(motif.kind for motif in swapped) == named


@given(positions())
@settings(max_examples=60, deadline=None)
def test_men_bear_on_what_they_can_legally_take(position):
    board = position.board
    for move in position.legal_moves():
        if board[move.to_square] != ".":
            assert move.to_square in bears_on(board, move.from_square)
    general = board.index("K" if position.side == "red" else "k")
    assert bool(bearers(board, general, position.side == "black")) == position.is_check


# -- explanations -------------------------------------------------------------------------------

ELBOW = "4k4/4a4/4b4/5N3/2b6/4R4/9/4B4/4A4/r1BAK4 w"


def test_the_best_move_is_explained_by_its_line():
    explanation = explain(Position.from_fen(ELBOW), Move.from_uci("f6g8"), nodes=20_000)
    assert explanation.loss_cp == 0
    assert explanation.played.mate == 3
    assert explanation.played == explanation.best
    assert "elbow-horse" in {motif.kind for motif in explanation.played.motifs}
    assert explanation.other is not None
    assert explanation.other.move != explanation.played.move
    assert explanation.sureness.agreeing >= 1
    assert explanation.sureness.margin_cp > 0


def test_a_mistake_is_compared_with_the_best_move():
    explanation = explain(Position.from_fen(ELBOW), Move.from_uci("f6d7"), nodes=20_000)
    assert explanation.loss_cp > 1000
    assert explanation.best.move == explanation.other.move == Move.from_uci("f6g8")
    assert explanation.played.swing_cp == -WORTH_CP["N"]
    assert explanation.played.captures[0].man == "N"
    assert ("capture", "N") in {(threat.kind, threat.man) for threat in explanation.still_threatened}


def test_threats_and_parries_are_named():
    # The black chariot attacks the horse; the move protects it by moving away and attacks the cannon.
    game = Position.from_fen("3k5/9/9/4c4/9/r1N6/9/9/9/4K4 w")
    explanation = explain(game, Move.from_uci("c4d6"), nodes=5000)
    assert ("capture", "N") in {(threat.kind, threat.man) for threat in explanation.parries}
    mate = explain(Position.from_fen("3k5/R8/9/9/1P7/9/9/9/9/1R3K3 w"), Move.from_uci("b0c0"), nodes=5000)
    assert mate.threatens[0].kind == "mate"


def test_an_answer_to_check_is_a_parry_and_an_only_move_is_forced():
    only = explain(Position.from_fen("4k4/9/9/9/9/9/9/9/9/3K4r w"), Move.from_uci("d0d1"), nodes=2000)
    assert only.parries[0].kind == "check"
    assert only.forced
    assert only.other is None
    free = explain(Game(), Move.from_uci("b2e2"), nodes=2000)
    assert free.parries == ()
    assert not free.forced


@given(positions(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_any_legal_move_can_be_explained(position, choose):
    game = Game(position)
    if game.verdict().state != "ongoing":
        return
    move = choose.choice(position.legal_moves())
    explanation = explain(game, move, nodes=400)
    assert explanation.played.move == move
    assert explanation.loss_cp >= 0
    assert explanation == explain(game, move, nodes=400)
    after = position
    for step in explanation.played.moves:
        after = after.after(step)


def test_what_cannot_be_explained_is_refused():
    with pytest.raises(IllegalMoveError, match="not legal"):
        explain(Game(), Move.from_uci("a0a9"))
    with pytest.raises(LimitsError):
        explain(Game(), Move.from_uci("b2e2"), nodes=-5)
