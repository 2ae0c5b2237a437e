"""Wherever a carried piece falls when the power goes, the person who is asked can put the board right."""

import pytest

from engine import Position
from host.arm.frames import Point, turn_seat
from host.twin.person import SimulatedPerson
from host.twin.roles import PersonView

FRAME_US = 10_000
A_WHILE_US = 120_000_000
TAKEN_HORSE = Position.from_fen("rnbakabCr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C7/9/RNBAKABNR b - - 0 1")
TAKEN_BACK = Position.from_fen("rnbakabr1/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C7/9/RNBAKABNR w - - 0 1")


def drop(world, piece, file, rank):
    """Let a piece fall from carrying height over a place of the board given in cells."""
    pitch = world.robot.board.pitch
    here = turn_seat(Point((file - 4.0) * pitch, (rank - 4.5) * pitch), world.robot_plays)
    address = world.at.piece_qpos[piece]
    world.data.qpos[address : address + 3] = (here.x, here.y, 0.025)
    world.advance(world.now_us() + 1_000_000)


def live(world, person, until_us):
    while world.now_us() < until_us:
        person.step(world.now_us(), PersonView(0, True, False, world))
        world.advance(world.now_us() + FRAME_US)


@pytest.mark.parametrize(
    ("file", "rank"),
    [
        (6.63, 8.52),  # among four points, of which one should carry something else
        (6.5, 9.0),  # pushed in between two men
        (8.0, 9.0),  # on top of a man
        (8.6, 9.4),  # half over the corner
        (4.2, 7.7),  # in the open, near a point that should be empty
        (6.0, 7.0),  # right on a free point
    ],
)
@pytest.mark.parametrize("plays", ["black", "red"])
def test_a_captured_piece_that_fell_is_cleared_and_the_move_made(make, file, rank, plays):
    world = make(seed=2, robot_plays=plays, placement=TAKEN_HORSE.placement())
    cannon = world.hand.piece_on(9 * 9 + 7)
    drop(world, cannon, file, rank)
    person = SimulatedPerson(2, plays)
    ask = {"ask": "restore", "placement": TAKEN_BACK.placement(), "squares": ["h8", "h9", "i9"]}
    person.hear(ask)
    live(world, person, world.now_us() + A_WHILE_US / 4)
    person.hear(ask)  # what a first attempt pushed about is put right after a reminder
    live(world, person, world.now_us() + A_WHILE_US / 4)
    truth = world.truth()
    board = ["."] * 90
    for piece in truth["pieces"]:
        if piece["where"] == "board":
            assert board[piece["square"]] == "."
            board[piece["square"]] = piece["label"]
    assert "".join(board) == TAKEN_BACK.board
