"""Styles of piece sets, and the upper face of one piece as a square picture.

A face is (96, 96, 4): BGR and opacity, 0..1, because some sets are of clear plastic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from tools.train_vision.fonts import KIND_GLYPHS, Face, glyph, has_glyph
from tools.train_vision.textures import Floats, colour, noise, surface

__all__ = ["FACE_PIXELS", "SetStyle", "blank_face", "draw_face", "draw_style", "photographed_face"]

#: Side of a face picture; the disc touches its borders.
FACE_PIXELS = 96

#: Least difference of brightness, 0..1, between writing and disc.
#: Ink of a character whose strokes were made thinner or bolder, in shares of its font's.
_LEAST_INK, _MOST_INK = 0.7, 1.8
_LEAST_CONTRAST = 0.25
_CENTRE = (FACE_PIXELS - 1) / 2
_Y, _X = np.mgrid[0:FACE_PIXELS, 0:FACE_PIXELS].astype(np.float32)
_RADIUS: Floats = np.hypot(_X - _CENTRE, _Y - _CENTRE) / (FACE_PIXELS / 2)


@dataclass(frozen=True)
class SetStyle:
    """How one set of pieces looks. Colours are (3,) BGR 0..1, pairs are (red side, black side)."""

    font: Face
    characters: Mapping[tuple[str, bool], str]
    disc: tuple[Floats, Floats]
    ink: tuple[Floats, Floats]
    ring_ink: tuple[Floats, Floats]
    texture: str
    rings: Sequence[tuple[float, float]]
    glyph_scale: float
    boldness: float
    warp: float
    engraving: float
    opacity: float
    bevel: float
    second_line: bool
    clearness: float
    gloss: float
    dots: int


def draw_style(rng: np.random.Generator, faces: Sequence[Face]) -> SetStyle:
    """Draw the style of one whole set."""
    weights = np.array([face.weight for face in faces])
    font = faces[rng.choice(len(faces), p=weights / weights.sum())]
    characters = _characters(rng, font)
    body = _disc_colour(rng)
    red, black = _inks(rng)
    disc = (body, body)
    light_writing = bool(rng.random() < 0.1)
    if light_writing:
        # Light writing on discs in the colour of the side.
        writing = colour(rng, (0.08, 0.16), (0.0, 0.5), (0.85, 1.0))
        disc, (red, black) = (_apart(red, writing), _apart(black, writing)), (writing, writing)
    elif rng.random() < 0.95:
        red, black = _apart(red, body), _apart(black, body)
    rings = _rings(rng)
    ring_ink = (red, black)
    if rng.random() < 0.15:
        shade = np.asarray(body * rng.uniform(0.35, 0.8), dtype=np.float32)
        ring_ink = (shade, shade)
    inside = min((inner for _, inner in rings), default=1.0)
    carved = rng.random() < 0.12
    clearness = float(rng.uniform(0.35, 0.9)) if rng.random() < 0.07 else 0.0
    return SetStyle(
        font=font,
        characters=characters,
        disc=disc,
        ink=(red, black),
        ring_ink=ring_ink,
        texture=str(rng.choice(["wood", "plain", "paper"], p=[0.5, 0.4, 0.1])),
        rings=rings,
        glyph_scale=float(inside * rng.uniform(0.6, 0.82)),
        boldness=float(rng.normal(0.3, 0.8)),
        warp=float(rng.uniform(0, 4.0) if rng.random() < 0.7 else 0.0),
        engraving=float(rng.uniform(0.7, 1.6) if carved else rng.uniform(0.1, 0.6) * (rng.random() < 0.5)),
        opacity=float(rng.uniform(0.3, 0.75) if carved else rng.uniform(0.8, 1.0)),
        bevel=float(rng.uniform(0.0, 0.35)),
        second_line=bool(rng.random() < 0.08),
        clearness=0.0 if light_writing else clearness,  # nobody could read it on a pale board
        gloss=float(rng.uniform(0.1, 0.7) if rng.random() < 0.25 else 0.0),
        dots=int(rng.integers(12, 40)) if rings and rng.random() < 0.1 else 0,
    )


def draw_face(rng: np.random.Generator, style: SetStyle, kind: str, red: bool) -> Floats:
    """Draw the upper face of one piece, (96, 96, 4), the glyph upright; outside the disc it is undefined."""
    side = 0 if red else 1
    picture = _disc(rng, style, side)
    ink = np.zeros((FACE_PIXELS, FACE_PIXELS), np.float32)
    _stamp(rng, ink, style, style.characters[kind, red])
    ring = np.zeros_like(ink)
    for outer, inner in style.rings:
        ring = np.maximum(ring, np.clip((outer - _RADIUS) * 48, 0, 1) * np.clip((_RADIUS - inner) * 48, 0, 1))
    if style.dots:
        ring *= 0.5 + 0.5 * np.sign(np.sin(style.dots * np.arctan2(_Y - _CENTRE, _X - _CENTRE)))
    picture = _painted(picture, ring * style.opacity, style.ring_ink[side])
    worn = ink * style.opacity
    if rng.random() < 0.2:
        worn *= np.clip(0.9 + 0.5 * noise(rng, ink.shape, (14, 14)), 0.3, 1.0)
    picture = _painted(picture, worn, style.ink[side])
    if style.engraving:
        picture = picture * (1.0 + style.engraving * _slope(rng, np.maximum(ink, ring)))[:, :, None]
    rim = np.clip((_RADIUS - 0.9) * 10, 0, 1) * style.bevel
    picture = picture * (1.0 - rim * (0.6 + 0.4 * (_Y - _CENTRE) / _CENTRE))[:, :, None]
    if style.gloss:
        picture = picture + _shine(rng, style.gloss)[:, :, None]
    opacity = np.maximum(1.0 - style.clearness, np.maximum(worn, np.maximum(ring, rim)))
    return np.dstack([np.clip(picture, 0.0, 1.0), np.clip(opacity, 0.0, 1.0)]).astype(np.float32)


def blank_face(rng: np.random.Generator, style: SetStyle) -> Floats:
    """Draw a face without a glyph, (96, 96, 4): a piece that lies face down, a coin, a bottle top."""
    picture = _disc(rng, style, 0)
    if rng.random() < 0.5:
        picture = picture * rng.uniform(0.3, 1.2, 3).astype(np.float32)
    if rng.random() < 0.35:
        # A coin's relief or a bottle top's print: shapes and letters that are no piece's character.
        relief = np.zeros((FACE_PIXELS, FACE_PIXELS), np.uint8)
        text = str(rng.choice(["1", "5", "10", "50", "COLA", "BEER", "1/2", "&", "2024", "*"]))
        size = float(rng.uniform(0.6, 1.6))
        (wide, high), _ = cv2.getTextSize(text, 0, size, 2)
        cv2.putText(relief, text, (48 - wide // 2, 48 + high // 2), 0, size, 255, 2, cv2.LINE_AA)
        for _ in range(int(rng.integers(0, 3))):
            centre = tuple(int(value) for value in rng.integers(30, 66, 2))
            axes = tuple(int(value) for value in rng.integers(5, 26, 2))
            cv2.ellipse(relief, centre, axes, float(rng.uniform(0, 180)), 0, 360, 255, 2, cv2.LINE_AA)
        shape = relief.astype(np.float32) / 255.0
        if rng.random() < 0.5:
            picture = picture * (1.0 + rng.uniform(0.3, 1.0) * _slope(rng, shape))[:, :, None]
        else:
            picture = _painted(picture, shape * rng.uniform(0.4, 1), colour(rng, (0, 1), (0, 1), (0.0, 0.9)))
    if rng.random() < 0.25:
        teeth = np.sign(np.sin(rng.integers(18, 60) * np.arctan2(_Y - _CENTRE, _X - _CENTRE)))
        picture = picture * (1.0 + 0.25 * teeth * np.clip((_RADIUS - 0.82) * 20, 0, 1))[:, :, None]
    if rng.random() < 0.4:
        edge = rng.uniform(0.4, 0.9)
        ring = np.clip((edge - _RADIUS) * 48, 0, 1) * np.clip((_RADIUS - edge + 0.06) * 48, 0, 1)
        picture = _painted(picture, ring, colour(rng, (0, 1), (0, 1), (0.1, 0.9)))
    if rng.random() < 0.3:
        picture = picture + _shine(rng, float(rng.uniform(0.1, 0.6)))[:, :, None]
    return _opaque(np.asarray(np.clip(picture, 0.0, 1.0), dtype=np.float32))


def photographed_face(crop: Floats) -> Floats:
    """Fit a photographed piece, (h, w, 3), to the square of a face picture, (96, 96, 4)."""
    fitted = cv2.resize(crop, (FACE_PIXELS, FACE_PIXELS), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return _opaque(np.asarray(fitted, dtype=np.float32))


def _opaque(picture: Floats) -> Floats:
    return np.dstack([picture, np.ones((FACE_PIXELS, FACE_PIXELS), np.float32)])


def _slope(rng: np.random.Generator, cut: Floats) -> Floats:
    """How much lighter or darker the flanks of a cut are, lit from a random side."""
    soft = cv2.GaussianBlur(cut, (0, 0), float(rng.uniform(0.7, 1.6)))
    angle = rng.uniform(0, 2 * np.pi)
    down = np.roll(soft, 1, axis=0) - np.roll(soft, -1, axis=0)
    across = np.roll(soft, 1, axis=1) - np.roll(soft, -1, axis=1)
    return np.asarray(np.cos(angle) * down + np.sin(angle) * across, dtype=np.float32)


def _shine(rng: np.random.Generator, strength: float) -> Floats:
    """A lamp's reflection on varnish: a soft streak somewhere on the face."""
    x, y = rng.uniform(20, 76, 2)
    wide, high = rng.uniform(4, 22, 2)
    angle = rng.uniform(0, np.pi)
    u = (_X - x) * np.cos(angle) + (_Y - y) * np.sin(angle)
    v = (_Y - y) * np.cos(angle) - (_X - x) * np.sin(angle)
    return np.asarray(strength * np.exp(-((u / wide) ** 2) - (v / high) ** 2), dtype=np.float32)


