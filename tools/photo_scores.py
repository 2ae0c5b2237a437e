"""Scores the vision models on a folder of photographs with known positions and corners."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.errors import BadInputError
from vision.classify import Classifier
from vision.files import load_picture
from vision.geometry import BOARD_CORNERS, half_turn, homography_from_corners, project, unproject
from vision.locate import Locator
from vision.look import Looker
from vision.reading import Frame

__all__ = ["LabelledPhoto", "PhotoScore", "labelled_photos", "points_told", "score_photo", "summary"]

#: A board counts as found when no corner is farther off than this.
FOUND_CELLS = 0.25
#: A point is sure when its confidence is over this.
SURE = 0.9


@dataclass(frozen=True)
class LabelledPhoto:
    """A photograph: `labels` are 90 FEN letters or "." in FEN order, `masked` the points not to be scored."""

    path: Path
    tier: str
    source: str
    labels: str
    masked: frozenset[int]
    corners: NDArray[np.float64]


@dataclass(frozen=True)
class PhotoScore:
    """What the models made of one photograph: with the true corners and without any.

    `points` are scored. With the true corners: `raw` and `decoded` count right labels before and after the
    laws of the game, `open` the `?` and `wrong` the wrong labels after them, `sure` right labels with a
    confidence over 0.9, `sure_wrong` wrong ones. From the picture alone: `corner_cells` is the located
    board's largest corner error (None: no board found), `unaided` counts right labels, `verdict` is the
    reader's own.
    """

    file: str
    tier: str
    source: str
    points: int
    masked: int
    raw: int
    decoded: int
    open: int
    wrong: int
    sure: int
    sure_wrong: int
    corner_cells: float | None
    unaided: int
    verdict: str

    @property
    def found(self) -> bool:
        """Whether the board was found where it is."""
        return self.corner_cells is not None and self.corner_cells <= FOUND_CELLS

    @property
    def perfect(self) -> bool:
        """Whether every scored point was read right from the picture alone."""
        return self.unaided == self.points


def labelled_photos(folder: Path) -> list[LabelledPhoto]:
    """Read `labels.json` of the folder. Raises `BadInputError` naming the entry that cannot be used."""
    index = folder / "labels.json"
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))["photos"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{index} is not a list of labelled photographs ({error})") from error
    return [_photo(folder, entry) for entry in entries]


def score_photo(photo: LabelledPhoto, locator: Locator, classifier: Classifier) -> PhotoScore:
    """Read one photograph with its true corners, then from the picture alone, both as `qiyou look` does."""
    frame = Frame(load_picture(photo.path), 0, photo.path.name)
    truth = homography_from_corners(photo.corners)
    aided = Looker(corners=photo.corners, classifier=classifier).look(frame, asked=True)
    scored = np.array([index not in photo.masked for index in range(90)])
    right = np.array([told == true for told, true in zip(aided.labels, photo.labels, strict=True)]) & scored
    wrong = scored & ~right & (np.array(aided.labels) != "?")
    decoded, unknown = points_told(photo, aided.labels)
    sure = np.array([point.confidence for point in aided.points]) > SURE
    reading = Looker(locator=locator, classifier=classifier).look(frame, asked=True)
    corner_cells, unaided = None, 0
    if reading.corners is not None:
        corner_cells, turned = _corner_error(homography_from_corners(reading.corners), truth)
        unaided = points_told(photo, reading.labels)[0] if corner_cells <= FOUND_CELLS and not turned else 0
    return PhotoScore(
        file=photo.path.name,
        tier=photo.tier,
        source=photo.source,
        points=int(scored.sum()),
        masked=len(photo.masked),
        raw=points_told(photo, [point.label for point in aided.raw])[0],
        decoded=decoded,
        open=unknown,
        wrong=int(wrong.sum()),
        sure=int((sure & right).sum()),
        sure_wrong=int((sure & wrong).sum()),
        corner_cells=corner_cells,
        unaided=unaided,
        verdict=reading.verdict,
    )


def summary(scores: Sequence[PhotoScore]) -> dict[str, float]:
    """Return rates over all photographs, over those of tier A and by source, and how many boards were found.

    `by_source` figures are means over the sources of each source's own rate.
    """
    figures: dict[str, float] = {
        "photos": len(scores),
        "found": sum(score.found for score in scores),
        "full": sum(score.masked == 0 for score in scores),
        "perfect": sum(score.perfect for score in scores if score.masked == 0),
        "ok": sum(score.verdict == "ok" for score in scores),
        "ok_wrong": sum(score.verdict == "ok" and not score.perfect for score in scores),
    }
    for name, part in (("all", scores), ("tier_a", [score for score in scores if score.tier == "A"])):
        points = max(1, sum(score.points for score in part))
        for field in ("raw", "decoded", "open", "wrong", "sure_wrong", "unaided"):
            figures[f"{field}_{name}"] = sum(getattr(score, field) for score in part) / points
        figures[f"sure_{name}"] = _share(part, "sure", "decoded")
    sources = sorted({score.source for score in scores})
    groups = [[score for score in scores if score.source == source] for source in sources]
    for field in ("decoded", "wrong", "open"):
        rates = [_share(group, field, "points") for group in groups]
        figures[f"{field}_by_source"] = sum(rates) / max(1, len(rates))
    return figures


def points_told(photo: LabelledPhoto, labels: Sequence[str]) -> tuple[int, int]:
    """How many of the points to be scored these 90 labels tell rightly, and how many they leave open."""
    scored = [
        (told == true, told == "?")
        for index, (told, true) in enumerate(zip(labels, photo.labels, strict=True))
        if index not in photo.masked
    ]
    return sum(right for right, _ in scored), sum(unknown for _, unknown in scored)


def _share(scores: Sequence[PhotoScore], part: str, whole: str) -> float:
    some, of = (sum(int(getattr(score, name)) for score in scores) for name in (part, whole))
    return some / max(1, of)


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
        source=str(entry.get("source_repo", "?")),
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


def _corner_error(homography: NDArray[np.float64], truth: NDArray[np.float64]) -> tuple[float, bool]:
    """Largest corner error in cells, and whether the located lattice is named from the other end."""
    errors = []
    for named in (homography, half_turn(homography)):
        off = unproject(truth, project(named, BOARD_CORNERS)) - BOARD_CORNERS
        errors.append(float(np.hypot(*off.T).max()))
    return min(errors), errors[1] < errors[0]
