"""A trial sees and remembers as a game does."""

import itertools

from engine import Position
from host.arm.robot import load as load_robot
from host.trial.campaign import play_trial
from host.twin.noise import load as load_noise
from host.twin.world import World
from vision.reading import Reading, board_to_fen_order

ROBOT = load_robot()
START = Position.start().board
A0 = 0


class Reader:
    """Reads the truth, but takes the chariot on a0 for a horse until the game has agreed on what stands."""

    def __init__(self, world):
        self.world = world
        self.agreed = []
        self.looks = 0

    def look(self, frame):
        self.looks += 1
        labels = ["."] * 90
        for piece in self.world.truth()["pieces"]:
            if piece["where"] == "board":
                labels[piece["square"]] = piece["label"]
        if not self.agreed:
            labels[A0] = "N"
        return Reading.of_labels(board_to_fen_order("".join(labels)), frame_hash=str(self.looks))

    def confirm(self, position, frame_hash):
        self.agreed.append((position.board, frame_hash))


def test_a_set_that_was_agreed_on_is_known_from_then_on_and_nobody_is_asked():
    world = World(ROBOT, load_noise(), 5, robot_plays="red")
    reader = Reader(world)
    moves = list(itertools.islice(play_trial(world, 5, "red", reader), 2))
    assert [(move.fault, move.asked) for move in moves] == [("", 0), ("", 0)]
    boards = [board for board, _ in reader.agreed]
    assert len(set(boards)) == 4, "the set-up, two moves of the robot, one of the person"
    assert reader.agreed[0] == (START, "1")

