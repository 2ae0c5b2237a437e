"""One synthetic picture of a board in perspective, with everything that is true about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_vision.bends import Bend, draw_bend
from tools.train_vision.boards import draw_board, draw_table
from tools.train_vision.camera import Camera, draw_camera
from tools.train_vision.fonts import Face
from tools.train_vision.occluders import draw_cover
from tools.train_vision.photometry import expose, light
from tools.train_vision.pieces import SetStyle, blank_face, draw_face, draw_style, photographed_face
from tools.train_vision.placing import Piece, draw_letters, place
from tools.train_vision.surroundings import draw_surroundings
from tools.train_vision.textures import Floats, colour
from vision.geometry import LATTICE, pitch_pixels, project

__all__ = ["Photographs", "Scene", "draw_empty_scene", "draw_scene"]

_CIRCLE = np.linspace(0, 2 * np.pi, 32, endpoint=False)
_SHAPES = (
    (640, 480),
    (640, 360),
    (800, 600),
    (800, 450),
    (560, 560),
    (480, 640),
    (960, 540),
    (960, 720),
    (512, 384),
)
_Y, _X = np.mgrid[0:96, 0:96].astype(np.float32)
_DISC: Floats = np.clip((48 - np.hypot(_X - 47.5, _Y - 47.5)) * 0.7, 0, 1)

#: Share of pictures with tiles, print, keys, boxes or other games around the board.
_CROWDED_SHARE = 0.4
#: Share of sets whose characters are smaller on their discs than most.
_SMALL_WRITING_SHARE = 0.3

#: Photographed faces by (kind, red): pictures (h, w, 3) in 0..1.
Photographs = dict[tuple[str, bool], list[Floats]]


@dataclass(frozen=True)
class Scene:
    """`image` (H, W, 3) uint8 BGR; `cover` (H, W) float32, how far something hides the scene there.

    `bend` says how cloth or curled paper moves what a flat board would show; None for a flat board.
    """

    image: NDArray[np.uint8]
    camera: Camera | None
    pieces: Sequence[Piece]
    cover: Floats
    bend: Bend | None = None

    @property
    def homography(self) -> NDArray[np.float64]:
        """The homography nearest to the lattice, (3, 3), board to pixel; only for a scene with a board."""
        if self.camera is None:
            raise ValueError("a scene without a board has no homography")
        if self.bend is None:
            return self.camera.plane()
        matrix, _ = cv2.findHomography(LATTICE, self.lattice, 0)
        return np.asarray(matrix, dtype=np.float64)

    @property
    def lattice(self) -> NDArray[np.float64]:
        """Where the 90 points are in the picture, (90, 2) pixels; only for a scene with a board."""
        if self.camera is None:
            raise ValueError("a scene without a board has no lattice")
        return self.seen(project(self.camera.plane(), LATTICE))

    def seen(self, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the bend brings these pixel positions (N, 2) of the flat scene."""
        return pixels if self.bend is None else self.bend.moved(pixels)


def draw_scene(
    rng: np.random.Generator,
    faces: list[Face],
    photographs: Photographs | None = None,
    size: tuple[int, int] | None = None,
    letters: Mapping[int, str] | None = None,
) -> Scene:
    """Draw a picture of a board, `size` (width, height) or drawn. With `photographs` the pieces wear them.

    `letters` says what stands on which points (FEN order); when None any pieces stand anywhere.
    """
    size = size or _SHAPES[int(rng.integers(len(_SHAPES)))]
    camera = _near_enough(rng, draw_camera(rng, size))
    size = camera.size
    ground = camera.plane()
    pitch = pitch_pixels(ground)
    board = draw_board(rng, float(np.clip(pitch, 24, 72)), faces)
    shape = (size[1], size[0])
    picture = draw_table(rng, shape, faces)
    if rng.random() < _CROWDED_SHARE:
        draw_surroundings(rng, picture, camera)
    _lay(picture, board.picture, board.scale, board.margin, ground)
    style = draw_style(rng, faces)
    if rng.random() < _SMALL_WRITING_SHARE:
        style = replace(style, glyph_scale=float(style.glyph_scale * rng.uniform(0.68, 0.95)))
    pieces = place(rng, *board.margin, draw_letters(rng) if letters is None else letters)
    if photographs is None:
        pieces = [
            replace(piece, character=style.characters.get((piece.kind, piece.red), "")) for piece in pieces
        ]
    _litter(rng, picture, camera, pieces, pitch)
    _shade(rng, picture, camera, pieces, pitch)
    _stand(rng, picture, camera, pieces, style, photographs)
    cover = np.zeros(shape, np.float32)
    if rng.random() < 0.45:
        for _ in range(int(rng.choice([1, 2, 3], p=[0.7, 0.2, 0.1]))):
            target = project(ground, [[rng.uniform(-1, 9), rng.uniform(-1, 10)]])[0]
            _hide(rng, picture, cover, pitch, (float(target[0]), float(target[1])))
    bend = None
    if rng.random() < 0.3:
        bend = draw_bend(rng, size, pitch)
        picture, cover = bend.applied(picture), bend.applied(cover)
        if rng.random() < 0.7:
            picture *= bend.light(rng.uniform(-0.35, 0.35))[:, :, None]
    return Scene(expose(rng, light(rng, picture), pitch), camera, pieces, cover, bend)


