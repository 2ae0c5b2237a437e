"""The guard lets in exactly what follows from the game, and words the rest."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Move, Position
from vision import Ask, Guard, GuardLimits, Mismatch, Moved, Reading, Unchanged, Verified, Wait
from vision.reading import LABELS, SQUARES, board_to_fen_order

FRAME_US = 100_000


def labels_of(position: Position) -> list[str]:
    return list(board_to_fen_order(position.board))


def reading(labels, number: int = 0, confidence: float = 0.99, **fields) -> Reading:
    return Reading.of_labels(labels, confidence, frame_hash=f"frame {number}", **fields)


def put(labels: list[str], **changes: str) -> list[str]:
    """The labels with some squares changed: put(labels, a0=".", a2="R")."""
    changed = list(labels)
    for square, label in changes.items():
        changed[SQUARES.index(square)] = label
    return changed


def watch(guard: Guard, labels, seconds: float, start_us: int = 0, **fields):
    """Offer the same board for a while; the observations, first to last."""
    frames = range(int(seconds * 1e6 / FRAME_US) + 1)
    return [guard.offer(reading(labels, n, **fields), start_us + n * FRAME_US) for n in frames]


def after(position: Position, *moves: str) -> Position:
    for move in moves:
        position = position.after(Move.from_uci(move))
    return position


def random_game(seed: int, plies: int) -> list[Position]:
    rng = random.Random(seed)
    positions = [Position.start()]
    for _ in range(plies):
        moves = positions[-1].legal_moves()
        if not moves:
            break
        positions.append(positions[-1].after(rng.choice(moves)))
    return positions


START = Position.start()
LABELS_AT_START = labels_of(START)


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


def test_on_the_robots_turn_no_move_is_ever_reported() -> None:
    seen = watch(Guard(START, "red"), labels_of(after(START, "b2e2")), 2.0)
    assert not any(isinstance(each, Moved) for each in seen)
    assert isinstance(seen[-1], Ask)


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
