"""What is wrong with a set-up is said in words a person can act on."""

from dataclasses import replace

from engine import Position
from vision import SQUARES, Reading, setup_differences
from vision.reading import board_to_fen_order

START = Position.start()


def seen(**changes: str) -> Reading:
    labels = list(board_to_fen_order(START.board))
    for square, label in changes.items():
        labels[SQUARES.index(square)] = label
    return Reading.of_labels(labels)


def messages(reading: Reading) -> list[str]:
    return [difference.message for difference in setup_differences(reading, START)]


def test_a_right_set_up_has_no_differences() -> None:
    assert setup_differences(seen(), START) == []


def test_a_missing_piece_is_named() -> None:
    assert messages(seen(h9=".")) == ["the black horse on h9 is missing"]


def test_a_doubled_piece_is_named() -> None:
    assert messages(seen(e5="K")) == ["the red general on e5 is one too many"]


def test_a_piece_on_the_wrong_point_is_told_from_a_missing_one() -> None:
    assert messages(seen(h9=".", h8="n")) == ["the black horse on h8 belongs on h9"]


def test_two_swapped_pieces_are_each_sent_home() -> None:
    assert messages(seen(b0="B", c0="N")) == [
        "the red elephant on b0 belongs on c0",
        "the red horse on c0 belongs on b0",
    ]


def test_misplaced_pieces_are_matched_to_their_nearest_points() -> None:
    found = setup_differences(seen(a0=".", a1="R", i0=".", i1="R"), START)
    assert {(d.found_at, d.square) for d in found} == {("a1", "a0"), ("i1", "i0")}


def test_what_cannot_be_seen_is_not_called_missing() -> None:
    found = setup_differences(seen(h9="?", e5="?"), START)
    assert [(d.kind, d.square) for d in found] == [("unseen", "h9"), ("unseen", "e5")]
    assert found[0].message == "h9 cannot be made out; it should carry the black horse"


def test_a_piece_of_no_set_is_one_too_many() -> None:
    bare = Position.from_fen("4k4/9/9/9/9/9/9/9/9/3K5 w - - 0 1")
    labels = list(board_to_fen_order(bare.board))
    labels[SQUARES.index("a5")] = "C"
    found = setup_differences(Reading.of_labels(labels), bare)
    assert [d.kind for d in found] == ["extra"]


def test_a_piece_too_many_is_named_though_the_laws_made_it_unreadable() -> None:
    reading = replace(seen(e5="?"), raw=seen(e5="n").points)
    assert messages(reading) == ["the black horse on e5 is one too many"]


def test_a_picture_seen_in_a_mirror_sends_no_man_anywhere() -> None:
    swapped = seen(a0="N", b0="R")
    assert len(messages(swapped)) == 2
    assert messages(replace(swapped, verdict="unsure", reason="mirrored")) == []


def test_a_doubtful_raw_reading_stays_unseen() -> None:
    raw = Reading.of_labels(seen(e5="n").labels, 0.6).points
    assert [d.kind for d in setup_differences(replace(seen(e5="?"), raw=raw), START)] == ["unseen"]
