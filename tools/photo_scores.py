"""Scores the vision models on a folder of photographs with known positions and corners."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.errors import BadInputError
from vision.classify import Classifier
from vision.decode import decode
from vision.files import load_picture
from vision.geometry import BOARD_CORNERS, half_turn, homography_from_corners, project, unproject
from vision.locate import Locator
from vision.orientation import decode_oriented

__all__ = ["LabelledPhoto", "PhotoScore", "labelled_photos", "score_photo", "summary"]

#: A board counts as found when no corner is farther off than this.
FOUND_CELLS = 0.25


@dataclass(frozen=True)
class LabelledPhoto:
    """A photograph: `labels` are 90 FEN letters or "." in FEN order, `masked` the points not to be scored."""

    path: Path
    tier: str
    labels: str
    masked: frozenset[int]
    corners: NDArray[np.float64]


@dataclass(frozen=True)
class PhotoScore:
    """What the models made of one photograph: right points with the true corners and without any.

    `points` are scored. `raw` and `decoded` count right labels with the true corners, before and after the
    laws of the game; `corner_cells` is the located board's largest corner error (None: no board found);
    `unaided` counts right labels from the picture alone.
    """

    file: str
    tier: str
    points: int
    raw: int
    decoded: int
    corner_cells: float | None
    unaided: int

    @property
    def found(self) -> bool:
        """Whether the board was found where it is."""
        return self.corner_cells is not None and self.corner_cells <= FOUND_CELLS


def labelled_photos(folder: Path) -> list[LabelledPhoto]:
    """Read `labels.json` of the folder. Raises `BadInputError` naming the entry that cannot be used."""
    index = folder / "labels.json"
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))["photos"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{index} is not a list of labelled photographs ({error})") from error
    return [_photo(folder, entry) for entry in entries]


def score_photo(photo: LabelledPhoto, locator: Locator, classifier: Classifier) -> PhotoScore:
    """Read one photograph with its true corners, then from the picture alone."""
    image = load_picture(photo.path)
    truth = homography_from_corners(photo.corners)
    aided = decode(classifier.classify(image, truth))
    located = locator.locate(image)
    corner_cells, unaided = None, 0
    if located is not None:
        corner_cells, turned = _corner_error(located.homography, truth)
        oriented = decode_oriented(classifier.classify(image, located.homography))
        labels = oriented.decoded.labels
        if turned != oriented.turned:
            labels = labels[::-1]
        unaided = _right(photo, labels) if corner_cells <= FOUND_CELLS else 0
    return PhotoScore(
        file=photo.path.name,
        tier=photo.tier,
        points=90 - len(photo.masked),
        raw=_right(photo, aided.raw_labels),
        decoded=_right(photo, aided.labels),
        corner_cells=corner_cells,
        unaided=unaided,
    )


def summary(scores: Sequence[PhotoScore]) -> dict[str, float]:
    """Return rates over all photographs and over those of tier A, and how many boards were found."""
    figures: dict[str, float] = {"photos": len(scores), "found": sum(score.found for score in scores)}
    for name, part in (("all", scores), ("tier_a", [score for score in scores if score.tier == "A"])):
        points = max(1, sum(score.points for score in part))
        for field in ("raw", "decoded", "unaided"):
            figures[f"{field}_{name}"] = sum(getattr(score, field) for score in part) / points
    return figures


def _photo(folder: Path, entry: Mapping[str, object]) -> LabelledPhoto:
    name = str(entry.get("file", "?"))
    rows = str(entry.get("fen", "")).split("/")
    labels = "".join("." * int(letter) if letter.isdigit() else letter for row in rows for letter in row)
    corners = np.asarray(entry.get("corners"), dtype=np.float64)
    masked = entry.get("masked")
    if len(labels) != 90 or corners.shape != (4, 2) or not isinstance(masked, list) or "/" in name:
        raise BadInputError(
            f"{folder / 'labels.json'}: the entry {name!r} must have file, fen, corners and masked"
        )
    return LabelledPhoto(
        path=folder / name,
        tier=str(entry.get("tier", "?")),
        labels=labels,
        masked=frozenset(_index(str(square)) for square in masked),
        corners=corners,
    )


def _index(square: str) -> int:
    """FEN-order index of a square in the labels' own convention, ranks 1 to 10."""
    file, rank = "abcdefghi".find(square[:1]), square[1:]
    if file < 0 or not rank.isdigit() or not 1 <= int(rank) <= 10:
        raise BadInputError(f"{square!r} is not a square from a1 to i10")
    return (10 - int(rank)) * 9 + file


def _right(photo: LabelledPhoto, labels: Sequence[str]) -> int:
    return sum(
        told == true
        for index, (told, true) in enumerate(zip(labels, photo.labels, strict=True))
        if index not in photo.masked
    )


def _corner_error(homography: NDArray[np.float64], truth: NDArray[np.float64]) -> tuple[float, bool]:
    """Largest corner error in cells, and whether the located lattice is named from the other end."""
    errors = []
    for named in (homography, half_turn(homography)):
        off = unproject(truth, project(named, BOARD_CORNERS)) - BOARD_CORNERS
        errors.append(float(np.hypot(*off.T).max()))
    return min(errors), errors[1] < errors[0]
