"""Learns an unknown set of pieces from one picture of the opening position, on the device, in a second.

In the opening it is known what stands where. Every piece's face is kept as a template in polar coordinates,
where turning is shifting; a piece seen later is compared with all templates at all turns. A physical set
looks like itself far more than like anything else, however strange its characters are to the nets. What the
ink of either side looks like is learned likewise. The nets still say where a piece stands.
"""

import io
import json
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine import Position
from vision.classify import KIND_COLUMNS, PointScores
from vision.errors import NewSetError
from vision.geometry import LATTICE, lifted
from vision.glyphs import INK_SIZE
from vision.look import PointReader
from vision.polar_faces import FACE_REACH, FAR_NUDGES, correlations, polar_faces
from vision.reading import SQUARES, board_to_fen_order
from vision.rectify import PIECE_HEIGHT_CELLS

__all__ = ["AdaptedReader", "KnownSet", "learn_set", "load_set", "save_set"]

Floats = NDArray[np.float32]
Array = NDArray[np.float64]

_FACE = (18, 96)  # radii and angles of a template
_KINDS = KIND_COLUMNS[:7]
_EMPTY, _UNKNOWN = 7, 8
_FEWEST = 24  # of the 32 men must be where the opening has them, or it is no opening
_NET_WEIGHT = 0.7  # the nets and the templates see the same pixels
#: Nats by which a label is likelier that fits better by as much as pieces of one label do than others. On 60
#: drawn boards a steepness of 8, and a least fit 0.15 below the pieces' own, left 9 with a fault; these leave
#: two. A lower least fit told none of 60 coins to be a man.
_STEEPNESS = 4.8
_STEEPEST = 36.0
_LEAST_BELOW = 0.25
_FACE_OF_SIDE = 0.83  # how much more a fit tells of the side than of the kind
_LABELS = _KINDS + _KINDS.lower()
_MEASURES = 2 * INK_SIZE + 3  # both embeddings, and the colour and depth of the ink itself
_SHRUNK = 0.4
_STRANGE = 40.0  # nats by which a piece is likelier a stranger when it fits worse than the least by 1
_HIDDEN = 0.9  # share of "cannot tell" from which on the nets are believed: a hand, not a strange character
_SURE = 5.0  # nats
#: By how much the median man must fit better than the least, of so many men; else this is another set.
#: On 16 drawn sets, men of the set itself had 0.33 and more, those of most others under 0.1.
_OWN_SET = 0.15
_ENOUGH_MEN = 8
_FLOOR = 1e-9
_LARGEST_BYTES = 4_000_000


@dataclass(frozen=True)
class KnownSet:
    """A set as it looked in one picture.

    `templates` (n, 18, 96) float32 of unit norm with `labels` (n letters); `steepness` nats by which a label
    is likelier when it fits better by 1; `least` how well a piece of this set fits at least; `side` (12,)
    weights and bias that turn the ink's eleven measures into log-odds of red; `model` the hash of the nets.
    """

    templates: Floats
    labels: str
    steepness: float
    least: float
    side: Array
    model: str


class AdaptedReader:
    """A point reader that knows the set on the board; wraps the one it was learned with.

    `another_set`: the men of the last picture were not of that set, so that the wrapped reader read it alone.
    """

    def __init__(self, reader: PointReader, known: KnownSet) -> None:
        """Raises `NewSetError` when `known` was learned with other nets."""
        self.another_set = False
        if known.model != reader.sha256:
            raise NewSetError("the set was learned with other models; learn it again from an opening")
        self._reader = reader
        self._known = known

    @property
    def sha256(self) -> str:
        """Hash of the nets; what the set adds is in the record as the picture it was learned from."""
        return self._reader.sha256

    def classify(self, image: NDArray[np.uint8], homography: Array) -> PointScores:
        """As the wrapped reader, with kinds and sides told by the known set if that is on the board."""
        self.another_set = False
        scores = self._reader.classify(image, homography)
        shares = np.exp(scores.kind_logp.astype(np.float64))
        points = np.flatnonzero(1 - shares[:, _EMPTY] > 0.3)
        if not len(points):
            return scores
        fits = correlations(_faces(image, homography, scores, points), self._known.templates)
        above_least = float(np.median(fits.max(axis=1))) - self._known.least
        self.another_set = len(points) >= _ENOUGH_MEN and above_least < _OWN_SET
        if self.another_set:
            return scores
        side = _inks(image, homography, scores, points) @ self._known.side[:-1] + self._known.side[-1]
        return _sharpened(self._known, scores, shares, points, fits, side)

    def mirror_gain(self, image: NDArray[np.uint8], homography: Array, scores: PointScores) -> float:
        """As the wrapped reader: its own scores are comparable with what it reads in the mirror."""
        return self._reader.mirror_gain(image, homography, self._reader.classify(image, homography))


