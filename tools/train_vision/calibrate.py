"""How far the reader's own certainty can be believed, measured on fonts and faces it has never seen.

Boards of played positions are drawn in held-out families, read with the corners a little wrong, and decoded.
Each point gives its evidence in nats and whether it was right; an isotonic fit turns one into the other.
"""

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.train_vision.fonts import Face
from tools.train_vision.placing import KINDS
from tools.train_vision.positions import played_letters
from tools.train_vision.samples import UNKNOWN, point_labels
from tools.train_vision.scene import Photographs
from tools.train_vision.shards import scene_of
from vision.classify import Classifier
from vision.confidence import CURVES, Calibration
from vision.decode import decode
from vision.geometry import BOARD_CORNERS, homography_from_corners, project
from vision.reading import LABELS

__all__ = ["Readings", "isotonic", "read_held_out", "reliability", "write_calibration"]

_CORNER_CELLS = 0.02
_PIECES = 2 * len(KINDS)


@dataclass(frozen=True)
class Readings:
    """Points that were read, all (n,), with the label decoded before any became `?`, and the raw one.

    `board` says of which board. `gap` are the nats for the decoded label, `clear_gap` the same weighed by
    the board's clearness, `right` whether it is, `piece` whether it names one; `own`, `raw_right` and
    `raw_piece` are the same for the label by the picture alone.
    """

    board: NDArray[np.int64]
    gap: NDArray[np.float64]
    right: NDArray[np.bool_]
    piece: NDArray[np.bool_]
    own: NDArray[np.float64]
    raw_right: NDArray[np.bool_]
    raw_piece: NDArray[np.bool_]
    clear_gap: NDArray[np.float64]

    def by_laws(self, table: Calibration) -> NDArray[np.float64]:
        """How often decoded labels like these are right by this table, whatever the picture alone says."""
        return table.cleared(self.clear_gap, self.piece)

    def confidence(self, table: Calibration) -> NDArray[np.float64]:
        """What the decoder says of each decoded label by this table, (n,)."""
        least = np.minimum(self.by_laws(table), table.decoded(self.gap, self.piece))
        return np.minimum(least, table.raw(self.own, self.raw_piece))


def read_held_out(
    classifier: Classifier, faces: list[Face], photographs: Photographs | None, seed: int, count: int
) -> Readings:
    """Read `count` boards of the held-out stream `seed`; points that cannot be judged are left out."""
    parts: list[list[NDArray[np.generic]]] = []
    for index in range(count):
        rng = np.random.default_rng([seed, index, 5])
        scene, _ = scene_of(seed, index, faces, photographs, held_out=True, letters=played_letters(rng))
        if scene.camera is None:
            continue
        slips = np.clip(rng.normal(0, _CORNER_CELLS, (4, 2)), -0.06, 0.06)
        homography = homography_from_corners(project(scene.homography, BOARD_CORNERS + slips))
        truth = point_labels(scene, homography)
        decoded = decode(classifier.classify(scene.image, homography))
        told, raw = (
            np.array([LABELS.index(label) for label in labels])
            for labels in (decoded.told, decoded.raw_labels)
        )
        wanted = np.array([_column(kind, red) for kind, red in zip(truth.kind, truth.red, strict=True)])
        # A point that is covered has no label to be right about.
        known = truth.learn & (truth.kind != UNKNOWN) & (told != LABELS.index("?"))
        columns = [np.full(90, index), decoded.gap, told == wanted, told < _PIECES]
        columns += [decoded.own, raw == wanted, raw < _PIECES, decoded.clear_gap]
        parts.append([column[known] for column in columns])
    return Readings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def isotonic(nats: NDArray[np.float64], right: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Fit the share that is right as a rising function of the evidence: knots (nats, share) to interpolate.

    Pool-adjacent-violators over equal bins. Each share is taken a standard error lower, and as if one more
    point had been right and one wrong, so that it claims no more than the sample can show.
    """
    order = np.argsort(nats, kind="stable")
    bins = [part for part in np.array_split(order, min(200, max(1, len(order) // 20))) if len(part)]
    if not bins:
        return [(0.0, 0.5)]
    blocks: list[list[float]] = []  # sum of evidence, right ones, count
    for part in bins:
        blocks.append([float(nats[part].sum()), float(right[part].sum()), float(len(part))])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [one + other for one, other in zip(blocks[-1], last, strict=True)]
    knots = [(total / count, _at_least(good, count)) for total, good, count in blocks]
    rising: list[tuple[float, float]] = []
    for nat, share in knots:
        rising.append((round(nat, 4), round(max(share, rising[-1][1] if rising else 0.0), 5)))
    return rising


def _at_least(good: float, count: float) -> float:
    share = (good + 1) / (count + 2)
    return max(0.0, share - math.sqrt(share * (1 - share) / (count + 2)))


def write_calibration(path: Path, readings: Readings) -> None:
    """Write the table that `vision.confidence` reads."""
    table: dict[str, object] = {"format": 1, "points": len(readings.right)}
    decoded, raw = (readings.gap, readings.right), (readings.own, readings.raw_right)
    cleared = readings.clear_gap, readings.right
    masks = (readings.piece, ~readings.piece, readings.raw_piece, ~readings.raw_piece, readings.piece)
    for name, (nats, right), mine in zip(CURVES, (decoded, decoded, raw, raw, cleared), masks, strict=True):
        table[name] = isotonic(nats[mine], right[mine])
    path.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def _column(kind: int, red: int) -> int:
    if kind < len(KINDS):
        return int(kind) + (0 if red == 1 else len(KINDS))
    return LABELS.index(".") if kind == UNKNOWN - 1 else LABELS.index("?")


def reliability(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], edges: Sequence[float]
) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and number of points in each bin between the `edges`."""
    rows = []
    for low, high in itertools.pairwise(edges):
        here = (confidence >= low) & (confidence < high)
        if here.any():
            rows.append((float(confidence[here].mean()), float(right[here].mean()), int(here.sum())))
    return rows
