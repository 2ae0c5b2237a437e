"""Each law of movement on a small board made for it."""

import pytest

from engine import Move, Position


def targets(fen, square):
    """Names of the squares that the man on `square` can go to."""
    return {move.uci()[2:] for move in Position.from_fen(fen).legal_moves() if move.uci()[:2] == square}


def test_the_horse_is_hobbled_at_its_leg():
    free = "3k5/9/9/9/9/4N4/9/9/9/5K3 w"
    assert targets(free, "e4") == {"c3", "c5", "d2", "d6", "f2", "f6", "g3", "g5"}
    hobbled = "3k5/9/9/9/4p4/4N4/9/9/9/5K3 w"
    assert targets(hobbled, "e4") == {"c3", "c5", "d2", "f2", "g3", "g5"}


def test_the_elephant_stays_on_its_bank_and_stops_at_a_blocked_eye():
    assert targets("3k5/9/9/9/9/2B6/9/9/9/5K3 w", "c4") == {"a2", "e2"}
    assert targets("3k5/9/9/9/9/2B6/3p5/9/9/5K3 w", "c4") == {"a2"}


def test_general_and_advisors_keep_to_the_palace():
    assert targets("3k5/9/9/9/9/9/9/9/4A4/5K3 w", "e1") == {"d0", "d2", "f2"}
    assert targets("3k5/9/9/9/9/9/9/9/9/5K3 w", "f0") == {"e0", "f1"}


def test_the_soldier_turns_aside_only_across_the_river():
    assert targets("3k5/9/9/9/9/4P4/9/9/9/5K3 w", "e4") == {"e5"}
    assert targets("3k5/9/9/9/4P4/9/9/9/9/5K3 w", "e5") == {"d5", "e6", "f5"}
    assert targets("4P4/3k5/9/9/9/9/9/9/9/5K3 w", "e9") == {"d9", "f9"}


def test_the_cannon_takes_over_exactly_one_screen():
    fen = "3k5/9/9/4p4/4p4/9/p3C3P/9/9/5K3 w"
    assert targets(fen, "e3") == {"b3", "c3", "d3", "f3", "g3", "h3", "e0", "e1", "e2", "e4", "e6"}


def test_generals_may_not_face_each_other():
    assert targets("3k5/9/9/9/9/9/9/9/9/4K4 w", "e0") == {"f0", "e1"}
    assert targets("4k4/9/9/9/4C4/9/9/9/9/4K4 w", "e5") == {f"e{rank}" for rank in range(1, 9)} - {"e5"}


def test_a_new_screen_for_a_cannon_is_a_check_on_oneself():
    assert "e4" not in targets("5k3/9/9/9/4c4/3R5/9/9/9/4K4 w", "d4")


def test_a_cannon_check_is_answered_by_taking_the_screen_away():
    position = Position.from_fen("3k5/9/9/9/4c4/9/4R4/9/9/4K4 w")
    assert position.is_check
    assert Move.from_uci("e3a3") in position.legal_moves()
    assert Move.from_uci("e3e5") in position.legal_moves()


def test_a_horse_check_is_answered_at_its_leg():
    position = Position.from_fen("3k5/9/9/9/9/9/9/3n1R3/9/4K4 w")
    assert position.is_check
    assert targets(position.fen(), "f2") == {"d2"}
    assert "d1" in targets("3k5/9/9/9/9/9/9/3n5/R8/4K4 w", "a1")


@pytest.mark.parametrize(
    ("fen", "reason"),
    [("3k5/3PP4/9/9/9/9/9/9/9/4K4 b", "mate"), ("3k5/4P4/9/9/9/9/9/9/9/4K4 b", "stalemate")],
)
def test_without_a_legal_move_there_is_none_to_list(fen, reason):
    position = Position.from_fen(fen)
    assert position.legal_moves() == []
    assert position.is_check == (reason == "mate")
