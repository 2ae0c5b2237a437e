"""What is known of a board besides the picture of now: what stood there when the game last agreed with it.

Men do not change where no pixel did, and where pixels changed stand the men that stood there before, or none.
This is no law of the game and no guess about the next move: nothing is likelier for being lawful.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vision.change import Surface, compare
from vision.reading import LABELS, SQUARES

__all__ = ["Agreed", "remembered"]

#: Nats for a label where no pixel changed: one change in four hundred may go unseen.
_STAYS = 6.0
#: Nats against a man who stood on none of the changed points: one that was taken is rarely put back.
_STRANGER = 6.0
#: Nats against a thing that cannot be told where a man left a changed point: it will be him.
_UNTOLD = 4.0
_KNOCKED = 0.5  # weight of what is known once the board was knocked: men may have slid
_BOARDS = 4  # boards that are remembered: a takeback brings an older one back
_MEN = np.array([label.isalpha() for label in LABELS])


@dataclass(frozen=True)
class Agreed:
    """What the game and a picture agreed on: the `surface` then, with its frame's time and hash, and the
    `boards` lately, the newest first, 90 labels in FEN order each.
    """

    surface: Surface
    t_us: int
    frame_hash: str
    boards: tuple[str, ...]

    def after(self, boards: tuple[str, ...]) -> "Agreed":
        """The same, with the boards before it."""
        older = boards[1:] if boards[:1] == self.boards[:1] else boards
        return replace(self, boards=(*self.boards, *older)[:_BOARDS])

    def changed(self, now: Surface) -> NDArray[np.bool_]:
        """Where (90,) bool the surface `now`, of the same board in the same place, differs."""
        change = compare(self.surface, now)
        return change.points | change.limb_points

    def known_after_a_knock(self) -> NDArray[np.float64]:
        """Nats (90, 16) for a picture of the board in another place."""
        return remembered(self.boards, np.zeros(len(SQUARES), dtype=bool)) * _KNOCKED


def remembered(boards: Sequence[Sequence[str]], changed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Nats (90, 16) over `LABELS` that speak for each label of each point besides the picture.

    `boards`: the boards the game agreed with lately, newest first, 90 labels in FEN order each; `changed`
    (90,) bool: where pixels differ from the newest. The men of older boards come back when a move is taken
    back.
    """
    nats = np.zeros((len(changed), len(LABELS)))
    columns = np.array([LABELS.index(label) for label in boards[0]])
    still = np.flatnonzero(~changed)
    nats[still, columns[still]] = _STAYS
    men = {board[int(point)] for board in boards for point in np.flatnonzero(changed)}
    strangers = _MEN & np.array([label not in men for label in LABELS])
    nats[np.ix_(changed, strangers)] = -_STRANGER
    if not men <= {"."}:
        nats[changed, LABELS.index("?")] = -_UNTOLD
    return nats
