"""A camera that stands still: looks again only where something changed, and waits while something moves.

Sans-I/O: frames with their times go in, readings come out, as from `vision.look.Looker`. The first board
that is read without doubt is kept as the reference. Then every frame is compared with it (`vision.change`)
in a few milliseconds: nothing changed, and the last reading stands; something reaches in from the border or
moves, and the answer is `wait`; anything else is read anew, and becomes the reference once two readings
agree. A game that finds its position on the board says so (`confirm`): from then on that is known wherever
no pixel changes (`vision.memory`), however hard the faces are to read.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine import Position
from vision.change import Change, Surface, compare, describe
from vision.familiar import FamiliarReader
from vision.geometry import BOARD_CORNERS, half_turn, homography_from_corners, project
from vision.look import BoardFinder, Looker, PointReader
from vision.memory import Agreed, remembered
from vision.reading import SQUARES, Frame, PointReading, Reading, board_to_fen_order, hash_of_pixels

__all__ = ["Observer", "ObserverLimits"]

Array = NDArray[np.float64]
_LONG_AGO = -(1 << 62)
_STIR = 0.003  # share of the board, a third of a cell, that differs between two frames when something moves


@dataclass(frozen=True)
class ObserverLimits:
    """Times in microseconds of the frames' own clock.

    `settle_us`: nothing may have reached in or moved for so long before the board is read; `refresh_us`: a
    board on which nothing changes is read again after so long; `absorb_us`: something at the border that
    neither moves nor hides a piece for so long belongs to the table. `bump_points`: so many points differing
    at once are looked into as a bump; `bump_cells`: corners found so far off mean that the board or the
    camera was moved.
    """

    settle_us: int = 400_000
    refresh_us: int = 10_000_000
    absorb_us: int = 2_000_000
    bump_points: int = 24
    bump_cells: float = 0.12


@dataclass
class _Scene:
    """The board as it lies: reference surface, the surface of the last frame, and what was read when."""

    corners: Array
    reference: Surface
    last: Surface
    reading: Reading
    read_us: int
    seen_us: int
    stirred_us: int
    quiet: bool = True  # whether the last frame showed no change
    labels: tuple[str, ...] | None = None  # of the one reading since the last change, not yet confirmed
    labels_hash: str = ""
    limb: tuple[bytes, int] | None = None  # which points something hides, and since when (us)
    agreed: Agreed | None = None


class Observer:
    """Reads a game's frames. `locator` and `classifier` default to the program's own models."""

    def __init__(
        self,
        *,
        locator: BoardFinder | None = None,
        classifier: PointReader | None = None,
        limits: ObserverLimits | None = None,
        looker_at: Callable[[Array | None], Looker] | None = None,
    ) -> None:
        """`looker_at` makes the looker for given corners (None: to find them), for tests."""
        self._familiar: FamiliarReader | None = None
        if looker_at is None:
            finder, self._familiar = _eyes(locator, classifier)
            looker_at = _maker(finder, self._familiar)
        self._looker_at = looker_at
        self._limits = limits or ObserverLimits()
        self._scene: _Scene | None = None
        self._told: tuple[Frame, Reading] | None = None  # the last look
        self._fixed: Looker | None = None
        self._finder = self._looker_at(None)

    def forget(self) -> None:
        """The board may lie anywhere now: find it anew in the next frame."""
        self._scene = self._fixed = self._told = None

    def look(self, frame: Frame) -> Reading:
        """Read one frame. Raises `BadPictureError` as `Looker.look`."""
        reading = self._look(frame)
        self._told = frame, reading
        return reading

    def confirm(self, position: Position, frame_hash: str) -> None:
        """The game found that the look at the frame of this hash shows `position`.

        Until pixels change there, the men of `position` stand where they stand. Does nothing when that was
        not the last look, or one that waits or shows no board.
        """
        if self._told is None:
            return
        frame, reading = self._told
        shows_it = reading.corners is not None and reading.verdict not in {"wait", "no-board"}
        if reading.frame_hash != frame_hash or not shows_it:
            return
        board = board_to_fen_order(position.board)
        if self._scene is None:
            self._begin(np.array(reading.corners), frame, reading)
        scene = self._scene
        assert scene is not None
        before = () if scene.agreed is None else scene.agreed.boards
        now = Agreed(scene.last, frame.t_us, frame_hash, (board,)).after(before)
        if scene.agreed is not None and before[0] == board:
            if frame.t_us - scene.agreed.t_us >= self._limits.refresh_us:  # the light wanders
                scene.agreed = now
            return
        scene.agreed = now
        if self._familiar is not None:
            self._familiar.remember(frame.image, homography_from_corners(scene.corners), board)
        if "".join(reading.labels) != board:
            reading = self._look_again(frame, scene)
        scene.reference, scene.reading, scene.read_us = scene.last, reading, frame.t_us

    def _look(self, frame: Frame) -> Reading:
        scene = self._scene
        if scene is None:
            return self._first(frame)
        started = time.perf_counter()
        now = describe(frame.image, homography_from_corners(scene.corners))
        change = compare(scene.reference, now)
        # A look long after the last one tells that something happened in between, not that it goes on.
        soon = frame.t_us - scene.seen_us < self._limits.settle_us
        quiet = not change.points.any() and not change.limb and scene.quiet
        moving = soon and not quiet and _stirs(compare(scene.last, now))
        scene.quiet = not change.points.any() and not change.limb
        scene.last, scene.seen_us = now, frame.t_us
        ms = {"compare": (time.perf_counter() - started) * 1000}
        if moving:
            scene.stirred_us, scene.labels = frame.t_us, None
        if int(change.points.sum()) >= self._limits.bump_points and not moving:
            moved = self._moved(frame, scene, ms)
            if moved is not None:
                return moved
        still_us = frame.t_us - scene.stirred_us
        if change.limb:
            reading = self._waiting(frame, scene, change, ms)
            hidden = change.limb_points.tobytes()
            if moving or scene.limb is None or scene.limb[0] != hidden:
                scene.limb = (hidden, frame.t_us)
            if frame.t_us - scene.limb[1] < self._limits.absorb_us:
                return reading
            # A shadow or a cup may look like a limb: what stays is read, and believed if nothing is in doubt.
            return self._read(frame, scene, change, ms, otherwise=reading)
        scene.limb = None
        if still_us < self._limits.settle_us and change.points.any():
            return self._waiting(frame, scene, change, ms)
        if not change.points.any() and frame.t_us - scene.read_us < self._limits.refresh_us:
            started = time.perf_counter()
            frame_hash = hash_of_pixels(frame.image)
            ms["hash"] = (time.perf_counter() - started) * 1000
            return replace(scene.reading, ms=ms, frame_hash=frame_hash)
        return self._read(frame, scene, change, ms)

    def _first(self, frame: Frame) -> Reading:
        """Find the board; it becomes the scene when nothing about it is in doubt."""
        reading = self._finder.look(frame)
        if _is_clear(reading) and reading.corners is not None:
            self._begin(np.array(reading.corners), frame, reading)
        return reading

    def _begin(self, corners: Array, frame: Frame, reading: Reading) -> None:
        surface = describe(frame.image, homography_from_corners(corners))
        self._scene = _Scene(corners, surface, surface, reading, frame.t_us, frame.t_us, _LONG_AGO)
        self._fixed = self._looker_at(corners)

    def _read(
        self,
        frame: Frame,
        scene: _Scene,
        change: Change,
        ms: Mapping[str, float],
        otherwise: Reading | None = None,
    ) -> Reading:
        """Read the board where it lies. Two equal readings of different frames make a new reference."""
        reading = self._look_again(frame, scene)
        reading = _doubted(replace(reading, ms={**ms, **reading.ms}), scene.reading, change)
        if not _is_clear(reading):
            scene.labels = None
            return reading if otherwise is None else otherwise
        if scene.labels == reading.labels and scene.labels_hash != reading.frame_hash:
            scene.reference, scene.reading, scene.read_us = scene.last, reading, frame.t_us
        scene.labels, scene.labels_hash = reading.labels, reading.frame_hash
        return reading

    def _look_again(self, frame: Frame, scene: _Scene) -> Reading:
        """Read the board where it lies, with what is known of the points where no pixel changed."""
        assert self._fixed is not None
        agreed = scene.agreed
        if agreed is None:
            return self._fixed.look(frame)
        changed = agreed.changed(scene.last)
        if self._familiar is not None:
            self._familiar.attend(changed)
        reading = self._fixed.look(frame, known=remembered(agreed.boards, changed))
        if self._familiar is not None:
            self._familiar.attend(None)
        return replace(reading, rests_on=agreed.frame_hash)

    def _moved(self, frame: Frame, scene: _Scene, ms: Mapping[str, float]) -> Reading | None:
        """Half the board differs at once: find it again, and say so if it lies elsewhere; None if it does
        not.
        """
        found = self._finder.look(frame)
        if found.corners is None:
            return replace(found, ms={**ms, **found.ms})
        corners = np.array(found.corners)
        homography = homography_from_corners(scene.corners)
        cell = float(np.linalg.norm(np.subtract(*project(homography, [[4.5, 4.5], [3.5, 4.5]]))))
        turned = project(half_turn(homography_from_corners(corners)), BOARD_CORNERS)

        def far(way: Array) -> float:
            return float(np.abs(way - scene.corners).max())

        off = min(far(corners), far(turned))
        if off < self._limits.bump_cells * cell:
            return None
        if scene.agreed is not None and not _is_clear(found):
            corners = min((corners, turned), key=far)
            reading = self._looker_at(corners).look(frame, known=scene.agreed.known_after_a_knock())
            found = replace(reading, rests_on=scene.agreed.frame_hash)
        if _is_clear(found):
            self._begin(corners, frame, found)
        return replace(found, verdict="wait", reason="moved", ms={**ms, **found.ms})

    def _waiting(self, frame: Frame, scene: _Scene, change: Change, ms: Mapping[str, float]) -> Reading:
        """Something moves or reaches in: what it touches cannot be told."""
        hidden = change.limb_points | change.points
        points = tuple(
            PointReading(square, "?", 0.0) if hides else point
            for square, hides, point in zip(SQUARES, hidden, scene.reading.points, strict=True)
        )
        return replace(
            scene.reading,
            verdict="wait",
            reason="covered",
            fen=None,
            points=points,
            raw=points,
            offsets={},
            ms=ms,
            frame_hash=hash_of_pixels(frame.image),
            log_likelihood=None,
        )


def _is_clear(reading: Reading) -> bool:
    """Whether every point is told; one of them may be less sure than the verdict ok asks for."""
    return reading.verdict == "ok" or (
        reading.verdict == "unsure" and reading.reason is None and "?" not in reading.labels
    )


def _doubted(reading: Reading, before: Reading, change: Change) -> Reading:
    """A reading that finds other men where not a pixel changed is misled, by chance or by somebody: there it
    says `?`, so that no move can follow from it.
    """
    misled = [
        now.label not in {was.label, "?"} and not changed
        for was, now, changed in zip(before.points, reading.points, change.points, strict=True)
    ]
    if reading.verdict in {"wait", "no-board"} or not any(misled):
        return reading
    points = tuple(
        replace(point, label="?", confidence=0.0) if wrong else point
        for point, wrong in zip(reading.points, misled, strict=True)
    )
    return replace(reading, verdict="unsure", fen=None, points=points)


def _stirs(motion: Change) -> bool:
    return motion.limb or motion.share > _STIR


def _eyes(
    locator: BoardFinder | None, classifier: PointReader | None
) -> tuple[BoardFinder, FamiliarReader]:
    from vision.classify import Classifier
    from vision.locate import Locator

    return locator or Locator(), FamiliarReader(classifier or Classifier())


def _maker(finder: BoardFinder, eye: PointReader) -> Callable[[Array | None], Looker]:
    """Make lookers that share one pair of nets."""

    def looker_at(corners: Array | None) -> Looker:
        return Looker(corners=corners, locator=finder, classifier=eye)

    return looker_at
