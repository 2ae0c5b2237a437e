"""The evaluation net in the core, with weights drawn at random."""

import hashlib
import random
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Move, Net, NetError, Position
from engine.selfplay import TACTICAL_KINDS
from engine.tests.strategies import mirrored_fen, positions, swapped_fen

WIDTH, INPUTS, TACTICS, OUTPUTS = 128, 6 * 1260, 2 * TACTICAL_KINDS, 8


def net_file(seed, output_bound=127):
    draw = np.random.default_rng(seed)
    body = b"QIYOUNN2" + struct.pack("<IIIIi", WIDTH, INPUTS, TACTICS, OUTPUTS, 400)
    body += draw.integers(-60, 61, WIDTH * (1 + INPUTS + TACTICS)).astype("<i2").tobytes()
    body += draw.integers(-output_bound, output_bound + 1, 2 * WIDTH * OUTPUTS).astype("<i2").tobytes()
    body += draw.integers(-100_000, 100_001, OUTPUTS).astype("<i4").tobytes()
    return body + hashlib.sha256(body).digest()


FILE = net_file(1)
NET = Net(FILE)


def random_line(seed, plies):
    choose = random.Random(seed)
    position, moves, reached = Position.start(), [], []
    while len(moves) < plies and (legal := position.legal_moves()):
        moves.append(choose.choice(legal))
        position = position.after(moves[-1])
        reached.append(position)
    return moves, reached


@given(st.integers(0, 2**32), st.integers(1, 200), st.booleans())
def test_updating_along_a_game_equals_computing_afresh_with_either_arithmetic(seed, plies, scalar):
    moves, reached = random_line(seed, plies)
    line = NET.evaluate_line(Position.start(), moves, scalar=scalar)
    assert line == [NET.evaluate(position, scalar=not scalar) for position in reached]


@given(positions())
def test_a_position_seen_in_the_mirror_or_with_sides_swapped_scores_the_same(position):
    score = NET.evaluate(position)
    # With the general on the middle file neither half of the board comes first.
    if "K" not in position.board[4::9] and "k" not in position.board[4::9]:
        assert NET.evaluate(Position.from_fen(mirrored_fen(position.fen()))) == score
    assert NET.evaluate(Position.from_fen(swapped_fen(position.fen()))) == score


def test_scores_of_random_nets_differ_between_positions():
    _, reached = random_line(3, 60)
    assert len({NET.evaluate(position) for position in reached}) > 50


def test_the_hash_of_a_net_is_that_of_its_content():
    assert NET.sha256 == hashlib.sha256(FILE[:-32]).hexdigest()


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_an_altered_net_is_refused(at, change):
    altered = bytearray(FILE)
    altered[at] ^= change
    with pytest.raises(NetError):
        Net(bytes(altered))


@pytest.mark.parametrize("size", [0, 7, 28, len(FILE) - 1])
def test_a_truncated_net_is_refused(size):
    with pytest.raises(NetError, match="should have"):
        Net(FILE[:size])


def test_a_net_of_another_shape_is_refused():
    body = FILE[:8] + struct.pack("<IIII", 64, INPUTS * 2, TACTICS, OUTPUTS) + FILE[24:-32]
    with pytest.raises(NetError, match="shape"):
        Net(body + hashlib.sha256(body).digest())


def test_weights_that_the_integers_cannot_hold_are_refused():
    with pytest.raises(NetError, match="beyond 127"):
        Net(net_file(1, output_bound=200))


def test_a_refused_file_is_named(tmp_path):
    path = tmp_path / "small.nnue"
    path.write_bytes(FILE[:100])
    with pytest.raises(NetError, match=r"small\.nnue: the evaluation net has 100 bytes"):
        Net.load(path)


def test_a_loaded_net_is_the_one_that_was_written(tmp_path):
    path = tmp_path / "a.nnue"
    path.write_bytes(FILE)
    assert Net.load(path).sha256 == NET.sha256


def test_a_line_with_an_illegal_move_is_refused():
    with pytest.raises(ValueError, match="not legal"):
        NET.evaluate_line(Position.start(), [Move.from_uci("a0a5")])


def test_the_built_in_net_is_the_committed_file_and_scores_alike_with_either_arithmetic():
    built_in = Net.builtin()
    committed = Net.load(Path(__file__).parents[1] / "nets" / "qiyou.nnue")
    assert built_in.sha256 == committed.sha256
    _, reached = random_line(9, 120)
    assert [built_in.evaluate(position) for position in reached] == [
        committed.evaluate(position, scalar=True) for position in reached
    ]


def test_the_built_in_net_knows_what_men_are_worth():
    start = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1"
    without_chariot = start.replace("RNBAKABNR", "1NBAKABNR")
    without_horse = start.replace("RNBAKABNR", "R1BAKABNR")
    even, horse_down, chariot_down = (
        Net.builtin().evaluate(Position.from_fen(fen)) for fen in (start, without_horse, without_chariot)
    )
    assert abs(even) < 100
    assert even - 150 > horse_down > chariot_down + 150
