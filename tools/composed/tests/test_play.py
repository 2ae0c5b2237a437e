"""Composed games in front of the real nets: what people do at a board is understood, and never
misunderstood.
"""

import json

import numpy as np
import pytest

from engine import Position
from tools.cli import main
from tools.composed.acts import KINDS, choose_act
from tools.composed.looks import printed_look
from tools.composed.play import play_game
from tools.composed.stage import Stage, men_of
from tools.composed.view import look_at_board
from tools.evaluate_vision.bounds import wilson
from vision.geometry import homography_from_corners
from vision.reading import board_to_fen_order

START = board_to_fen_order(Position.start().board)


def test_a_composed_picture_is_the_same_for_the_same_arguments_and_shows_the_board_where_it_says() -> None:
    stage = Stage(printed_look(1), look_at_board((640, 480), tilt=0.3), 1)
    men = men_of(START, np.random.default_rng(1))
    first = stage.picture(list(men.values()))
    assert first.shape == (480, 640, 3)
    assert np.array_equal(first, stage.picture(list(men.values())))
    assert not np.array_equal(first, stage.picture(list(men.values()), frame=1))
    corners = stage.view.corners
    assert (corners > 0).all()
    assert (corners < (640, 480)).all()
    homography_from_corners(corners)  # clockwise from a9


@pytest.mark.parametrize("kind", KINDS)
def test_acts_are_what_their_kind_says(kind) -> None:
    position = Position.from_fen("rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1")
    labels = board_to_fen_order(position.board)
    legal = {move.uci() for move in position.legal_moves()}
    from vision.reading import SQUARES

    for seed in range(20):
        act = choose_act(kind, position, np.random.default_rng(seed))
        assert act is not None
        played = [SQUARES[a] + SQUARES[b] for a, b in act.moves]
        assert all(labels[a] != "." for a, _ in act.moves)
        if kind in {"move", "takeback", "half", "two-moves"}:
            assert set(played) <= legal
        if kind == "capture":
            assert labels[act.moves[0][1]].islower()
        if kind == "illegal":
            assert not set(played) & legal


def test_a_few_acts_of_a_composed_game_are_understood_and_none_is_misunderstood() -> None:
    records = list(play_game(0, fonts=False, acts=5))
    assert len(records) == 5
    assert [record.act for record in records if record.wrong] == []
    assert [record.act for record in records if not record.understood] == []


def test_a_run_is_gone_on_with_and_refuses_what_is_not_its_own(tmp_path, capsys, monkeypatch) -> None:
    path = tmp_path / "games.jsonl"
    played = []

    def short(game, **options):
        played.append(game)
        return play_game(game, **{**options, "acts": 1})

    monkeypatch.setattr("tools.evaluate_vision.sequences.play_game", short)
    words = ["evaluate-sequences", "--out", str(path), "--captures", "0", "--takebacks", "0", "--printed"]
    assert main([*words, "--moves", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["holds"]
    assert told["wrong"] == 0
    count = len(played)
    path.write_text(path.read_text() + '{"torn')
    assert main([*words, "--moves", "1"]) == 0
    assert len(played) == count
    path.write_text('{"game": 0, "models": "others", "acts": []}\n')
    assert main([*words, "--moves", "1"]) == 2


def test_the_interval_of_a_share_holds_it_and_narrows_with_the_count() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(99, 100)
    assert low < 0.99 < high < 1
    assert wilson(990, 1000)[0] > low
    assert wilson(10, 10)[1] == pytest.approx(1.0)
