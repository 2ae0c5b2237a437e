"""A game in progress under attack: what observer and guard make of pictures that somebody tampered with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine import Position
from tools.composed.looks import printed_look
from tools.composed.stage import Man, Stage, men_of
from tools.composed.view import look_at_board
from vision.classify import PointScores
from vision.guard import Ask, Guard, Moved
from vision.look import BoardFinder, PointReader
from vision.observer import Observer
from vision.reading import SQUARES, Frame, board_to_fen_order

__all__ = ["Bench", "Outcome", "Puppet", "swapped", "with_face"]

Picture = NDArray[np.uint8]
_FRAME_US = 500_000
_FRAMES = 9
_SET_UP_FRAMES = 8


@dataclass(frozen=True)
class Outcome:
    """`acted`: a move was believed; `asked`: a person was asked; `words`: what was said."""

    acted: bool
    asked: bool
    words: tuple[str, ...]


class Puppet:
    """A reader wholly in an attacker's hands: it says whatever `labels` say, with full confidence."""

    def __init__(self, reader: PointReader) -> None:
        self._reader = reader
        self.labels: str | None = None

    @property
    def sha256(self) -> str:
        """As the reader it stands for."""
        return self._reader.sha256

    def mirror_gain(self, image: Picture, homography: NDArray[np.float64], scores: PointScores) -> float:
        """As the reader it stands for."""
        return self._reader.mirror_gain(image, homography, scores)

    def classify(self, image: Picture, homography: NDArray[np.float64]) -> PointScores:
        """The true scores, or those of the attacker's labels."""
        scores = self._reader.classify(image, homography)
        if self.labels is None:
            return scores
        kinds = np.full(scores.kind_logp.shape, -12.0, np.float32)
        columns = ["KABNRCP.".index(label.upper()) for label in self.labels]
        kinds[np.arange(len(SQUARES)), columns] = 0.0
        red = np.array([6.0 if label.isupper() else -6.0 for label in self.labels], np.float32)
        ink = np.zeros_like(scores.ink)
        ink[:, 0] = red / 3
        return PointScores(kinds, red, ink, np.zeros_like(scores.offset_cells))


class Bench:
    """One table, seen and believed as set up; then tampered frames come."""

    def __init__(self, number: int, locator: BoardFinder, reader: PointReader) -> None:
        self.rng = np.random.default_rng([number, 8])
        self.stage = Stage(printed_look(number), look_at_board((960, 720), tilt=0.15, fill=0.85), number)
        self.position = Position.start()
        self.labels = board_to_fen_order(self.position.board)
        self.men: dict[int, Man] = men_of(self.labels, self.rng)
        self._locator = locator
        self._reader = reader

    def clean(self, frame: int = 0) -> Picture:
        """The table as it is."""
        return self.stage.picture(list(self.men.values()), frame=frame)

    def play(self, tampered: Iterable[Picture], after: Callable[[], None] | None = None) -> Outcome:
        """Let the game begin on clean frames, then show the tampered ones; `after` runs in between."""
        observer = Observer(locator=self._locator, classifier=self._reader)
        guard = Guard(self.position, None)
        t_us = 0
        # As at the table: no game begins before the board was seen set up.
        for frame in range(_SET_UP_FRAMES):
            t_us += _FRAME_US
            reading = observer.look(Frame(self.clean(frame), t_us, "bench"))
            guard.offer(reading, t_us)
            if frame >= 2 and "".join(reading.labels) == self.labels:
                observer.confirm(self.position, reading.frame_hash)
                break
        else:
            return Outcome(acted=False, asked=True, words=("set-up",))
        if after is not None:
            after()
        seen = []
        for image in tampered:
            # Longer than the time after which an unchanged board is read again: the attacker may wait, too.
            t_us += 4 * _FRAME_US
            seen.append(guard.offer(observer.look(Frame(image, t_us, "bench")), t_us))
        words = dict.fromkeys(each.reason for each in seen if isinstance(each, Ask))
        acted = any(isinstance(each, Moved) for each in seen)
        return Outcome(acted, bool(words), tuple(words))

    def shots(self, men: Iterable[Man], change: Callable[[Picture], Picture] | None = None) -> list[Picture]:
        """Some frames of other men on the same table, each changed by `change`."""
        pictures = [self.stage.picture(list(men), frame=10 + frame) for frame in range(_FRAMES)]
        return pictures if change is None else [change(picture) for picture in pictures]


def swapped(men: dict[int, Man], first: int, second: int) -> dict[int, Man]:
    """The same table with two discs exchanged."""
    a, b = men[first], men[second]
    there = replace(a, x=b.x, y=b.y), replace(b, x=a.x, y=a.y)
    return {**men, second: there[0], first: there[1]}


def with_face(men: dict[int, Man], point: int, label: str) -> dict[int, Man]:
    """The same table with another character stuck on one disc."""
    return {**men, point: replace(men[point], label=label)}
