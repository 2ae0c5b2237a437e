"""One look: a picture in, an honest reading out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine import Position
from vision.bend import flattened
from vision.classify import Classifier, PointScores
from vision.decode import Decoded
from vision.geometry import BOARD_CORNERS, half_turn, homography_from_corners, project, unproject
from vision.guess import guessed
from vision.laws import generals_face
from vision.locate import Located, Locator
from vision.orientation import decode_as_given, decode_oriented
from vision.quality import cut_off_points, outside_points, reason_of_board, reason_of_picture
from vision.reading import (
    LABELS,
    SQUARES,
    Frame,
    PointReading,
    Reading,
    Reason,
    Verdict,
    hash_of_pixels,
    placement_field,
)
from vision.rectify import checked_picture
from vision.working_size import working_size

__all__ = ["BoardFinder", "Looker", "PointReader"]

_MOVED = 0.3  # cells by which a corner must be off before a fixed board counts as moved
_FOREIGN = 45  # points that nothing of Xiangqi explains, from which on it is another thing with lines on it
_UNREADABLE = 10  # unknown points on a board without one readable man: go, or a table of figures
_PLAIN = -0.22  # nats: a man with 80 % or more
_STRANGE = -0.35  # nats: a point that is no piece and no blank with 70 % or more
_LIMB = 2  # connected unknown points that reach the edge of the board: an arm
_HEAP = 4  # connected unknown points anywhere: something lies on the board
_KINDS = 7  # the first columns of a classifier's kinds are pieces
#: So many points of the whole board may be expected wrong under `ok`: drawn boards with a fault had more.
_MOST_DOUBT = 0.6
#: Nor may any one of them be less sure than this by picture and laws together. Of 218 drawn boards without an
#: open point, four fewer are `ok` than with 0.7, under which a visible cannon went unseen.
_LEAST_OF_ALL = 0.8
#: Nats a piece by which the faces must read better in the mirror. On drawn boards straight ones had -0.04 at
#: most, mirrored ones 0.04 at least.
_MIRROR_MARGIN = 0.02


class BoardFinder(Protocol):
    """Finds the lattice in a picture (H, W, 3) uint8 BGR, up to a half turn."""

    @property
    def sha256(self) -> str:
        """Hash of the model file (hexadecimal)."""

    def locate(self, image: NDArray[np.uint8]) -> Located | None:
        """The board, or None if there is none."""


class PointReader(Protocol):
    """Scores the 90 points of a board seen through a homography board → pixel."""

    @property
    def sha256(self) -> str:
        """Hash of the model file (hexadecimal)."""

    def classify(self, image: NDArray[np.uint8], homography: NDArray[np.float64]) -> PointScores:
        """Scores in FEN order of that homography."""

    def mirror_gain(
        self, image: NDArray[np.uint8], homography: NDArray[np.float64], scores: PointScores
    ) -> float:
        """Nats a piece by which the faces of these scores read better in the mirror image."""


class Looker:
    """Keeps the models loaded and reads picture after picture; the same picture gives the same reading.

    `corners` (pixels of a9, i9, i0, a0) fix the board and its orientation: the camera stands still. With
    `watch_for_moves` the board is found again in each frame and a shift gives the verdict `wait`.
    """

    def __init__(
        self,
        *,
        corners: ArrayLike | None = None,
        watch_for_moves: bool = False,
        locator: BoardFinder | None = None,
        classifier: PointReader | None = None,
    ) -> None:
        self._homography = None if corners is None else homography_from_corners(corners)
        self._watch = watch_for_moves
        needs_locator = corners is None or watch_for_moves
        self._locator = locator or (Locator() if needs_locator else None)
        self._classifier = classifier or Classifier()

    def look(
        self,
        frame: Frame,
        prior: Position | None = None,
        *,
        free: bool = False,
        known: NDArray[np.float64] | None = None,
        asked: bool = False,
    ) -> Reading:
        """Read one frame.

        `prior`: the last known position, only for readings that do not check the game; `free`: without the
        laws of the game; `known`: with fixed corners, what speaks for each label besides the picture (see
        `vision.decode.decode`); `asked`: a person asks what the picture shows and no game depends on it, so
        that men in doubt are told with what is usual in games (`vision.usual`) and, where nothing ails the
        picture, those of a sort or two at their likeliest (`vision.guess`). Raises `BadPictureError` where
        the image is not (H, W, 3) uint8 of a usable size.
        """
        image = checked_picture(frame.image)
        models = (self._locator, self._classifier)
        model_hash = "+".join(model.sha256 for model in models if model is not None)
        ms: dict[str, float] = {}
        with _timed(ms, "hash"):
            frame_hash = hash_of_pixels(image)
        image, to_worked = working_size(image)  # from here on in its pixels, but for what is told
        with _timed(ms, "locate"):
            located = self._locator.locate(image) if self._locator else None
        homography = None if self._homography is None else to_worked @ self._homography
        if homography is None and located is not None:
            homography = located.homography
        if homography is None:
            with _timed(ms, "quality"):
                why = reason_of_picture(image)
            return Reading.no_board(why, ms=ms, frame_hash=frame_hash, model_hash=model_hash)
        found = located if self._homography is None else None
        if found is not None and found.bend is not None:
            with _timed(ms, "flatten"):
                image = flattened(image, homography, found.bend)
        with _timed(ms, "classify"):
            scores = self._classifier.classify(image, homography)
        with _timed(ms, "decode"):
            if self._homography is None:
                oriented = decode_oriented(scores, prior, free=free, usual=asked)
            else:
                oriented = decode_as_given(scores, prior, free=free, known=known, usual=asked)
        seen = homography  # as the scores have it
        corners = project(homography, BOARD_CORNERS) if found is None else found.corners
        if oriented.turned:
            corners = np.roll(corners, 2, axis=0)
            homography = half_turn(homography)
        decoded = oriented.decoded
        outside = outside_points(homography, image.shape)
        cut_off = cut_off_points(homography, image.shape)
        labels = tuple("?" if out else label for out, label in zip(outside, decoded.labels, strict=True))
        verdict, reason = _judge(labels, decoded, free=free)
        with _timed(ms, "mirror"):
            # With fixed corners this was settled when they were found; a game need not pay for it again.
            ask_mirror = self._homography is None and verdict in {"ok", "unsure"}
            mirrored = (
                ask_mirror and self._classifier.mirror_gain(image, seen, scores) > _MIRROR_MARGIN
            )
        with _timed(ms, "quality"):
            if cut_off.sum() >= _FOREIGN:
                verdict, reason = "unsure", "cut-off"
            elif verdict == "no-board":
                why_not = reason_of_board(image, homography, np.array(labels) == "?")
                verdict, reason = ("unsure", why_not) if why_not else (verdict, reason)
            elif self._homography is not None and _has_moved(located, homography):
                verdict, reason = "wait", "moved"
            elif cut_off.any():
                verdict, reason = "unsure", "cut-off"
            elif mirrored:
                verdict, reason = "unsure", "mirrored"
            elif verdict != "wait":
                if verdict == "unsure":
                    reason = reason_of_board(image, homography, np.array(labels) == "?")
                if reason is None and not oriented.certain:
                    verdict, reason = "unsure", "ambiguous-orientation"
        if reason == "too-dark" and set(labels) <= {".", "?"}:
            labels = ("?",) * len(labels)  # in the dark every board looks empty
        if asked and verdict == "unsure" and reason is None:  # else the picture itself is at fault
            labels = guessed(labels, decoded.told, decoded.by_laws)
        return Reading(
            verdict=verdict,
            reason=reason,
            fen=placement_field(labels),
            corners=tuple((float(x), float(y)) for x, y in unproject(to_worked, corners)),
            points=_points(labels, np.where(outside, 0.0, decoded.confidence)),
            raw=_points(decoded.raw_labels, decoded.raw_confidence),
            offsets=_offsets(scores, labels, turned=oriented.turned),
            ms=ms,
            residual_cells=0.0 if located is None else float(located.residual_cells),
            frame_hash=frame_hash,
            model_hash=model_hash,
            log_likelihood=decoded.scores,
        )


def _judge(labels: tuple[str, ...], decoded: Decoded, *, free: bool) -> tuple[Verdict, Reason | None]:
    """Verdict from the labels alone, before the picture is asked why."""
    unknown = (decoded.scores[:, LABELS.index("?")] > _STRANGE).reshape(10, 9)
    if unknown.sum() >= _FOREIGN:
        return "no-board", "not-xiangqi"
    if labels.count("?") >= _UNREADABLE and not _shows_a_man(decoded.scores):
        return "no-board", "not-xiangqi"
    if _covered(unknown):
        return "wait", "covered"
    if "?" in labels or (1 - decoded.by_laws).sum() > _MOST_DOUBT:
        return "unsure", None
    if decoded.confidence.min() < _LEAST_OF_ALL:
        return "unsure", None
    if free or (labels.count("K") == labels.count("k") == 1 and not generals_face(labels)):
        return "ok", None
    return "unsure", None


def _shows_a_man(scores: NDArray[np.float64]) -> bool:
    """Whether any point surely carries some man of Xiangqi, of whichever side; stones and counters do not."""
    kinds = np.logaddexp(scores[:, :_KINDS], scores[:, _KINDS : 2 * _KINDS])
    return bool(kinds.max() > _PLAIN)


def _covered(unknown: NDArray[np.bool_]) -> bool:
    """Whether unknown points (10, 9) hang together like a limb from the edge, or a heap."""
    count, regions = cv2.connectedComponents(unknown.astype(np.uint8), connectivity=8)
    inner = np.zeros_like(unknown)
    inner[1:-1, 1:-1] = True
    for region in range(1, count):
        here = regions == region
        if here.sum() >= _HEAP or (here.sum() >= _LIMB and (here & ~inner).any()):
            return True
    return False


def _has_moved(located: Located | None, homography: NDArray[np.float64]) -> bool:
    """Whether the board was found elsewhere than the fixed `homography` has it (whichever way up)."""
    if located is None:
        return False
    cell = float(np.linalg.norm(np.subtract(*project(homography, [[4.5, 4.5], [3.5, 4.5]]))))
    fixed = project(homography, BOARD_CORNERS)
    ways = (located.homography, half_turn(located.homography))
    shifts = [np.linalg.norm(project(way, BOARD_CORNERS) - fixed, axis=1).max() for way in ways]
    return float(min(shifts)) > _MOVED * cell


def _offsets(
    scores: PointScores, labels: tuple[str, ...], *, turned: bool
) -> dict[str, tuple[float, float]]:
    """Offsets of the pieces from their points, in cells of the board frame."""
    offsets = -scores.offset_cells[::-1] if turned else scores.offset_cells
    return {
        SQUARES[point]: (float(offsets[point, 0]), float(offsets[point, 1]))
        for point, label in enumerate(labels)
        if label.isalpha() and label in LABELS and np.isfinite(offsets[point]).all()
    }


def _points(labels: tuple[str, ...], confidence: NDArray[np.float64]) -> tuple[PointReading, ...]:
    return tuple(
        PointReading(square, label, float(sure))
        for square, label, sure in zip(SQUARES, labels, confidence, strict=True)
    )


@contextmanager
def _timed(ms: dict[str, float], stage: str) -> Iterator[None]:
    """Write how long the block took into `ms[stage]`, in milliseconds."""
    start = time.perf_counter()
    yield
    ms[stage] = (time.perf_counter() - start) * 1000
