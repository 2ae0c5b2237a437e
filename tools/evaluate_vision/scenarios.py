"""The cells of the grid: main and rare conditions, each a way to compose a picture whose truth is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from engine import Position
from tools.composed.conditions import blurred, dimmed, glare, shadow, tinted
from tools.composed.covers import hand, thing
from tools.composed.looks import Floats, Look, drawn_look, held_out_fonts, printed_look
from tools.composed.stage import Condition, Cover, Man, Stage, men_of
from tools.composed.view import View, look_at_board
from vision.geometry import LATTICE, project
from vision.reading import SQUARES, Reading, board_to_fen_order

__all__ = ["SCENARIOS", "Sample", "Scenario"]

Rng = np.random.Generator
_COVERED = 0.1  # share of a point's disc that is hidden, from which on it is not scored


@dataclass(frozen=True)
class Sample:
    """One picture: `labels` (90, FEN order) are the truth, `masked` points that cannot be told or are not
    scored.

    `corners` (4, 2) pixels of a9, i9, i0, a0; `opening` is a picture of the opening on the same table for a
    reader that learns the set; `fixed`: corners the camera was calibrated to.
    """

    image: NDArray[np.uint8]
    labels: str
    masked: frozenset[int]
    corners: NDArray[np.float64]
    opening: NDArray[np.uint8] | None = None
    fixed: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Scenario:
    """A cell: how its pictures are made, and what verdict (with which reasons) they deserve.

    `group` is `main` or `rare`. Without `verdicts` only the labels are judged. `pictures_of` names the cell
    whose pictures these are, too.
    """

    name: str
    group: Literal["main", "rare"]
    make: Callable[[Rng, int], Sample]
    verdicts: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    pictures_of: str | None = None

    def is_named(self, reading: Reading) -> bool:
        """Whether verdict and reason are what this picture deserves."""
        if not self.verdicts:
            return True
        reasons = self.verdicts.get(reading.verdict)
        return reasons is not None and (not reasons or reading.reason in reasons)


@dataclass(frozen=True)
class _Recipe:
    """What one cell changes about a plain picture."""

    look: Callable[[Rng, int], Look] | None = None
    tilt: tuple[float, float] = (0.0, 0.2)
    turn: float = 0.2
    size: tuple[int, int] = (1280, 720)
    fill: tuple[float, float] = (0.7, 0.95)
    slop: float = 0.05
    conditions: Callable[[Rng, Stage], tuple[Condition, ...]] | None = None
    covers: Callable[[Rng, Stage], tuple[Cover, ...]] | None = None
    men: Callable[[Rng, dict[int, Man]], list[Man]] | None = None
    opening: bool = False
    warp: Callable[[Rng, NDArray[np.uint8]], NDArray[np.uint8]] | None = None
    bump: bool = False


def _position(rng: Rng) -> str:
    """The labels of a lawful position some random moves into a game."""
    position = Position.start()
    for _ in range(int(rng.integers(0, 60))):
        moves = position.legal_moves()
        if not moves:
            break
        position = position.after(moves[int(rng.integers(len(moves)))])
    return board_to_fen_order(position.board)


def _any_look(rng: Rng, number: int) -> Look:
    if number % 3 == 0:
        return printed_look(number)
    return drawn_look(int(rng.integers(1 << 30)), held_out_fonts())


def _composed(recipe: _Recipe) -> Callable[[Rng, int], Sample]:
    def make(rng: Rng, number: int) -> Sample:
        look = (recipe.look or _any_look)(rng, number)
        view = look_at_board(
            recipe.size,
            tilt=float(rng.uniform(*recipe.tilt)),
            azimuth=float(np.pi / 2 + rng.uniform(-1, 1) * recipe.turn),
            fill=float(rng.uniform(*recipe.fill)),
        )
        stage = Stage(look, view, number)
        labels = _position(rng)
        men = men_of(labels, rng, slop=recipe.slop)
        standing = list(men.values()) if recipe.men is None else recipe.men(rng, men)
        covers = () if recipe.covers is None else recipe.covers(rng, stage)
        conditions = () if recipe.conditions is None else recipe.conditions(rng, stage)
        fixed = None
        if recipe.bump:
            fixed = view.corners
            stage = stage.moved(_bumped(view, rng, stage.pitch))
        image = stage.picture(standing, covers=covers, conditions=conditions)
        if recipe.warp is not None:
            image = recipe.warp(rng, image)
        strange = {_nearest(man) for man in standing if man.label == "?"}
        opening = None
        if recipe.opening:
            start = board_to_fen_order(Position.start().board)
            opening = stage.picture(list(men_of(start, rng).values()), frame=1)
        return Sample(
            image=image,
            labels=labels,
            masked=frozenset(strange | _hidden(covers, stage)),
            corners=stage.view.corners,
            opening=opening,
            fixed=fixed,
        )

    return make


def _nearest(man: Man) -> int:
    return int(np.hypot(*(LATTICE - np.array([man.x, man.y])).T).argmin())


def _hidden(covers: tuple[Cover, ...], stage: Stage) -> set[int]:
    """Points whose disc is covered so far that they are not scored."""
    points: set[int] = set()
    angle = np.linspace(0, 2 * np.pi, 24)
    ring = np.concatenate([r * np.stack([np.cos(angle), np.sin(angle)], 1) for r in (0.0, 0.15, 0.3, 0.4)])
    top = stage.view.plane(stage.look.height)
    for cover in covers:
        for point in range(len(SQUARES)):
            x, y = np.round(project(top, LATTICE[point] + ring)).astype(int).T
            inside = (x >= 0) & (y >= 0) & (x < cover.opacity.shape[1]) & (y < cover.opacity.shape[0])
            if inside.any() and cover.opacity[y[inside], x[inside]].mean() > _COVERED:
                points.add(point)
    return points


def _bumped(view: View, rng: Rng, pitch: float) -> View:
    shift = np.eye(3)
    way = rng.uniform(0, 2 * np.pi)
    shift[:2, 2] = rng.uniform(0.5, 0.9) * pitch * np.array([np.cos(way), np.sin(way)])
    return replace(view, matrix=np.asarray(shift @ view.matrix))


def _spot(rng: Rng, stage: Stage) -> tuple[float, float]:
    x, y = project(stage.ground, [[rng.uniform(0.5, 7.5), rng.uniform(0.5, 8.5)]])[0]
    return float(x), float(y)


def _beside(rng: Rng, men: dict[int, Man]) -> list[Man]:
    """Ten more pieces in the strips beside the board."""
    labels = rng.choice(list("KABNRCPkabnrcp"), 10)
    more = [
        Man(str(label), (-1.15, 9.15)[place % 2], place // 2 * 0.95 + 0.2, float(rng.uniform(0, 6)))
        for place, label in enumerate(labels)
    ]
    return [*men.values(), *more]


def _coin(rng: Rng, men: dict[int, Man]) -> list[Man]:
    free = [point for point in range(len(SQUARES)) if point not in men]
    x, y = LATTICE[int(rng.choice(free))]
    red, green, blue = (float(part) for part in rng.uniform(0.15, 0.85, 3))
    return [*men.values(), Man("?", float(x), float(y), 0.0, (blue, green, red))]


def _off_centre(rng: Rng, men: dict[int, Man]) -> list[Man]:
    """All pieces 0.2 to 0.35 cells off, none touching another."""
    moved: list[Man] = []
    for man in men.values():
        for _ in range(20):
            way, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.35)
            there = replace(man, x=man.x + reach * np.cos(way), y=man.y + reach * np.sin(way))
            if all(np.hypot(there.x - other.x, there.y - other.y) > 0.9 for other in moved):
                break
        else:
            there = man
        moved.append(there)
    return moved


def _creased(rng: Rng, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A cloth that does not lie flat: the picture bent by up to a tenth of a cell or so."""
    height, width = image.shape[:2]
    bend = rng.uniform(-1, 1, (2, 4, 5)).astype(np.float32) * width / 200
    dx, dy = (cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in bend)
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bent = cv2.remap(image, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.uint8)


