"""Point scores as a classifier would give them, made from labels and seeded noise."""

import random

import numpy as np

from engine import Position
from vision.classify import KIND_COLUMNS, PointScores


def scores_of(
    labels, rng: np.random.Generator, *, sure: float = 9.0, noise: float = 1.0, red_bias: float = 0.0
) -> PointScores:
    """Scores in which every point shows its label by about `sure` nats over normal noise.

    `red_bias` shifts all crops' own red-log-odds: a set whose inks are both brown, or both green.
    """
    kinds = rng.normal(0, noise, (90, 9))
    side = np.zeros(90)
    for point, label in enumerate(labels):
        kinds[point, KIND_COLUMNS.index(label.upper())] += sure
        if label.isalpha():
            side[point] = 1 if label.isupper() else -1
    kinds -= np.logaddexp.reduce(kinds, axis=1, keepdims=True)
    ink = side[:, None] * np.array([1.2, -0.8, 0.5, 0.0]) + rng.normal(0, 0.15, (90, 4))
    red = 3.0 * side + red_bias + rng.normal(0, 0.5, 90)
    offsets = rng.normal(0, 0.05, (90, 2))
    return PointScores(*(part.astype(np.float32) for part in (kinds, red, ink, offsets)))


def random_position(seed: int, plies: int) -> Position:
    """A position reached by random legal moves from the start."""
    rng = random.Random(seed)
    position = Position.start()
    for _ in range(plies):
        moves = position.legal_moves()
        if not moves:
            break
        position = position.after(rng.choice(moves))
    return position
