"""The guard lets in exactly what follows from the game."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Move
from vision import Ask, Guard, GuardLimits, Mismatch, Moved, Reading, Unchanged, Verified, Wait
from vision.reading import LABELS, SQUARES
from vision.tests.guarded_games import (
    FRAME_US,
    LABELS_AT_START,
    START,
    after,
    labels_of,
    put,
    random_game,
    reading,
    watch,
)


def test_an_untouched_board_is_unchanged_at_once() -> None:
    assert Guard(START, "black").offer(reading(LABELS_AT_START), 0) == Unchanged()


def test_a_move_is_believed_only_after_it_settled_and_was_seen_twice() -> None:
    guard = Guard(START, "black")
    board = labels_of(after(START, "b2e2"))
    assert guard.offer(reading(board, 1), 0) == Wait("settling", ("b2", "e2"))
    assert isinstance(guard.offer(reading(board, 2), 399_999), Wait)
    believed = guard.offer(reading(board, 3), 400_000)
    assert isinstance(believed, Moved)
    assert believed.move == Move.from_uci("b2e2")
    assert 0.8 < believed.confidence <= 1


def test_one_frame_offered_again_at_the_same_time_is_one_look() -> None:
    guard = Guard(START, "black", limits=None)
    board = labels_of(after(START, "b2e2"))
    observations = [guard.offer(reading(board, 1), 5_000_000) for _ in range(10)]
    assert all(isinstance(seen, Wait) for seen in observations)


def test_without_any_settling_time_a_move_still_needs_two_looks() -> None:
    guard = Guard(START, "black", limits=GuardLimits(settle_us=0))
    board = labels_of(after(START, "b2e2"))
    assert isinstance(guard.offer(reading(board, 1), 0), Wait)
    assert isinstance(guard.offer(reading(board, 1), 0), Wait)
    assert isinstance(guard.offer(reading(board, 2), 0), Moved)


def test_a_move_that_was_put_back_in_between_settles_anew() -> None:
    guard = Guard(START, "black")
    moved = labels_of(after(START, "b2e2"))
    guard.offer(reading(moved, 1), 0)
    assert guard.offer(reading(LABELS_AT_START, 2), 200_000) == Unchanged()
    assert isinstance(guard.offer(reading(moved, 3), 400_000), Wait)


def test_a_clock_that_starts_anew_only_starts_the_settling_anew() -> None:
    guard = Guard(START, "black")
    moved = labels_of(after(START, "b2e2"))
    guard.offer(reading(moved, 1), 5_000_000)
    assert isinstance(guard.offer(reading(moved, 2), 0), Wait)
    assert isinstance(guard.offer(reading(moved, 3), 400_000), Moved)


def test_while_a_hand_is_over_the_board_not_even_a_clear_move_is_believed() -> None:
    moved = labels_of(after(START, "b2e2"))
    seen = watch(Guard(START, "black"), moved, 2.0, verdict="wait", reason="covered")
    assert not any(isinstance(each, Moved) for each in seen)


def test_a_point_of_the_move_that_cannot_be_told_is_not_taken_for_granted() -> None:
    moved = labels_of(after(START, "b2e2"))
    scores = reading(moved).label_scores()
    guard = Guard(START, "black")
    for number in range(20):
        open_target = replace(reading(put(moved, e2="?"), number), log_likelihood=scores)
        seen = guard.offer(open_target, number * FRAME_US)
        assert not isinstance(seen, Moved)
    assert isinstance(seen, Ask)
    assert (seen.reason, set(seen.squares)) == ("unsure", {"b2", "e2"})


def test_a_move_that_looks_hardly_likelier_than_another_is_not_believed() -> None:
    """Pixels that speak for two moves alike leave the choice to the person, not to chance."""
    board = after(START, "b0c2")
    sure = reading(labels_of(board)).label_scores()
    for square, label in (("b0", "N"), ("c2", "."), ("a2", "N")):
        sure[SQUARES.index(square), LABELS.index(label)] = -1.0
    guard = Guard(START, "black")
    for number in range(20):
        doubtful = replace(reading(labels_of(board), number), log_likelihood=sure)
        assert not isinstance(guard.offer(doubtful, number * FRAME_US), Moved)


def test_many_small_doubts_together_are_too_many() -> None:
    board = labels_of(after(START, "b2e2"))
    scores = reading(board).label_scores()
    for square in ("a9", "b9", "c9", "d9", "e9"):
        scores[SQUARES.index(square), LABELS.index("C")] = -0.01 + 1.8
    guard = Guard(START, "black")
    for number in range(20):
        seen = guard.offer(replace(reading(board, number), log_likelihood=scores), number * FRAME_US)
        assert not isinstance(seen, Moved)


def test_a_label_that_contradicts_the_game_counts_even_where_its_scores_hardly_differ() -> None:
    board = labels_of(after(START, "b2e2"))
    scores = reading(board).label_scores()
    scores[SQUARES.index("a9"), LABELS.index("n")] = scores[SQUARES.index("a9"), LABELS.index("r")]
    guard = Guard(START, "black")
    for number in range(20):
        other = replace(reading(put(board, a9="n"), number), log_likelihood=scores)
        assert not isinstance(guard.offer(other, number * FRAME_US), Moved)


def test_a_piece_on_its_way_that_rests_on_lawful_points_is_not_a_move() -> None:
    guard = Guard(START, "black")
    for number, rank in enumerate((3, 4, 5, 6)):
        board = put(LABELS_AT_START, b2=".", **{f"b{rank}": "C"})
        assert isinstance(guard.offer(reading(board, number), number * 200_000), Wait)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_every_move_of_a_random_game_is_recognised(seed: int) -> None:
    positions = random_game(seed, 40)
    guard = Guard(positions[0], None)
    for now, following in itertools.pairwise(positions):
        assert guard.position == now
        seen = watch(guard, labels_of(following), 0.5)[-1]
        assert isinstance(seen, Moved)
        assert now.after(seen.move) == following
        guard.follow(seen.move)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9), rate=st.sampled_from([0.0, 0.01, 0.05]), hand=st.booleans())
def test_no_noise_makes_a_move_that_was_not_played(seed: int, rate: float, hand: bool) -> None:
    """Wrong acts are zero: misread points, unseen points and hands only delay, whatever the frames show."""
    rng = random.Random(seed)
    positions = random_game(seed, 12)
    guard = Guard(positions[0], None)
    clock = 0
    for now, following in itertools.pairwise(positions):
        for _ in range(8):
            clock += FRAME_US
            board = labels_of(following if rng.random() < 0.7 else now)
            noisy = [rng.choice(LABELS) if rng.random() < rate else label for label in board]
            if hand and rng.random() < 0.5:
                covered = range(rng.randrange(80), 90, rng.choice([1, 9]))[: rng.randint(1, 10)]
                noisy = ["?" if point in covered else label for point, label in enumerate(noisy)]
            seen = guard.offer(reading(noisy, clock, rng.uniform(0.7, 0.999)), clock)
            if isinstance(seen, Moved):
                assert now.after(seen.move) == following
        guard.reset(following)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), seed=st.integers(0, 10**9))
def test_whatever_stands_still_on_the_board_a_believed_move_explains_all_of_it(data, seed: int) -> None:
    now = random_game(seed, 30)[-1]
    base = labels_of(now)
    changes = data.draw(
        st.dictionaries(st.sampled_from(SQUARES), st.sampled_from(LABELS), min_size=1, max_size=3)
    )
    board = put(base, **changes)
    seen = watch(Guard(now, None), board, 2.0)[-1]
    if isinstance(seen, Moved):
        assert labels_of(now.after(seen.move)) == board
    elif isinstance(seen, Unchanged):
        assert board == base
    else:
        assert isinstance(seen, Ask)


def test_a_capture_takes_exactly_one_piece() -> None:
    position = after(START, "b2e2", "b9c7")
    guard = Guard(position, "black")
    captured = labels_of(after(position, "e2e6"))
    assert isinstance(watch(guard, captured, 0.5)[-1], Moved)
    stolen = put(captured, a6=".")
    assert isinstance(watch(Guard(position, "black"), stolen, 2.0)[-1], Ask)


def test_on_the_robots_turn_no_move_is_ever_reported() -> None:
    seen = watch(Guard(START, "red"), labels_of(after(START, "b2e2")), 2.0)
    assert not any(isinstance(each, Moved) for each in seen)
    assert isinstance(seen[-1], Ask)


def test_an_unsure_reading_of_the_moved_piece_is_not_believed() -> None:
    seen = watch(Guard(START, "black"), labels_of(after(START, "b2e2")), 2.0, confidence=0.7)
    assert not any(isinstance(each, Moved) for each in seen)


@pytest.mark.parametrize("reason", ["ambiguous-orientation", "mirrored", "cut-off", "moved"])
def test_a_reading_of_a_doubtful_board_is_not_believed(reason) -> None:
    board = labels_of(after(START, "b2e2"))
    seen = watch(Guard(START, "black"), board, 2.0, verdict="unsure", reason=reason)
    assert not any(isinstance(each, Moved) for each in seen)
    assert isinstance(seen[-1], Ask)
    assert seen[-1].reason == reason


def test_time_that_runs_backwards_never_settles_a_move() -> None:
    guard = Guard(START, "black")
    board = labels_of(after(START, "b2e2"))
    times = [2_000_000, 1_900_000, 1_800_000, 900_000]
    assert all(isinstance(guard.offer(reading(board, n), t), Wait) for n, t in enumerate(times))


def test_the_check_after_a_robot_move_names_every_wrong_point() -> None:
    expected = after(START, "b2e2")
    guard = Guard(START, "red")
    assert isinstance(guard.verify(reading(labels_of(expected)), expected), Verified)
    missed = guard.verify(reading(put(labels_of(expected), e2=".", a9="?")), expected)
    assert missed == Mismatch(("e2",), ("a9",))
    covered = guard.verify(reading(labels_of(expected), verdict="wait", reason="covered"), expected)
    assert isinstance(covered, Mismatch)
    blind = guard.verify(Reading.no_board("too-dark", ms={}, frame_hash="", model_hash=""), expected)
    assert blind == Mismatch((), SQUARES)
