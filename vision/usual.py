"""Where men usually stand in a game: what is likelier of a man that can hardly be read.

A doubtful man on the point where horses begin is a horse more often than a cannon. How often, was counted in
games of this program's own levels (`qiyou usual-places`). Only who asks what a picture shows is told so: a
game, and the look before it, want to know what really stands there, however unusual.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.errors import ModelFileError
from vision.laws import MAY_STAND
from vision.model_files import MODELS
from vision.reading import LABELS, SQUARES

__all__ = ["load_usual", "our_usual_nats"]

#: Name of the table's file in the folder of models.
_TABLE = "usual.json"

_KINDS = LABELS[:7]
_MEN = 2 * len(_KINDS)
_UNUSUAL = 0.2
"""Share of men that stand anywhere the laws let them: puzzles, lessons, games of other people. On 500 drawn
boards of games of other seeds 0.1, 0.2 and 0.3 read alike; boards of random moves gained, too."""
_NEVER_SEEN = 0.5  # what one count a point and lawful label is added of, so that none is impossible
_LEAST = 1e-6
_MOST_COUNTED = 2**40


@lru_cache(maxsize=1)
def our_usual_nats() -> NDArray[np.float64]:
    """The table of this program as nats (90, 16), see `load_usual`. Raises `ModelFileError`."""
    return load_usual(MODELS / _TABLE)


def load_usual(path: Path) -> NDArray[np.float64]:
    """Read counts and return nats (90, 16) over `LABELS` to be added to what a picture says of each point in
    FEN order: logarithms of how much oftener than by chance a man there is this one; 0 for `.` and `?`.

    Raises `ModelFileError` naming the file when it is none.
    """
    try:
        men = json.loads(path.read_text(encoding="utf-8"))["men"]
        red = np.array([_counts(men[kind]) for kind in _KINDS])
    except OSError as error:
        why = error.strerror
        raise ModelFileError(f"the table {path} cannot be read ({why}); install it again") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"the table {path} is not one of counts by man and point ({error})") from error
    seen = np.vstack([red, red[:, ::-1]]).T + _NEVER_SEEN * MAY_STAND
    share = (1 - _UNUSUAL) * seen / seen.sum(axis=1, keepdims=True)
    share += _UNUSUAL * MAY_STAND / MAY_STAND.sum(axis=1, keepdims=True)
    nats = np.zeros((len(SQUARES), len(LABELS)))
    nats[:, :_MEN] = np.log(np.maximum(share, _LEAST) * _MEN)
    return nats


def _counts(row: object) -> list[int]:
    if not isinstance(row, list) or len(row) != len(SQUARES):
        raise ValueError("each man needs 90 counts")
    if not all(type(count) is int and 0 <= count <= _MOST_COUNTED for count in row):
        raise ValueError("a count is a whole number from 0 on")
    return list(row)
