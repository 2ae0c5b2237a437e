"""A share of counted plies and its interval, over openings: the plies of one game are not independent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Share", "share_over"]

_Z95 = 1.96


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, and half the 95 % interval of the share."""

    part: int
    whole: int
    bound: float

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.part / self.whole

    def exceeds(self, other: "Share") -> bool:
        """Whether it is larger than the other by more than chance explains, 95 times in a hundred."""
        return self.value - other.value > math.hypot(self.bound, other.bound)


def share_over(counts: Sequence[tuple[int, int]]) -> Share | None:
    """The share of all parts in all wholes, one (part, whole) an opening; None where the wholes are nothing.

    The interval is that of a ratio of sums (W. G. Cochran, Sampling Techniques, 3rd ed., section 2.11).
    """
    part, whole = (sum(numbers) for numbers in zip(*counts, strict=True)) if counts else (0, 0)
    if not whole:
        return None
    share = part / whole
    spread = math.fsum((own - share * of) ** 2 for own, of in counts)
    # One more of a kind that never showed, so that a share of nothing is not taken for certain.
    spread += 1 if part in {0, whole} else 0
    return Share(part, whole, _Z95 * math.sqrt(spread * len(counts) / max(1, len(counts) - 1)) / whole)