def draw_empty_scene(
    rng: np.random.Generator, faces: list[Face], size: tuple[int, int] | None = None
) -> Scene:
    """Draw a picture that shows no Xiangqi board: tables, clutter, other lattices, loose pieces."""
    size = size or _SHAPES[int(rng.integers(len(_SHAPES)))]
    shape = (size[1], size[0])
    picture = draw_table(rng, shape, faces, decoys=True)
    camera = draw_camera(rng, size)
    if rng.random() < _CROWDED_SHARE:
        draw_surroundings(rng, picture, camera)
    if rng.random() < 0.4:
        pieces = place(rng, 1.0, 1.0, draw_letters(rng))
        _shade(rng, picture, camera, pieces, pitch_pixels(camera.plane()))
        _stand(rng, picture, camera, pieces[: int(rng.integers(1, 20))], draw_style(rng, faces), None)
    cover = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(0, 3))):
        _hide(
            rng,
            picture,
            cover,
            0.08 * max(size),
            (float(rng.uniform(0, size[0])), float(rng.uniform(0, size[1]))),
        )
    return Scene(expose(rng, light(rng, picture), 30.0), None, [], cover)


def _near_enough(rng: np.random.Generator, camera: Camera) -> Camera:
    """Give the camera more pixels when cells would be too small to read, but for a few."""
    pitch = pitch_pixels(camera.plane())
    wanted = rng.uniform(24, 42) if rng.random() < 0.85 else rng.uniform(18, 25)
    finer = min(wanted / pitch, 1280 / max(camera.size))
    if finer <= 1:
        return camera
    size = (round(camera.size[0] * finer), round(camera.size[1] * finer))
    scale = np.array([[size[0] / camera.size[0]], [size[1] / camera.size[1]], [1.0]])
    return Camera(camera.matrix * scale, size)


def _lay(
    picture: Floats, flat: Floats, scale: float, margin: tuple[float, float], ground: NDArray[np.float64]
) -> None:
    """Put the flat board under the table's camera."""
    from_flat = np.array(
        [[1 / scale, 0, 0.5 / scale - margin[0]], [0, 1 / scale, 0.5 / scale - margin[1]], [0, 0, 1]]
    )
    size = (picture.shape[1], picture.shape[0])
    cv2.warpPerspective(
        flat, ground @ from_flat, size, dst=picture, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )


def _litter(
    rng: np.random.Generator, picture: Floats, camera: Camera, pieces: Sequence[Piece], pitch: float
) -> None:
    """Put stains, pegs and crumbs on the board, which are no pieces and hide none."""
    if rng.random() > 0.25:
        return
    ground = camera.plane()
    for _ in range(int(rng.integers(1, 8))):
        spot = LATTICE[int(rng.integers(90))] + rng.normal(0, 0.15, 2)
        if rng.random() < 0.3:
            spot = rng.uniform((-0.5, -0.5), (8.5, 9.5))
        if any(np.hypot(spot[0] - piece.x, spot[1] - piece.y) < piece.radius + 0.25 for piece in pieces):
            continue
        paint = colour(rng, (0, 1), (0, 0.9), (0.05, 1.0))
        if rng.random() < 0.5:
            # A peg or a crumb: small and round, sometimes with a highlight.
            size = float(max(1.5, pitch * rng.uniform(0.05, 0.16)))
            at = tuple(round(float(value) * 16) for value in project(ground, spot[None])[0])
            cv2.circle(picture, at, round(size * 16), paint.tolist(), -1, cv2.LINE_AA, 4)
            cv2.circle(picture, at, round(size * 8), (paint * 1.3).tolist(), -1, cv2.LINE_AA, 4)
            continue
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        reach = rng.uniform(0.1, 0.5) * (1 + 0.3 * np.repeat(rng.normal(0, 1, 8), 3))
        outline = spot + np.stack([reach * np.cos(angles), reach * np.sin(angles)], 1)
        mask = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(project(ground, outline)).astype(np.int32)], 255, cv2.LINE_AA)
        soft = cv2.GaussianBlur(mask, (0, 0), float(max(0.5, pitch * rng.uniform(0.02, 0.15))))
        share = (soft.astype(np.float32) * (rng.uniform(0.15, 0.7) / 255.0))[:, :, None]
        picture[:] = picture * (1 - share) + paint * share


