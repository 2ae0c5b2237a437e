"""Boards and readings for the tests of the guard."""

import random

from engine import Move, Position
from vision import Guard, Reading
from vision.reading import SQUARES, board_to_fen_order

FRAME_US = 100_000


def labels_of(position: Position) -> list[str]:
    return list(board_to_fen_order(position.board))


def reading(labels, number: int = 0, confidence: float = 0.99, **fields) -> Reading:
    return Reading.of_labels(labels, confidence, frame_hash=f"frame {number}", **fields)


def put(labels: list[str], **changes: str) -> list[str]:
    """The labels with some squares changed: put(labels, a0=".", a2="R")."""
    changed = list(labels)
    for square, label in changes.items():
        changed[SQUARES.index(square)] = label
    return changed


def watch(guard: Guard, labels, seconds: float, start_us: int = 0, **fields):
    """Offer the same board for a while; the observations, first to last."""
    frames = range(int(seconds * 1e6 / FRAME_US) + 1)
    return [guard.offer(reading(labels, n, **fields), start_us + n * FRAME_US) for n in frames]


def after(position: Position, *moves: str) -> Position:
    for move in moves:
        position = position.after(Move.from_uci(move))
    return position


def random_game(seed: int, plies: int) -> list[Position]:
    rng = random.Random(seed)
    positions = [Position.start()]
    for _ in range(plies):
        moves = positions[-1].legal_moves()
        if not moves:
            break
        positions.append(positions[-1].after(rng.choice(moves)))
    return positions


START = Position.start()
LABELS_AT_START = labels_of(START)