def learn_set(
    image: NDArray[np.uint8], homography: Array, reader: PointReader, opening: Position | None = None
) -> KnownSet:
    """Learn the set from a picture (H, W, 3) uint8 BGR of `opening` (default: the opening position).

    `homography` (3, 3) sends board coordinates to pixels, a9 at (0, 0) (`vision.look` finds it). Raises
    `NewSetError` when pieces are missing: a set learned from a wrong board would be read wrongly ever after.
    """
    labels = board_to_fen_order((opening or Position.start()).board)
    scores = reader.classify(image, homography)
    empty = np.exp(scores.kind_logp[:, _EMPTY].astype(np.float64))
    men = np.array([label != "." for label in labels])
    there = men & (empty < 0.5)
    extra = [SQUARES[point] for point in np.flatnonzero(~men & (empty < 0.5))]
    if there.sum() < men.sum() or extra:
        missing = [SQUARES[point] for point in np.flatnonzero(men & ~there)]
        what = f"nothing is seen on {', '.join(missing[:4])}" if missing else f"{extra[0]} should be empty"
        raise NewSetError(f"this is not the opening position: {what}; set up all 32 pieces and try again")
    points = np.flatnonzero(there)
    if len(points) < _FEWEST:
        raise NewSetError(f"{len(points)} pieces are too few to learn a set from; the opening has 32")
    faces = _faces(image, homography, scores, points)
    names = "".join(labels[point] for point in points)
    steepness, least = _calibrated(faces, names)
    red = np.array([name.isupper() for name in names])
    side = _discriminant(_inks(image, homography, scores, points), red)
    return KnownSet(faces[:, 0], names, steepness, least, side, reader.sha256)


def save_set(known: KnownSet, path: Path) -> None:
    """Write a known set to `path` (.npz), which belongs to this device alone."""
    facts = {"labels": known.labels, "steepness": known.steepness, "least": known.least, "model": known.model}
    np.savez_compressed(
        path,
        templates=known.templates.astype(np.float16),
        side=known.side,
        facts=np.frombuffer(json.dumps(facts).encode(), np.uint8),
    )