def _characters(rng: np.random.Generator, font: Face) -> dict[tuple[str, bool], str]:
    chosen: dict[tuple[str, bool], str] = {}
    for kind, pair in KIND_GLYPHS.items():
        for red, weights in zip((True, False), pair, strict=True):
            options = {text: weight for text, weight in weights.items() if has_glyph(font, text)}
            share = np.array(list(options.values()))
            chosen[kind, red] = str(rng.choice(list(options), p=share / share.sum()))
    if rng.random() < 0.12:
        chosen["P", True], chosen["P", False] = chosen["P", False], chosen["P", True]
    return chosen


def _disc_colour(rng: np.random.Generator) -> Floats:
    roll = rng.random()
    if roll < 0.5:
        return colour(rng, (0.06, 0.13), (0.15, 0.65), (0.6, 1.0))  # light woods
    if roll < 0.8:
        return colour(rng, (0.08, 0.18), (0.0, 0.25), (0.75, 1.0))  # ivory, white plastic
    if roll < 0.9:
        return colour(rng, (0.03, 0.09), (0.4, 0.8), (0.3, 0.6))  # dark woods
    return colour(rng, (0.0, 1.0), (0.0, 0.5), (0.4, 1.0))


def _inks(rng: np.random.Generator) -> tuple[Floats, Floats]:
    roll = rng.random()
    if roll < 0.75:
        red = colour(rng, (-0.03, 0.025), (0.65, 1.0), (0.45, 0.95))
    elif roll < 0.9:
        red = colour(rng, (-0.03, 0.06), (0.4, 0.85), (0.3, 0.65))
    else:
        red = colour(rng, (0.92, 1.09), (0.6, 1.0), (0.6, 1.0))
    roll = rng.random()
    if roll < 0.6:
        black = colour(rng, (0.0, 1.0), (0.0, 0.3), (0.02, 0.25))
    elif roll < 0.82:
        black = colour(rng, (0.3, 0.5), (0.3, 1.0), (0.12, 0.5))
    elif roll < 0.94:
        black = colour(rng, (0.55, 0.7), (0.3, 1.0), (0.12, 0.6))
    else:
        black = colour(rng, (0.05, 0.1), (0.3, 0.7), (0.1, 0.25))
    return red, black


