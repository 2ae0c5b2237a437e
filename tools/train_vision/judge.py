"""Judges a pair of models on synthetic pictures drawn with fonts that training never saw."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from tools.train_vision.fonts import Face
from tools.train_vision.samples import EMPTY, point_labels
from tools.train_vision.scene import Scene
from tools.train_vision.shards import scene_of
from vision.classify import Classifier
from vision.geometry import BOARD_CORNERS, homography_from_corners, project, unproject
from vision.locate import Located, Locator

__all__ = ["Judgement", "corner_error_cells", "judge"]

_GOOD_CELLS = 0.25
_CORNER_POINTS = [0, 8, 89, 81]


@dataclass(frozen=True)
class Judgement:
    """Counts and rates over the pictures judged; rates are 0..1, distances in cells."""

    boards: int
    boards_found: int
    boards_found_well: int
    corner_error_median: float
    pictures_without_board: int
    false_boards: int
    points: int
    kind_accuracy: float
    piece_accuracy: float
    side_accuracy: float
    offset_error_median: float
    offset_error_p95: float

    def table(self) -> dict[str, float]:
        """Return the figures by name, as they are written to a report."""
        return asdict(self)


def judge(locator: Locator, classifier: Classifier, faces: list[Face], seed: int, count: int) -> Judgement:
    """Judge on `count` scenes of the held-out stream `seed`.

    Points are read with the true homography moved by 0.03 cells a corner, as a good locator leaves it.
    """
    errors: list[float] = []
    empty = false = boards = 0
    kinds: list[NDArray[np.bool_]] = []
    pieces: list[NDArray[np.bool_]] = []
    sides: list[NDArray[np.bool_]] = []
    offsets: list[NDArray[np.float64]] = []
    for index in range(count):
        scene, rng = scene_of(seed, index, faces, None, held_out=True)
        located = locator.locate(scene.image)
        if scene.camera is None:
            empty += 1
            false += located is not None
            continue
        boards += 1
        if located is not None:
            errors.append(corner_error_cells(located, scene))
        moved = project(scene.homography, BOARD_CORNERS + np.clip(rng.normal(0, 0.03, (4, 2)), -0.08, 0.08))
        homography = homography_from_corners(moved)
        truth = point_labels(scene, homography)
        scores = classifier.classify(scene.image, homography)
        right = scores.kind_logp.argmax(axis=1) == truth.kind
        stands = truth.learn & (truth.kind < EMPTY)
        kinds.append(right[truth.learn])
        pieces.append(right[stands])
        sides.append(((scores.red_logit > 0) == (truth.red == 1))[stands])
        offsets.append(np.hypot(*(scores.offset_cells - truth.offset)[stands].T))
    off = np.concatenate(offsets)
    return Judgement(
        boards=boards,
        boards_found=len(errors),
        boards_found_well=sum(error < _GOOD_CELLS for error in errors),
        corner_error_median=float(np.median(errors)) if errors else float("nan"),
        pictures_without_board=empty,
        false_boards=false,
        points=sum(len(part) for part in kinds),
        kind_accuracy=float(np.concatenate(kinds).mean()),
        piece_accuracy=float(np.concatenate(pieces).mean()),
        side_accuracy=float(np.concatenate(sides).mean()),
        offset_error_median=float(np.median(off)),
        offset_error_p95=float(np.quantile(off, 0.95)),
    )


def corner_error_cells(located: Located, scene: Scene) -> float:
    """Return the largest distance in cells of a located corner from the true one, up to a half turn."""
    true = unproject(scene.homography, scene.lattice[_CORNER_POINTS])
    seen = unproject(scene.homography, located.corners)
    return min(float(np.hypot(*(np.roll(seen, turn, axis=0) - true).T).max()) for turn in (0, 2))
