import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import START_FEN, FenError, IllegalMoveError, Move, Position, SquareError
from engine.tests.strategies import mirrored_fen, mirrored_move, positions, swapped_fen, swapped_move


@given(positions())
def test_a_fen_written_and_read_is_the_same_position(position):
    again = Position.from_fen(position.fen())
    assert again == position
    assert hash(again) == hash(position)
    assert again.legal_moves() == position.legal_moves()


@given(positions())
def test_the_board_read_back_is_the_same_placement(position):
    assert Position.from_board(position.board, position.side).placement() == position.placement()


@given(positions())
def test_every_legal_move_leads_to_a_lawful_position_of_the_other_side(position):
    for move in position.legal_moves():
        after = position.after(move)
        assert Position.from_fen(after.fen()) == after
        assert after.side != position.side
        taken = position.piece_at(move.to_square) != "."
        assert after.halfmove_clock == (0 if taken else position.halfmove_clock + 1)


@given(positions(), st.integers(0, 89), st.integers(0, 89))
def test_a_move_is_legal_exactly_when_it_is_listed(position, start, end):
    move = Move(start, end)
    assert position.is_legal(move) == (move in position.legal_moves())
    if not position.is_legal(move):
        with pytest.raises(IllegalMoveError, match=str(move)):
            position.after(move)


@given(positions())
def test_a_position_never_changes(position):
    before = position.fen()
    for move in position.legal_moves()[:3]:
        position.after(move)
    assert position.fen() == before


@given(positions())
def test_left_and_right_are_alike(position):
    mirror = Position.from_fen(mirrored_fen(position.fen()))
    assert set(mirror.legal_moves()) == {mirrored_move(move) for move in position.legal_moves()}
    assert mirror.is_check == position.is_check


@given(positions())
def test_red_and_black_are_alike(position):
    swapped = Position.from_fen(swapped_fen(position.fen()))
    assert set(swapped.legal_moves()) == {swapped_move(move) for move in position.legal_moves()}
    assert swapped.is_check == position.is_check


@given(positions())
def test_a_position_survives_pickling(position):
    assert pickle.loads(pickle.dumps(position)) == position


@given(st.text(max_size=200) | st.text("rnbakcpRNBAKCP123456789/ wb-", max_size=120))
def test_any_text_is_either_a_position_or_refused_in_one_sentence(text):
    try:
        position = Position.from_fen(text)
    except FenError as error:
        sentence = str(error)
    else:
        sentence = "none"
        assert Position.from_fen(position.fen()) == position
    assert sentence
    assert "\n" not in sentence


def test_elephants_horses_and_red_may_be_named_otherwise():
    other = "rheakaehr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RHEAKAEHR r - - 0 1"
    assert Position.from_fen(other).fen() == START_FEN
    assert Position.from_fen(other.split(maxsplit=1)[0]).fen() == START_FEN


@pytest.mark.parametrize(
    ("fen", "named"),
    [
        ("", "empty"),
        ("rnbakabnr/9/9/9/9/9/9/9/9", "only 9 ranks"),
        ("9/9/9/9/9/9/9/9/9/9/9", "more than 10 ranks"),
        ("rnbakabnrr/9/9/9/9/9/9/9/9/4K4", "rank 9 has more than 9"),
        ("4k3/9/9/9/9/9/9/9/9/3K5", "rank 9 has 8 points"),
        ("4k4/9/9/9/4x4/9/9/9/9/3K5", "'x' on rank 5"),
        ("4k4/9/9/9/9/9/9/9/9/9", "no red general"),
        ("4k4/9/9/9/9/9/9/9/9/3KK4", "red general on e0 is one too many"),
        ("4k4/9/9/9/9/9/3K5/9/9/9", "red general on d3"),
        ("4k4/9/9/9/9/9/9/9/9/3KA4", "red advisor on e0"),
        ("4k4/9/9/9/4b4/9/9/9/9/3K5", "black elephant on e5"),
        ("4k4/9/9/9/9/9/9/9/9/3K4P", "red soldier on i0"),
        ("4k4/9/9/rrr6/9/9/9/9/9/3K5", "black chariot on c6 is one too many"),
        ("4k4/9/9/9/9/9/9/9/9/4K4", "e0 and e9 face each other"),
        ("4k4/9/9/9/4R4/9/9/9/9/3K5 w", "black general on e9 stands in check"),
        ("4k4/9/9/9/9/9/9/9/9/3K5 x", "side to move"),
        ("4k4/9/9/9/9/9/9/9/9/3K5 w - - many 1", "plies without capture"),
        ("4k4/9/9/9/9/9/9/9/9/3K5 w - - 0 0", "move number"),
        ("4k4/9/9/9/9/9/9/9/9/3K5 w - - 0 1 2", "more than 6 fields"),
        ("4" * 1000, "1000 characters"),
    ],
)
def test_a_refusal_names_what_is_wrong(fen, named):
    with pytest.raises(FenError, match=named):
        Position.from_fen(fen)


def test_a_board_is_refused_with_the_square():
    board = list(Position.start().board)
    board[40] = "A"
    with pytest.raises(FenError, match="red advisor on e4"):
        Position.from_board("".join(board), "red")
    with pytest.raises(FenError, match="90"):
        Position.from_board("...", "red")
    with pytest.raises(FenError, match="side"):
        Position.from_board(Position.start().board, "white")


def test_squares_and_moves_read_back():
    assert Position.start().piece_at(0) == "R"
    assert Position.start().piece_at(85) == "k"
    with pytest.raises(SquareError):
        Position.start().piece_at(90)
    assert str(Move.from_uci("i9a0")) == "i9a0"
