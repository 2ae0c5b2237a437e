"""The simulated person reacts like a person, likes captures, and is the same for the same seed."""

import random
from types import SimpleNamespace

import pytest

from engine import Game, Move, Position
from firmware.board import lockstep as pins
from host.arm.frames import square_board, turn_seat
from host.arm.robot import load as load_robot
from host.game.player import Player
from host.twin.person import SimulatedPerson, choose_move
from host.twin.roles import PersonView

ROBOT = load_robot()
FRAME_US = 4000


class FakeHand:
    """Notes what it is asked to do and is busy for half a second after it."""

    def __init__(self, world):
        self.world, self.acts, self.left = world, [], 0

    @property
    def busy(self):
        self.left = max(0, self.left - 1)
        return self.left > 0

    def begin_move(self, source, target, capture):
        self.acts.append(("move", source, target, capture))
        self.left = 125

    def begin_clear(self, piece):
        self.acts.append(("clear", self.world.square_of(piece)))
        self.left = 125

    def begin_fix(self, label, square):
        self.acts.append(("fix", label, square))
        self.left = 125


class FakeWorld:
    def __init__(self, board, robot_plays):
        self.robot, self.robot_plays = ROBOT, robot_plays
        self.pieces = [SimpleNamespace(index=i, label=board[s]) for i, s in enumerate(self._men(board))]
        self._squares = self._men(board)
        self.hand = FakeHand(self)

    @staticmethod
    def _men(board):
        return [square for square in range(90) if board[square] != "."]

    def square_of(self, piece):
        return self._squares[piece]

    def piece_seat(self, index):
        return turn_seat(square_board(ROBOT, self._squares[index]), self.robot_plays)


def live(person, world, seconds, led, start_us=0):
    """Let the person live; the times and bits of all button changes."""
    changes, before = [], 0
    for now_us in range(start_us, start_us + round(seconds * 1e6), FRAME_US):
        held = person.step(now_us, PersonView(led, True, False, world))
        if held != before:
            changes.append((now_us, held))
            before = held
    return changes


@pytest.fixture(params=["red", "black"])
def world(request):
    return FakeWorld(Position.start().board, request.param)


@pytest.mark.parametrize(("led", "button"), [(4, pins.IN_BUTTON_ACK), (6, pins.IN_BUTTON_GO)])
def test_a_light_that_asks_for_a_button_gets_it_after_a_human_delay(world, led, button):
    changes = live(SimulatedPerson(1, world.robot_plays), world, 2.5, led)
    assert changes[0][1] == button
    assert 0.5e6 < changes[0][0] < 2.5e6
    assert changes[1][1] == 0
    assert 0.1e6 < changes[1][0] - changes[0][0] < 0.3e6


def test_no_light_no_button_and_no_word_no_move(world):
    assert live(SimulatedPerson(1, world.robot_plays), world, 20, 0) == []
    assert world.hand.acts == []


def test_asked_for_a_move_the_person_makes_one_legal_move(world):
    person = SimulatedPerson(3, world.robot_plays)
    person.hear({"ask": "move", "text": "It is your turn."})
    live(person, world, 10, 2)
    ((kind, source, target, capture),) = world.hand.acts
    colour = "black" if world.robot_plays == "red" else "red"
    position = Position.from_board(Position.start().board, colour)
    assert kind == "move"
    assert Move(source, target) in position.legal_moves()
    assert capture == (position.board[target] != ".")


def test_asked_to_restore_the_person_puts_the_missing_pieces_back():
    points = list(Position.start().board)
    points[0], points[40] = ".", points[0]
    world = FakeWorld("".join(points), "black")
    person = SimulatedPerson(5, "black")
    person.hear({"ask": "restore", "placement": Position.start().placement(), "squares": ["a0"]})
    live(person, world, 8, 5)
    assert world.hand.acts == [("move", 40, 0, False)]


def test_a_piece_too_many_is_taken_away_and_a_missing_one_fetched():
    points = list(Position.start().board)
    points[1], points[40] = ".", "C"
    world = FakeWorld("".join(points), "black")
    person = SimulatedPerson(5, "black")
    person.hear({"ask": "restore", "placement": Position.start().placement(), "squares": []})
    live(person, world, 12, 5)
    assert world.hand.acts == [("clear", 40), ("fix", "N", 1)]


def test_a_board_on_which_the_general_stands_in_check_is_restored_too():
    checking = "4k4/4R4/9/9/9/9/9/9/9/3K5"
    world = FakeWorld("...K" + "." * 63 + "..R" + "." * 15 + "k" + "." * 4, "red")
    person = SimulatedPerson(5, "red")
    person.hear({"ask": "restore", "placement": checking, "squares": ["e8"]})
    live(person, world, 8, 5)
    assert world.hand.acts == [("move", 69, 76, False)]


def test_asked_to_centre_the_person_does_not_undo_the_move(world):
    person = SimulatedPerson(5, world.robot_plays)
    person.hear({"ask": "centre", "placement": None, "squares": ["e2", "h2"]})
    live(person, world, 8, 5)
    assert world.hand.acts == [("fix", "C", 25)]


def test_asked_about_a_piece_that_stands_right_the_person_centres_it(world):
    person = SimulatedPerson(5, world.robot_plays)
    person.hear({"ask": "restore", "placement": Position.start().placement(), "squares": ["h2", "e4"]})
    live(person, world, 8, 5)
    assert world.hand.acts == [("fix", "C", 25)]


def test_the_same_seed_lives_the_same_life():
    lives = []
    for _ in range(2):
        world = FakeWorld(Position.start().board, "black")
        person = SimulatedPerson(9, "black")
        person.hear({"ask": "move"})
        lives.append((live(person, world, 12, 6), world.hand.acts))
    assert lives[0] == lives[1]


@pytest.mark.parametrize("seed", range(16))
def test_every_short_game_has_a_capture(seed):
    dice, game, number, taken, captures = random.Random(f"person {seed}"), Game(), 0, False, 0
    robot, player = ("black" if seed % 2 == 0 else "red"), Player(seed)
    for _ in range(16):
        if game.verdict().state != "ongoing":
            break
        position = game.position
        if position.side == robot:
            move = Move.from_uci(player.choose(game).move)
        else:
            number += 1
            move = choose_move(position, dice, number, taken)
            taken |= position.board[move.to_square] != "."
        captures += position.board[move.to_square] != "."
        game.push(move)
    assert captures > 0


def test_a_draw_offered_is_accepted_once():
    person = SimulatedPerson(3, "red")
    assert person.says() is None
    person.hear({"ask": "draw", "text": "I offer a draw."})
    person.step(FRAME_US, PersonView(0, True, False, FakeWorld(Position.start().board, "red")))
    assert [person.says(), person.says()] == ["accept-draw", None]
