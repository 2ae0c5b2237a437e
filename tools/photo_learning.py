"""What learning a set from one photograph of a source brings for the source's other photographs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine import FenError, Position
from tools.photo_scores import LabelledPhoto, points_told
from vision.classify import Classifier
from vision.decode import decode
from vision.errors import NewSetError
from vision.files import load_picture
from vision.geometry import homography_from_corners
from vision.look import PointReader
from vision.new_set import AdaptedReader, learn_set
from vision.reading import placement_field

__all__ = ["LearnedScore", "learned_scores"]


@dataclass(frozen=True)
class LearnedScore:
    """One photograph read with its true corners before and after its set was learned from `teacher`.

    Of `points` scored, `right` and `open` (`?`) count labels before and after; the others are wrong.
    """

    file: str
    source: str
    teacher: str
    points: int
    right: tuple[int, int]
    open: tuple[int, int]


def learned_scores(photos: Sequence[LabelledPhoto], reader: Classifier) -> Iterator[LearnedScore]:
    """Learn the set of each source from its first photograph that shows enough men, and score the others.

    The position of that photograph is given to `learn_set`, as a person would set up the opening. A source
    without such a photograph, or with one alone, gives nothing.
    """
    for source in sorted({photo.source for photo in photos}):
        group = [photo for photo in photos if photo.source == source]
        tried = ((photo, _learned(photo, reader)) for photo in group if len(group) > 1)
        teacher, learned = next((pair for pair in tried if pair[1] is not None), (None, None))
        if teacher is None or learned is None:
            continue
        for photo in group:
            if photo is not teacher:
                (right, unknown), (then_right, then_unknown) = _read(photo, reader), _read(photo, learned)
                yield LearnedScore(
                    photo.path.name,
                    source,
                    teacher.path.name,
                    90 - len(photo.masked),
                    (right, then_right),
                    (unknown, then_unknown),
                )


def _learned(teacher: LabelledPhoto, reader: Classifier) -> AdaptedReader | None:
    """The reader that knows the set of `teacher`; None where the picture does not show enough of it, or no
    position in which red may be to move.
    """
    if teacher.masked:
        return None
    try:
        shown = Position.from_fen(f"{placement_field(teacher.labels)} w - - 0 1")
        ground = homography_from_corners(teacher.corners)
        return AdaptedReader(reader, learn_set(load_picture(teacher.path), ground, reader, shown))
    except (NewSetError, FenError):
        return None


def _read(photo: LabelledPhoto, reader: PointReader) -> tuple[int, int]:
    """How many of the scored points are told right, and how many are left open."""
    scores = reader.classify(load_picture(photo.path), homography_from_corners(photo.corners))
    return points_told(photo, decode(scores).labels)
