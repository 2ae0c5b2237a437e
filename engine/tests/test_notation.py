import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Move, NotationError, Position
from engine.notation import (
    from_chinese,
    from_iccs,
    from_ten_ranks,
    from_wxf,
    to_chinese,
    to_iccs,
    to_ten_ranks,
    to_wxf,
)
from engine.tests.strategies import positions


@given(positions())
def test_every_legal_move_reads_back_in_every_notation(position):
    for write, read in ((to_iccs, from_iccs), (to_wxf, from_wxf), (to_chinese, from_chinese)):
        texts = [write(position, move) for move in position.legal_moves()]
        assert len(set(texts)) == len(texts)
        assert [read(position, text) for text in texts] == position.legal_moves()
    for move in position.legal_moves():
        assert from_ten_ranks(to_ten_ranks(move)) == move


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("炮二平五", "h2e2"),
        ("砲二平五", "h2e2"),
        ("馬八進七", "b0c2"),
        ("傌２进３", "h0g2"),
        ("俥一進一", "i0i1"),
        ("相三进五", "g0e2"),
        ("仕四进五", "f0e1"),
        ("兵七进一", "c3c4"),
        ("帥五進一", "e0e1"),
    ],
)
def test_red_moves_are_read_in_simplified_and_traditional_characters(text, move):
    assert from_chinese(Position.start(), text) == Move.from_uci(move)


def test_black_counts_files_from_its_own_right_in_plain_digits():
    black = Position.start().after(Move.from_uci("h2e2"))
    assert to_chinese(black, Move.from_uci("h9g7")) == "马8进7"
    assert from_chinese(black, "馬８進７") == Move.from_uci("h9g7")
    assert to_wxf(black, Move.from_uci("h9g7")) == "H8+7"


def test_like_men_on_a_file_are_told_apart():
    doubled = Position.from_fen("3k5/9/4R4/9/4R4/9/9/9/9/5K3 w")
    assert to_chinese(doubled, Move.from_uci("e7e8")) == "前车进一"
    assert to_chinese(doubled, Move.from_uci("e5a5")) == "后车平九"
    assert from_chinese(doubled, "後車平九") == Move.from_uci("e5a5")
    assert to_wxf(doubled, Move.from_uci("e5a5")) == "R-=9"
    assert from_wxf(doubled, "-R.9") == Move.from_uci("e5a5")
    tripled = Position.from_fen("5k3/4P4/4P4/4P4/9/9/9/9/9/3K5 w")
    assert to_chinese(tripled, Move.from_uci("e7d7")) == "中兵平六"
    assert to_wxf(tripled, Move.from_uci("e7d7")) == "25=6"
    two_files = Position.from_fen("5k3/2P1P4/2P1P4/9/9/9/9/9/9/3K5 w")
    assert to_chinese(two_files, Move.from_uci("e8d8")) == "前五平六"
    assert from_chinese(two_files, "前五平六") == Move.from_uci("e8d8")
    with pytest.raises(NotationError, match="may be"):
        from_chinese(two_files, "前兵平六")


@given(st.text(max_size=8) | st.text("炮马车兵前后中一二五九进退平CHR+-=.12589abi-", max_size=6))
def test_any_text_is_a_legal_move_or_refused(text):
    start = Position.start()
    for read in (from_iccs, from_wxf, from_chinese):
        try:
            move = read(start, text)
        except NotationError:
            continue
        assert start.is_legal(move)


@given(st.text("abi0123459", max_size=8))
def test_ten_rank_moves_read_back_or_are_refused(text):
    try:
        move = from_ten_ranks(text)
    except NotationError:
        return
    assert to_ten_ranks(move) == text


def test_illegal_moves_are_not_written():
    with pytest.raises(NotationError, match="not legal"):
        to_chinese(Position.start(), Move.from_uci("a0a5"))
