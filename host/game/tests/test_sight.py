"""What the robot says about a board it cannot fully see."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Game, Position
from host.game import words
from host.game.hand import Hand
from host.game.requests import Agree, Heard, Listen, Look, Say
from host.game.sight import Sight
from host.game.state import Standing
from vision.reading import LABELS, SQUARES, Reading, board_to_fen_order


def said_about(unseen):
    board = Position.start().board
    labels = list(board_to_fen_order(board))
    labels[45 : 45 + unseen] = "?" * unseen
    reading = Reading.of_labels(labels, frame_hash="00")
    (request,) = Sight(Hand(Standing(Game()))).ask(reading, board, "restore")
    assert isinstance(request, Say)
    return request.message


def test_a_few_points_that_cannot_be_made_out_are_named():
    message = said_about(2)
    assert "a4 cannot be made out" in message.text
    assert set(message.squares) == {"a4", "b4"}


def test_a_hand_over_the_board_is_not_told_point_by_point():
    assert said_about(20).text == words.COVERED


@pytest.mark.parametrize(
    ("verdict", "reason", "said"),
    [
        ("unsure", "mirrored", "turn off mirroring"),
        ("unsure", "cut-off", "outside the picture"),
        ("no-board", "not-xiangqi", "cannot find the board"),
        ("no-board", "too-dark", "give me more light"),
        ("wait", "covered", "Something covers the board"),
        ("wait", None, "Something covers the board"),
    ],
)
def test_a_picture_that_says_nothing_of_the_men_is_spoken_of_instead_of_them(verdict, reason, said):
    labels = list(board_to_fen_order(Position.start().board))
    labels[0], labels[1] = labels[1], labels[0]
    reading = replace(Reading.of_labels(labels), verdict=verdict, reason=reason)
    (request,) = Sight(Hand(Standing(Game()))).ask(reading, Position.start().board, "set-up")
    assert said in request.message.text
    assert "belongs" not in request.message.text


def faint(label: str) -> Reading:
    """The opening with a horse on b9 that may as well be `label`, and is told as `?`."""
    labels = list(board_to_fen_order(Position.start().board))
    scores = np.full((90, len(LABELS)), -12.0)
    scores[np.arange(90), [LABELS.index(each) for each in labels]] = 0.0
    at = SQUARES.index("b9")
    scores[at, LABELS.index("n")], scores[at, LABELS.index(label)] = -1.0, -0.4
    labels[at] = "?"
    return replace(Reading.of_labels(labels, frame_hash="faint"), log_likelihood=scores)


def requests_until_start(readings):
    """What `until` asks for when the looks show these readings, the last one again and again."""
    steps = Sight(Hand(Standing(Game()))).until(Position.start(), "set-up")
    made, answer = [], None
    while len(made) < 12:
        try:
            made.append(steps.send(answer))
        except StopIteration:
            return made
        answer = None
        if isinstance(made[-1], Look):
            answer = readings.pop(0) if len(readings) > 1 else readings[0]
        elif isinstance(made[-1], Listen):
            answer = Heard("ready", "", False, len(made) * 500_000)
    return made


def test_a_face_too_hard_to_read_is_agreed_on_where_nothing_speaks_against_the_opening():
    start = Reading.of_labels(board_to_fen_order(Position.start().board), frame_hash="known")
    made = requests_until_start([faint("b"), start])
    assert Agree(Position.start(), "faint") in made
    assert not any(isinstance(each, Say) for each in made)


def test_a_point_that_cannot_be_seen_is_not_agreed_on():
    labels = list(board_to_fen_order(Position.start().board))
    labels[SQUARES.index("b9")] = "?"
    made = requests_until_start([Reading.of_labels(labels, frame_hash="hidden")])
    assert not any(isinstance(each, Agree) for each in made)
    assert any(isinstance(each, Say) for each in made)