def _apart(paint: Floats, ground: Floats) -> Floats:
    """Darken the paint, or lighten it on dark ground, until both differ as a maker of sets would want it."""
    level = float(ground.mean())
    for _ in range(8):
        if abs(float(paint.mean()) - level) > _LEAST_CONTRAST:
            break
        paint = np.asarray(paint * 0.75 if level > 0.4 else paint + 0.35 * (1 - paint), dtype=np.float32)
    return paint


def _rings(rng: np.random.Generator) -> list[tuple[float, float]]:
    roll = rng.random()
    if roll < 0.22:
        return []
    outer = rng.uniform(0.74, 0.95)
    width = rng.uniform(0.02, 0.09)
    rings = [(float(outer), float(outer - width))]
    if roll > 0.78:
        second = rings[0][1] - rng.uniform(0.02, 0.06)
        rings.append((float(second), float(second - rng.uniform(0.02, 0.04))))
    return rings


def _disc(rng: np.random.Generator, style: SetStyle, side: int) -> Floats:
    return surface(rng, (FACE_PIXELS, FACE_PIXELS), style.disc[side], style.texture)


def _painted(picture: Floats, opacity: Floats, ink: Floats) -> Floats:
    share = opacity[:, :, None]
    return np.asarray(picture * (1 - share) + ink * share, dtype=np.float32)