def load_set(path: Path) -> KnownSet:
    """Read what `save_set` wrote. Raises `NewSetError` naming the file where it is something else."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES)
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            facts = json.loads(stored["facts"].tobytes())
            templates, side = stored["templates"].astype(np.float32), stored["side"].astype(np.float64)
        numbers = float(facts["steepness"]), float(facts["least"])
        known = _checked(KnownSet(templates, str(facts["labels"]), *numbers, side, str(facts["model"])))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise NewSetError(f"{path} is not a learned set ({error}); learn it again") from error
    return known


def _checked(known: KnownSet) -> KnownSet:
    shapes = (known.templates.shape, known.side.shape)
    numbers = [known.steepness, known.least]
    finite = all(np.isfinite(part).all() for part in (known.templates, known.side, numbers))
    named = set(known.labels) <= set(_LABELS) and len(known.labels) <= len(SQUARES)
    if shapes != ((len(known.labels), *_FACE), (_MEASURES + 1,)) or not finite or not named:
        raise ValueError("its parts do not fit together")
    return known


def _faces(
    image: NDArray[np.uint8], homography: Array, scores: PointScores, points: NDArray[np.int64]
) -> Floats:
    """The polar faces at `points`, (n, 13, 18, 96)."""
    plane = lifted(homography, (image.shape[1], image.shape[0]), PIECE_HEIGHT_CELLS)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    return polar_faces(grey, plane, LATTICE[points] + scores.offset_cells[points], FAR_NUDGES)


def _inks(
    image: NDArray[np.uint8], homography: Array, scores: PointScores, points: NDArray[np.int64]
) -> Array:
    """What the ink at `points` looks like, (n, 11): the nets' embedding, and the ink's colour and depth
    against its own disc, which no lamp changes.
    """
    plane = lifted(homography, (image.shape[1], image.shape[0]), PIECE_HEIGHT_CELLS)
    grid = np.stack(np.meshgrid(*[np.linspace(-FACE_REACH, FACE_REACH, 25)] * 2), axis=-1).reshape(-1, 2)
    grid = grid[np.hypot(*grid.T) <= FACE_REACH]
    places = (LATTICE[points] + scores.offset_cells[points])[:, None] + grid[None]
    flat = places.reshape(-1, 2) @ plane[:, :2].T + plane[:, 2]
    pixels = (flat[:, :2] / flat[:, 2:]).astype(np.float32).reshape(len(points), len(grid), 2)
    xs, ys = np.moveaxis(pixels, -1, 0)
    seen = cv2.remap(image, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    colours = np.log(np.asarray(seen, np.float64) + 12.0)
    far = np.abs(colours - np.median(colours, axis=1, keepdims=True)).sum(axis=2)
    order = np.argsort(far, axis=1)
    ink, disc = (
        np.take_along_axis(colours, order[:, part, None], axis=1).mean(axis=1)
        for part in (slice(-len(grid) // 6, None), slice(None, len(grid) // 2))
    )
    apart = ink - disc
    measures = [apart[:, 0] - apart[:, 1], apart[:, 2] - apart[:, 1], apart[:, 1]]
    return np.column_stack([scores.ink[points].astype(np.float64), *measures])


def _discriminant(measures: Array, red: NDArray[np.bool_]) -> Array:
    """Weights and bias (12,) of Fisher's linear discriminant, as log-odds of red; the covariance is shrunk,
    since there are few pieces.
    """
    middle = [measures[side].mean(axis=0) for side in (red, ~red)]
    within = np.vstack([measures[red] - middle[0], measures[~red] - middle[1]])
    covariance = within.T @ within / max(1, len(within) - 2)
    spread = np.diag(np.maximum(np.diag(covariance), 1e-4))
    weights = np.linalg.solve((1 - _SHRUNK) * covariance + _SHRUNK * spread, middle[0] - middle[1])
    return np.append(weights, -weights @ (middle[0] + middle[1]) / 2)


def _calibrated(faces: Floats, names: str) -> tuple[float, float]:
    """Steepness and least fit, from how pieces of one label fit each other, and others, in the picture
    itself.
    """
    each = correlations(faces, faces[:, 0])
    labels = np.array(list(names))
    kinds = np.array([name.upper() for name in names])
    same = (labels[:, None] == labels[None]) & ~np.eye(len(names), dtype=bool)
    other = kinds[:, None] != kinds[None]
    twin = np.array([row[here].max() for row, here in zip(each, same, strict=True) if here.any()])
    rival = np.array([row[here].max() for row, here in zip(each, other, strict=True)])
    gap = float(np.median(twin) - np.median(rival))
    steepness = float(np.clip(_STEEPNESS / max(gap, 0.05), _STEEPNESS, _STEEPEST))
    return steepness, float(np.quantile(twin, 0.05) - _LEAST_BELOW)


def _sharpened(
    known: KnownSet, scores: PointScores, shares: Array, points: NDArray[np.int64], each: Array, side: Array
) -> PointScores:
    """Join what the nets and the templates say of each point; `each` (n, templates) and `side` (n,)
    log-odds.
    """
    labels = np.array([_LABELS.index(label) for label in known.labels])
    fits = np.column_stack(
        [each[:, labels == label].max(axis=1, initial=-1.0) for label in range(len(_LABELS))]
    )
    red, black = fits[:, :7], fits[:, 7:]
    best = np.maximum(red, black)
    standing = 1 - shares[points, _EMPTY]
    net = np.log(np.maximum(shares[points, :7], _FLOOR))
    joined = _NET_WEIGHT * (net - net.max(axis=1, keepdims=True)) + known.steepness * best
    joined = np.exp(joined - joined.max(axis=1, keepdims=True))
    joined /= joined.sum(axis=1, keepdims=True)
    # What fits no template is no piece of this set; what fits one well is, though the nets doubted it.
    strange = 1 / (1 + np.exp(np.clip(_STRANGE * (best.max(axis=1) - known.least), -30, 30)))
    doubt = shares[points, _UNKNOWN] / np.maximum(standing, _FLOOR)
    unknown = np.maximum(strange, np.where(doubt > _HIDDEN, doubt, doubt * strange))
    result = shares.copy()
    result[points, :7] = (standing * (1 - unknown))[:, None] * joined
    result[points, _UNKNOWN] = standing * unknown
    # Red and black mostly carry different characters; where they do, the character tells the side as well.
    face = _FACE_OF_SIDE * known.steepness * (joined * (red - black)).sum(axis=1)
    odds = np.clip(face, -_SURE, _SURE) + np.clip(side, -_SURE, _SURE)
    red_logit, ink = np.array(scores.red_logit), np.zeros_like(scores.ink)
    red_logit[points] = odds
    ink[points, 0] = odds / 4  # as an embedding: two points of one side lie together, of two apart
    return replace(
        scores,
        kind_logp=np.log(np.maximum(result, _FLOOR)).astype(np.float32),
        red_logit=red_logit,
        ink=ink,
    )