def _mirrored(rng: Rng, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    del rng
    return np.ascontiguousarray(image[:, ::-1])


def _of_texture(texture: str) -> Callable[[Rng, int], Look]:
    return lambda rng, number: drawn_look(int(rng.integers(1 << 30)), held_out_fonts(), texture=texture)


def _unknown(rng: Rng, number: int) -> Look:
    return drawn_look(int(rng.integers(1 << 30)), held_out_fonts())


def _swapped(rng: Rng, number: int) -> Look:
    return drawn_look(int(rng.integers(1 << 30)), held_out_fonts(), swapped_soldiers=True)


def _tall(rng: Rng, number: int) -> Look:
    return drawn_look(int(rng.integers(1 << 30)), held_out_fonts(), height=0.42)


def _inked(black: tuple[float, float, float]) -> Callable[[Rng, int], Look]:
    """The printed set with the black side's ink of another colour (BGR) and the red side's brown."""

    def make(rng: Rng, number: int) -> Look:
        look = printed_look(number)
        faces = {label: _recoloured(face, label, black) for label, face in look.faces.items()}
        return replace(look, faces=faces)

    return make


def _recoloured(face: Floats, label: str, black: tuple[float, float, float]) -> Floats:
    paint = np.array((0.12, 0.22, 0.5) if label.isupper() else black, np.float32)
    bare = np.median(face.reshape(-1, 3), axis=0)
    ink = np.clip((bare.mean() - face.min(axis=2)) / max(float(bare.mean()), 0.1) * 1.6, 0, 1)[:, :, None]
    return np.asarray(bare * (1 - ink) + paint * ink, np.float32)


_WAIT = {"wait": frozenset[str | None]({"covered"}), "unsure": frozenset[str | None]()}
_DOUBT = {"wait": frozenset[str | None](), "unsure": frozenset[str | None]()}

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("printed kai", "main", _composed(_Recipe(lambda rng, n: printed_look(n, "kai")))),
    Scenario("printed song", "main", _composed(_Recipe(lambda rng, n: printed_look(n, "song")))),
    Scenario("wood", "main", _composed(_Recipe(_of_texture("wood")))),
    Scenario("plastic", "main", _composed(_Recipe(_of_texture("plain")))),
    Scenario("paper", "rare", _composed(_Recipe(_of_texture("paper")))),
    Scenario("new set, before", "rare", _composed(_Recipe(_unknown))),
    Scenario(
        "new set, after", "rare", _composed(_Recipe(_unknown, opening=True)), pictures_of="new set, before"
    ),
    Scenario("swapped soldiers", "rare", _composed(_Recipe(_swapped))),
    Scenario("brown and green", "rare", _composed(_Recipe(_inked((0.15, 0.4, 0.12))))),
    Scenario("brown and blue", "rare", _composed(_Recipe(_inked((0.5, 0.2, 0.1))))),
    Scenario("dim", "main", _composed(_Recipe(conditions=lambda rng, s: (dimmed(0.35),)))),
    Scenario("bright", "main", _composed(_Recipe(conditions=lambda rng, s: (dimmed(1.25),)))),
    Scenario("warm", "main", _composed(_Recipe(conditions=lambda rng, s: (tinted(0.28),)))),
    Scenario("cold", "rare", _composed(_Recipe(conditions=lambda rng, s: (tinted(-0.2),)))),
    Scenario("shadow", "main", _composed(_Recipe(conditions=lambda rng, s: (shadow(rng, 0.5),)))),
    Scenario(
        "glare", "main", _composed(_Recipe(conditions=lambda rng, s: (glare(_spot(rng, s), s.pitch, 0.45),)))
    ),
    Scenario("blur", "rare", _composed(_Recipe(conditions=lambda rng, s: (blurred(0.035 * s.pitch),)))),
    Scenario("tilt 25", "main", _composed(_Recipe(tilt=(0.35, 0.5)))),
    Scenario("tilt 45", "rare", _composed(_Recipe(tilt=(0.7, 0.85)))),
    Scenario("rotated", "main", _composed(_Recipe(turn=np.pi))),
    Scenario("tall pieces", "rare", _composed(_Recipe(_tall, tilt=(0.3, 0.5)))),
    Scenario("off centre", "main", _composed(_Recipe(men=_off_centre, slop=0.0))),
    Scenario("small cells", "rare", _composed(_Recipe(size=(480, 360), fill=(0.62, 0.72)))),
    Scenario("cloth", "rare", _composed(_Recipe(warp=_creased))),
    Scenario("beside the board", "main", _composed(_Recipe(men=_beside, fill=(0.6, 0.75)))),
    Scenario("foreign object", "rare", _composed(_Recipe(men=_coin)), _DOUBT),
    Scenario(
        "hand",
        "main",
        _composed(
            _Recipe(covers=lambda rng, s: (hand(s.view.size, s.pitch, _spot(rng, s), rng),))
        ),
        _WAIT,
    ),
    Scenario(
        "thing on the board",
        "rare",
        _composed(_Recipe(covers=lambda rng, s: (thing(s.view.size, s.pitch, _spot(rng, s), rng, 2.2),))),
        _DOUBT,
    ),
    Scenario("camera bump", "rare", _composed(_Recipe(bump=True)), {"wait": frozenset({"moved"})}),
    Scenario("mirrored", "rare", _composed(_Recipe(warp=_mirrored)), {"unsure": frozenset({"mirrored"})}),
)
