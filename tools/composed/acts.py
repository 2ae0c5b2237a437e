"""What people do at a board, frame by frame, as composed pictures with the truth beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine import Move, Position
from tools.composed.conditions import dimmed, tinted
from tools.composed.covers import hand, thing
from tools.composed.stage import Condition, Cover, Man, Stage
from tools.composed.view import View
from vision.geometry import LATTICE, project
from vision.reading import SQUARES, board_to_fen_order

__all__ = ["FRAME_US", "KINDS", "Act", "ActKind", "Table", "choose_act"]

ActKind = Literal[
    "move", "capture", "takeback", "half", "illegal", "two-moves", "bump", "foreign", "light", "wave"
]
KINDS: tuple[ActKind, ...] = (
    "move",
    "capture",
    "takeback",
    "half",
    "illegal",
    "two-moves",
    "bump",
    "foreign",
    "light",
    "wave",
)
#: Time between two frames.
FRAME_US = 200_000
_BESIDE = 1.0  # cells beyond the outer lines where taken men are laid down


@dataclass(frozen=True)
class Act:
    """One thing a person does: `moves` are what is played on the board, in order (not all of them legal)."""

    kind: ActKind
    moves: tuple[tuple[int, int], ...] = ()
    """(from, to) as points in FEN order."""


def choose_act(kind: ActKind, position: Position, rng: np.random.Generator) -> Act | None:
    """Draw an act of a kind in this position; None where there is none."""
    labels = board_to_fen_order(position.board)
    legal = [_points_of(move) for move in position.legal_moves()]
    quiet = [each for each in legal if labels[each[1]] == "."]
    taking = [each for each in legal if labels[each[1]] != "."]
    if kind in {"bump", "foreign", "light", "wave"}:
        return Act(kind)
    if kind == "capture":
        return Act(kind, (taking[int(rng.integers(len(taking)))],)) if taking else None
    if not quiet:
        return None
    first = quiet[int(rng.integers(len(quiet)))]
    if kind == "illegal":
        return _illegal(labels, position, legal, rng)
    if kind == "two-moves":
        others = [each for each in quiet if not set(each) & set(first)]
        return Act(kind, (first, others[int(rng.integers(len(others)))])) if others else None
    return Act(kind, (first,))


def _illegal(
    labels: str, position: Position, legal: list[tuple[int, int]], rng: np.random.Generator
) -> Act | None:
    own = str.isupper if position.side == "red" else str.islower
    men = [point for point, label in enumerate(labels) if own(label)]
    free = [point for point, label in enumerate(labels) if label == "."]
    for _ in range(50):
        pair = (int(rng.choice(men)), int(rng.choice(free)))
        if pair not in legal:
            return Act("illegal", (pair,))
    return None


def _points_of(move: Move) -> tuple[int, int]:
    source, target = (SQUARES.index(move.uci()[at : at + 2]) for at in (0, 2))
    return source, target


class Table:
    """The board with its men; acts change it and yield the frames a camera sees meanwhile.

    `men` by point; `taken` lie beside the board.
    """

    def __init__(self, stage: Stage, men: Mapping[int, Man], seed: int) -> None:
        self.stage = stage
        self.men = dict(men)
        self.taken: list[Man] = []
        self._rng = np.random.default_rng([seed, 5])
        self._frame = 0
        self._conditions: tuple[Condition, ...] = ()
        self._things: list[Cover] = []
        self._taken_before = 0

    def still(self) -> NDArray[np.uint8]:
        """The next frame of a table that nobody touches."""
        return self._shot()

    def perform(self, act: Act) -> Iterator[NDArray[np.uint8]]:
        """Frames until the hand is away again; the board then shows what was done."""
        self._taken_before = len(self.taken)
        match act.kind:
            case "wave":
                yield self._shot(int(self._rng.integers(90)))
                yield self._shot(int(self._rng.integers(90)))
            case "light":
                gain, warmth = self._rng.uniform(0.75, 1.2), self._rng.uniform(-0.1, 0.1)
                self._conditions = (dimmed(float(gain)), tinted(float(warmth)))
                yield self._shot()
            case "bump":
                self.stage = self.stage.moved(_knocked(self.stage.view, self._rng, self.stage.pitch))
                yield self._shot()
            case "foreign":
                yield from self._lay_thing()
            case "half":
                source, _ = act.moves[0]
                yield self._shot(source)
                del self.men[source]
                yield self._shot(source)
            case _:
                for source, target in act.moves:
                    yield from self._carry(source, target)

    def undo(self, act: Act, before: Mapping[int, Man]) -> Iterator[NDArray[np.uint8]]:
        """Put everything back as it was; for acts that are no lawful move."""
        if act.kind in {"light", "bump", "wave"}:
            return
        point = act.moves[0][0] if act.moves else 40
        yield self._shot(point)
        self.men = dict(before)
        self.taken = self.taken[: self._taken_before]
        self._things.clear()
        yield self._shot(point)

    def _lay_thing(self) -> Iterator[NDArray[np.uint8]]:
        free = [point for point in range(90) if point not in self.men]
        point = int(self._rng.choice(free))
        yield self._shot(point)
        if self._rng.random() < 0.5:
            colour = tuple(float(part) for part in self._rng.uniform(0.1, 0.9, 3))
            x, y = LATTICE[point]
            self.men[point] = Man("?", float(x), float(y), 0.0, (colour[0], colour[1], colour[2]))
        else:
            self._things.append(
                thing(self.stage.view.size, self.stage.pitch, self._pixel(point), self._rng, 1.3)
            )
        yield self._shot(point)

    def _carry(self, source: int, target: int) -> Iterator[NDArray[np.uint8]]:
        yield self._shot(source)
        if target in self.men:
            yield self._shot(target)
            self._take(target)
            yield self._shot(target)
        man = self.men.pop(source)
        yield self._shot(source)
        x, y = LATTICE[target] + np.clip(self._rng.normal(0, 0.06, 2), -0.25, 0.25)
        self.men[target] = replace(man, x=float(x), y=float(y), turn=float(self._rng.uniform(0, 2 * np.pi)))
        yield self._shot(target)

    def _take(self, point: int) -> None:
        """Lay a man down beside the board, on the side where the lattice's own men cannot stand."""
        man = self.men.pop(point)
        place = len(self.taken)
        left = place % 2 == 0
        x = -_BESIDE - 0.9 if left else 8 + _BESIDE + 0.9
        self.taken.append(replace(man, x=x, y=float(place // 2) * 1.0))

    def _shot(self, under_hand: int | None = None) -> NDArray[np.uint8]:
        covers = list(self._things)
        if under_hand is not None:
            covers.append(hand(self.stage.view.size, self.stage.pitch, self._pixel(under_hand), self._rng))
        self._frame += 1
        men = [*self.men.values(), *self.taken]
        return self.stage.picture(men, covers=covers, conditions=self._conditions, frame=self._frame)

    def _pixel(self, point: int) -> tuple[float, float]:
        x, y = project(self.stage.ground, LATTICE[point][None] + self._rng.uniform(-0.2, 0.2, 2))[0]
        return float(x), float(y)


def _knocked(view: View, rng: np.random.Generator, pitch: float) -> View:
    """The camera after a knock: the picture shifted by 0.25 to 0.7 cells and turned a little."""
    angle, way = rng.normal(0, 0.01), rng.uniform(0, 2 * np.pi)
    reach = rng.uniform(0.25, 0.7) * pitch
    middle = np.array(view.size) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    turn[:2, 2] = middle - turn[:2, :2] @ middle + reach * np.array([np.cos(way), np.sin(way)])
    return View(np.asarray(turn @ view.matrix), view.size)
