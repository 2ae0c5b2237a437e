"""What the robot says about a board it cannot fully see."""

from engine import Game, Position
from host.game import words
from host.game.hand import Hand
from host.game.requests import Say
from host.game.sight import Sight
from host.game.state import Standing
from vision.reading import Reading, board_to_fen_order


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