def _stamp(rng: np.random.Generator, ink: Floats, style: SetStyle, character: str) -> None:
    """Write the character into the opacity picture `ink`, with bent strokes of another weight."""
    mask = glyph(style.font, character)
    size = mask.shape[0]
    if style.warp:
        shift_x, shift_y = (style.warp * noise(rng, mask.shape, (5, 5)) for _ in range(2))
        ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
        mask = np.asarray(cv2.remap(mask, xs + shift_x, ys + shift_y, cv2.INTER_LINEAR), np.float32)
    if abs(style.boldness) > 0.2:
        soft = cv2.GaussianBlur(mask, (0, 0), 1.0 + abs(style.boldness))
        changed = np.clip((soft - 0.5 + 0.22 * style.boldness) * 4 + 0.5, 0, 1)
        # Light fonts lose whole strokes, heavy ones run together: no set is made so.
        if _LEAST_INK < changed.sum() / mask.sum() < _MOST_INK:
            mask = changed
    width = round(FACE_PIXELS * style.glyph_scale * rng.uniform(0.96, 1.04))
    height = round(width * rng.uniform(0.92, 1.08))
    if style.second_line:
        width, height = round(width * 0.75), round(height * 0.75)
    drawn = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), dtype=np.float32)
    left, top = (FACE_PIXELS - width) // 2, (FACE_PIXELS - height) // 2
    if style.second_line:
        top -= round(0.1 * FACE_PIXELS)
        words = ["KING", "GENERAL", "HORSE", "CANNON", "PAWN", "SOLDIER", "R", "ELEPHANT", "GUARD", "CHARIOT"]
        word = str(rng.choice(words))
        latin = np.zeros(ink.shape, np.uint8)
        letters = float(rng.uniform(0.28, 0.42))
        (wide, _), _ = cv2.getTextSize(word, 0, letters, 1)
        at = (round((FACE_PIXELS - wide) / 2), round(FACE_PIXELS * 0.8))
        cv2.putText(latin, word, at, 0, letters, 255, 1, cv2.LINE_AA)
        np.maximum(ink, latin.astype(np.float32) / 255.0, out=ink)
    top = max(0, top)
    region = ink[top : top + height, left : left + width]
    np.maximum(region, drawn[: region.shape[0], : region.shape[1]], out=region)
