"""What is no lawful move is named by the guard, waited for and asked about."""

from dataclasses import replace

import pytest

from engine import Move, Position
from vision import Ask, Guard, Moved, Wait
from vision.reading import SQUARES
from vision.tests.guarded_games import (
    FRAME_US,
    LABELS_AT_START,
    START,
    after,
    labels_of,
    put,
    reading,
    watch,
)


@pytest.mark.parametrize(
    "changes",
    [{"b2": "."}, {"b2": ".", "b9": "."}, {"h9": "."}],
    ids=["lifted", "lifted with its victim", "victim taken first"],
)
def test_a_move_under_way_is_waited_for(changes) -> None:
    seen = watch(Guard(START, "black"), put(LABELS_AT_START, **changes), 2.0)
    assert all(isinstance(each, Wait) and each.why == "half-done" for each in seen[:-6])
    assert isinstance(seen[-1], Ask)
    assert seen[-1].reason == "half-done"
    assert set(seen[-1].squares) == set(changes)


def test_two_missing_pieces_of_one_side_are_asked_about() -> None:
    seen = watch(Guard(START, "black"), put(LABELS_AT_START, b2=".", h2="."), 2.0)[-1]
    assert isinstance(seen, Ask)
    assert seen.reason == "pieces-missing"
    assert "red cannon of b2" in seen.message


def test_a_takeback_is_recognised_and_not_acted_on() -> None:
    played = after(START, "b2e2", "b9c7")
    guard = Guard(START, "black")
    guard.follow(Move.from_uci("b2e2"))
    guard.follow(Move.from_uci("b9c7"))
    assert guard.position == played
    seen = watch(guard, LABELS_AT_START, 2.0)[-1]
    assert isinstance(seen, Ask)
    assert seen.reason == "takeback"
    assert set(seen.squares) == {"b2", "e2", "b9", "c7"}


@pytest.mark.parametrize(
    "board",
    [labels_of(after(START, "b2e2", "b9c7")), put(LABELS_AT_START, b2=".", e2="C", h0=".", g2="N")],
    ids=["the robot's move as well", "twice the same side"],
)
def test_two_moves_are_told_from_one(board) -> None:
    seen = watch(Guard(START, "black"), board, 2.0)[-1]
    assert isinstance(seen, Ask)
    assert seen.reason == "two-moves"


def test_an_illegal_move_is_named_with_both_squares() -> None:
    seen = watch(Guard(START, "black"), put(LABELS_AT_START, b0=".", b3="N"), 2.0)[-1]
    assert isinstance(seen, Ask)
    assert (seen.reason, seen.squares) == ("illegal", ("b0", "b3"))
    assert "red horse went from b0 to b3" in seen.message


def test_capturing_an_own_piece_is_illegal() -> None:
    seen = watch(Guard(START, "black"), put(LABELS_AT_START, a0=".", a3="R"), 2.0)[-1]
    assert isinstance(seen, Ask)
    assert (seen.reason, seen.squares) == ("illegal", ("a0", "a3"))


def test_a_move_of_the_other_side_is_not_the_persons() -> None:
    seen = watch(Guard(START, "black"), labels_of(START.after(Move.from_uci("b2e2"))), 0.5)[-1]
    assert isinstance(seen, Moved)
    moved_black = put(LABELS_AT_START, b9=".", c7="n")
    seen = watch(Guard(START, "black"), moved_black, 2.0)[-1]
    assert isinstance(seen, Ask)
    assert seen.reason == "other-side"


def test_a_changed_piece_breaks_conservation() -> None:
    seen = watch(Guard(START, "black"), put(LABELS_AT_START, b0="R"), 2.0)[-1]
    assert isinstance(seen, Ask)
    assert seen.reason == "board-differs"
    assert "b0" in seen.message


def test_an_unknown_thing_is_waited_for_and_then_asked_about() -> None:
    seen = watch(Guard(START, "black"), put(LABELS_AT_START, e4="?"), 2.0)
    assert seen[0] == Wait("covered", ("e4",))
    assert isinstance(seen[-1], Ask)
    assert (seen[-1].reason, seen[-1].squares) == ("unknown-object", ("e4",))


def test_an_unknown_thing_that_looks_different_each_time_is_asked_about_too() -> None:
    guard = Guard(Position.start(), None)
    said = []
    for look in range(60):
        here = ("e4", "d4", "e5")[look % 3]
        labels = put(labels_of(Position.start()), **{here: "?"})
        said.append(guard.offer(reading(labels, look), look * 500_000))
    assert isinstance(said[0], Wait)
    assert isinstance(said[-1], Ask)
    assert said[-1].squares


def test_a_hand_over_the_board_is_waited_for() -> None:
    board = put(LABELS_AT_START, i4="?", i5="?", h4="?")
    seen = Guard(START, "black").offer(reading(board, verdict="wait", reason="covered"), 0)
    assert isinstance(seen, Wait)
    assert seen.why == "covered"


def test_a_board_that_was_bumped_is_found_again_before_it_is_compared() -> None:
    shifted = replace(
        reading(labels_of(after(START, "b2e2"))),
        offsets=dict.fromkeys(SQUARES[:9], (0.4, 0.1)),
    )
    seen = Guard(START, "black").offer(shifted, 0)
    assert isinstance(seen, Wait)
    assert seen.why == "moved"


def test_a_grid_that_fits_badly_is_found_again_before_it_is_read() -> None:
    crooked = replace(reading(labels_of(after(START, "b2e2"))), residual_cells=0.3)
    assert Guard(START, "black").offer(crooked, 0) == Wait("moved")


def test_a_piece_between_two_points_is_not_a_move() -> None:
    board = labels_of(after(START, "b2e2"))
    guard = Guard(START, "black")
    for number in range(20):
        off = replace(reading(board, number), offsets={"e2": (0.0, 0.49)})
        seen = guard.offer(off, number * FRAME_US)
        assert not isinstance(seen, Moved)
    assert isinstance(seen, Ask)
    assert seen.reason == "off-point"


def test_no_message_blames_the_person() -> None:
    boards = [
        put(LABELS_AT_START, b0=".", b3="N"),
        put(LABELS_AT_START, b2=".", h2="."),
        put(LABELS_AT_START, b0="R"),
        put(LABELS_AT_START, e4="?"),
        put(LABELS_AT_START, b9=".", c7="n"),
    ]
    for board in boards:
        seen = watch(Guard(START, "black"), board, 2.0)[-1]
        assert isinstance(seen, Ask)
        assert "lease" in seen.message
        assert not {"wrong", "mistake", "you must", "error"} & set(seen.message.lower().split())


def test_a_man_where_no_law_lets_him_stand_is_named_as_an_illegal_move() -> None:
    guard = Guard(START, "black")
    board = put(LABELS_AT_START, d0=".", b1="?")
    raw = reading(put(LABELS_AT_START, d0=".", b1="A")).points
    seen = [guard.offer(replace(reading(board, n), raw=raw), n * 500_000) for n in range(6)]
    assert isinstance(seen[-1], Ask)
    assert (seen[-1].reason, seen[-1].squares) == ("illegal", ("d0", "b1"))
