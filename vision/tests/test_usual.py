"""What is usual tips the scale for a man who can hardly be read, and no more than that."""

import json
from dataclasses import replace

import numpy as np
import pytest

from engine import Position
from vision.classify import KIND_COLUMNS
from vision.decode import cost_of, decode
from vision.errors import ModelFileError
from vision.laws import SLOT_LABELS, SLOT_POINTS
from vision.orientation import decode_as_given, decode_oriented, half_turned
from vision.reading import LABELS, SQUARES, board_to_fen_order
from vision.tests.synthetic_scores import scores_of
from vision.usual import load_usual, our_usual_nats

START = board_to_fen_order(Position.start().board)
KINDS = "KABNRCP"


def told(square: str, labels) -> str:
    return labels[SQUARES.index(square)]


def torn(square: str, **kinds: float):
    """The opening, with a man on `square` who looks like one of `kinds` with these shares."""
    scores = scores_of(START, np.random.default_rng(1))
    logp = np.array(scores.kind_logp)
    logp[SQUARES.index(square)] = np.log(1e-6)
    for kind, share in kinds.items():
        logp[SQUARES.index(square), KIND_COLUMNS.index(kind)] = np.log(share)
    return replace(scores, kind_logp=logp)


def test_a_doubtful_man_is_what_usually_stands_there() -> None:
    scores = torn("c3", P=0.4, N=0.6)
    lone = scores_of(
        [label if square == "c3" else "." for square, label in zip(SQUARES, START, strict=True)],
        np.random.default_rng(2),
    )
    assert told("c3", decode(scores, usual=True).told) == "P"
    assert told("c3", decode(scores, usual=True).raw_labels) == "N"
    assert told("c3", decode(lone, usual=True).told) == "P"


def test_a_man_who_is_plainly_read_stays_what_he_is_however_unusual() -> None:
    labels = list(START)
    horse, chariot = SQUARES.index("b0"), SQUARES.index("a0")
    labels[horse], labels[chariot] = labels[chariot], labels[horse]
    for seed in range(5):
        seen = decode(scores_of(labels, np.random.default_rng(seed)), usual=True)
        assert (told("b0", seen.labels), told("a0", seen.labels)) == ("R", "N")


def test_without_the_laws_nothing_is_usual() -> None:
    scores = torn("c3", P=0.4, N=0.6)
    assert told("c3", decode(scores, usual=True, free=True).told) == "N"


def test_the_cost_is_that_of_the_decoded_board_and_the_board_may_lie_either_way_up() -> None:
    scores = torn("c3", P=0.4, N=0.6)
    seen = decode(scores, usual=True)
    assert cost_of(scores, usual=True) == pytest.approx(seen.cost)
    assert decode_as_given(scores, usual=True).decoded.told == seen.told
    turned = decode_oriented(half_turned(scores), usual=True)
    assert turned.turned
    assert turned.decoded.told == seen.told


def test_both_sides_and_both_wings_have_the_same_places() -> None:
    nats = our_usual_nats()
    assert nats.shape == (90, 16)
    assert not nats[:, [LABELS.index("."), LABELS.index("?")]].any()
    red, black = nats[:, :7], nats[:, 7:14]
    assert np.allclose(red, black[::-1])
    assert np.allclose(red.reshape(10, 9, 7), red.reshape(10, 9, 7)[:, ::-1])


def test_where_men_begin_nothing_else_is_likelier() -> None:
    nats = our_usual_nats()
    for point, label in enumerate(START):
        if label != ".":
            assert nats[point].argmax() == LABELS.index(label), SQUARES[point]


def test_no_man_whom_the_laws_let_stand_somewhere_is_out_of_the_question_there() -> None:
    nats = our_usual_nats()
    for man, label in enumerate(SLOT_LABELS):
        assert nats[SLOT_POINTS[:, man], LABELS.index(label)].min() > -2.5


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"men": {}}',
        json.dumps({"men": {kind: [0] * 89 for kind in KINDS}}),
        json.dumps({"men": {kind: [-1] * 90 for kind in KINDS}}),
        json.dumps({"men": {kind: [True] * 90 for kind in KINDS}}),
        json.dumps({"men": {kind: [2**60] * 90 for kind in KINDS}}),
    ],
)
def test_a_damaged_table_is_refused_by_name(tmp_path, content) -> None:
    path = tmp_path / "usual.json"
    path.write_text(content)
    with pytest.raises(ModelFileError, match=r"usual\.json"):
        load_usual(path)


def test_a_missing_table_is_refused_by_name(tmp_path) -> None:
    with pytest.raises(ModelFileError, match=r"usual\.json cannot be read"):
        load_usual(tmp_path / "usual.json")