def _shade(
    rng: np.random.Generator, picture: Floats, camera: Camera, pieces: Sequence[Piece], pitch: float
) -> None:
    """Darken the board where pieces keep the light away."""
    strength = rng.uniform(0.0, 0.6)
    if strength < 0.1 or not pieces:
        return
    direction, reach = rng.uniform(0, 2 * np.pi), abs(rng.normal(0, 0.9))
    mask = np.zeros(picture.shape[:2], np.uint8)
    ground = camera.plane()
    for piece in pieces:
        drift = piece.height * reach * np.array([np.cos(direction), np.sin(direction)])
        rim = piece.radius * 1.02 * np.stack([np.cos(_CIRCLE), np.sin(_CIRCLE)], 1) + (piece.x, piece.y)
        hull = cv2.convexHull(project(ground, np.concatenate([rim, rim + drift])).astype(np.float32))
        cv2.fillConvexPoly(mask, hull.astype(np.int32), 255, cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (0, 0), float(max(0.6, pitch * rng.uniform(0.02, 0.12)))).astype(np.float32)
    picture *= 1.0 - (strength / 255.0) * soft[:, :, None]


def _stand(
    rng: np.random.Generator,
    picture: Floats,
    camera: Camera,
    pieces: Sequence[Piece],
    style: SetStyle,
    photographs: Photographs | None,
) -> None:
    """Stand the pieces on the board, the farthest first."""
    sun = rng.uniform(0, 2 * np.pi)
    drawn: dict[tuple[str, bool], Floats] = {}
    lens = camera.matrix[2]
    rim = np.stack([np.cos(_CIRCLE), np.sin(_CIRCLE)], 1)
    for piece in sorted(pieces, key=lambda p: -float(lens @ (p.x, p.y, 0.0, 1.0))):
        key = (piece.kind, piece.red)
        if photographs is not None and photographs.get(key):
            options = photographs[key]
            face = photographed_face(options[int(rng.integers(len(options)))])
        elif piece.kind == "?":
            face = blank_face(rng, style)
        else:
            if key not in drawn:
                drawn[key] = draw_face(rng, style, piece.kind, piece.red)
            face = drawn[key]
        top = camera.plane(piece.height)
        circle = piece.radius * rim + (piece.x, piece.y)
        upper, lower = project(top, circle), project(camera.plane(0.0), circle)
        side = style.disc[0 if piece.red else 1] * rng.uniform(0.45, 0.8)
        hull = cv2.convexHull(np.concatenate([upper, lower]).astype(np.float32))
        behind = picture.copy() if style.clearness and piece.kind != "?" else None
        cv2.fillConvexPoly(picture, np.round(hull * 16).astype(np.int32), side.tolist(), cv2.LINE_AA, 4)
        if behind is not None:
            picture[:] = behind * style.clearness + picture * (1 - style.clearness)
        _glue(picture, face, top, piece, upper, 1.0 + 0.08 * np.cos(sun + piece.turn))


def _glue(
    picture: Floats,
    face: Floats,
    top: NDArray[np.float64],
    piece: Piece,
    rim: NDArray[np.float64],
    gain: float,
) -> None:
    height, width = picture.shape[:2]
    left, upper = np.floor(rim.min(axis=0)).astype(int) - 1
    right, lower = np.ceil(rim.max(axis=0)).astype(int) + 2
    left, upper, right, lower = max(0, left), max(0, upper), min(width, right), min(height, lower)
    if right - left < 2 or lower - upper < 2:
        return
    scale = piece.radius / 48.0
    cos, sin = scale * np.cos(piece.turn), scale * np.sin(piece.turn)
    on_board = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    on_board[:2, 2] = np.array([piece.x, piece.y]) - on_board[:2, :2] @ np.array([47.5, 47.5])
    window = np.array([[1.0, 0, -left], [0, 1.0, -upper], [0, 0, 1.0]])
    matrix, size = window @ top @ on_board, (int(right - left), int(lower - upper))
    reach = (right - left) / 96.0
    source = face if reach > 0.75 else cv2.GaussianBlur(face, (0, 0), 0.45 / reach)
    glued = cv2.warpPerspective(source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpPerspective(_DISC, matrix, size, flags=cv2.INTER_LINEAR)[:, :, None] * glued[:, :, 3:]
    region = picture[upper:lower, left:right]
    region[:] = region * (1 - share) + glued[:, :, :3] * share * gain


def _hide(
    rng: np.random.Generator, picture: Floats, cover: Floats, pitch: float, target: tuple[float, float]
) -> None:
    thing = draw_cover(rng, (picture.shape[1], picture.shape[0]), pitch, target)
    if rng.random() < 0.5:
        drift = np.array([[1, 0, rng.normal(0, 0.4 * pitch)], [0, 1, rng.normal(0, 0.4 * pitch)]])
        shadow = cv2.warpAffine(thing.opacity, drift, (picture.shape[1], picture.shape[0]))
        shadow = cv2.GaussianBlur(shadow, (0, 0), float(max(1.0, 0.15 * pitch)))
        picture *= 1.0 - rng.uniform(0.1, 0.5) * shadow[:, :, None]
    share = thing.opacity[:, :, None]
    picture[:] = picture * (1 - share) + thing.paint * share
    np.maximum(cover, thing.opacity, out=cover)
