"""The report has the promised form, and compares with the truth only where there is one."""

import json
from types import SimpleNamespace

import pytest

from engine import Position
from host.arm.frames import square_board
from host.arm.robot import load as load_robot
from host.game.chronicle import Chronicle, true_board, write_json
from host.game.requests import (
    Carry,
    Done,
    Errand,
    Fetch,
    Look,
    Message,
    PutDown,
    Say,
    Think,
    Write,
)
from vision.reading import Reading, board_to_fen_order

ROBOT = load_robot()
START = Position.start().board
E2, H2 = 22, 25


def truth_of(board, **moved):
    """The twin's truth of a board; `moved` shifts the piece of a square (metres)."""
    pieces = []
    for square, label in enumerate(board):
        if label == ".":
            continue
        place = square_board(ROBOT, square)
        dx, dy = moved.get(f"at{square}", (0.0, 0.0))
        pieces.append(
            {"label": label, "where": "board", "square": square, "x_m": place.x + dx, "y_m": place.y + dy}
        )
    return {"pieces": pieces}


class Clock:
    us = 0

    def now(self):
        return self.us


@pytest.fixture
def clock():
    return Clock()


def chronicle(clock, truth):
    body = SimpleNamespace(safety_events=[], released_us=None, sent=[])
    return Chronicle(ROBOT, body, clock.now, truth, []), body


def robot_move(chronicle, body, clock, after):
    errand = Carry(Errand("C", H2, E2, "move"), 0)
    chronicle.note(Think(), None, 30.0)
    clock.us += 3_000_000
    chronicle.note(Fetch(errand), Done(), 5.0)
    body.released_us = clock.us + 1_000_000
    clock.us += 1_700_000
    chronicle.note(PutDown(errand), Done(), 5.0)
    reading = Reading.of_labels(board_to_fen_order(after))
    chronicle.note(Look(), reading, 300.0)
    chronicle.note(Write("seen", {"ply": 0, "move": "h2e2", "capture": False}), None, 1.0)


AFTER = START[:E2] + "C" + START[E2 + 1 : H2] + "." + START[H2 + 1 :]


def test_a_robots_turn_has_the_promised_keys_and_the_true_placing_error(clock):
    story, body = chronicle(clock, lambda: truth_of(AFTER, **{f"at{E2}": (0.0003, 0.0004)}))
    robot_move(story, body, clock, AFTER)
    (turn,) = story.turns
    assert turn.keys() >= {
        "ply", "by", "move", "capture", "placing_error_mm", "reading_errors", "ms", "safety_events"
    }  # fmt: skip
    assert turn["by"] == "robot"
    assert turn["placing_error_mm"] == pytest.approx(0.5)
    assert turn["reading_errors"] == 0
    assert turn["ms"] == {"see": 0.0, "think": 30.0, "plan": 0.0, "move": 4700.0}


def test_a_wrong_point_of_the_accepted_reading_is_counted(clock):
    story, body = chronicle(clock, lambda: truth_of(START))
    robot_move(story, body, clock, AFTER)
    assert story.turns[0]["reading_errors"] == 2


def test_without_truth_nothing_is_claimed(clock):
    story, body = chronicle(clock, None)
    robot_move(story, body, clock, AFTER)
    assert story.turns[0]["placing_error_mm"] is None
    assert story.turns[0]["reading_errors"] is None


def test_a_persons_turn_is_timed_from_being_asked(clock):
    story, _ = chronicle(clock, None)
    story.note(Say(Message("It is your turn.", "move")), None, 0.1)
    clock.us += 6_500_000
    story.note(Write("person", {"ply": 1, "move": "h9g7", "capture": False}), None, 1.0)
    assert story.turns[0]["by"] == "person"
    assert story.turns[0]["ms"]["move"] == 6500.0


def test_pieces_in_hands_and_trays_are_not_on_the_board():
    truth = truth_of(START)
    truth["pieces"][0]["where"], truth["pieces"][1]["where"] = "held", "tray"
    assert true_board(truth)[:2] == ".."


def test_a_report_is_whole_at_any_time(tmp_path):
    path = tmp_path / "report.json"
    write_json(path, {"a": 1})
    write_json(path, {"马": [1.5]})
    assert json.loads(path.read_text()) == {"马": [1.5]}
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]
