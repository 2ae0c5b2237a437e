"""Tuning by simultaneous perturbation (SPSA, Spall 1992): all constants at once, from results of games alone.

Each pair of games is played between two settings that differ from the present one by a step up or down in
every constant, drawn anew for each pair; then every constant moves a little toward the side that scored
better. What a constant does alone drowns in the noise of one pair and adds up over thousands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

__all__ = ["Knob", "Spsa"]

_STEP_DECAY = 0.101  # Spall's exponents: of the steps,
_GAIN_DECAY = 0.602  # and of how much a result counts
_GAIN = 0.02  # share of a step by which a pair won whole moves a constant at the end of the run
_WARM_UP = 0.1  # share of the pairs before which results do not count for more


@dataclass(frozen=True, slots=True)
class Knob:
    """A constant: where it starts, between what it stays, and the step that the last pair tries."""

    name: str
    start: float
    lowest: float
    highest: float
    step: float


@dataclass
class Spsa:
    """The state of a run of `pairs` pairs; what it says depends on the seed and the results told so far."""

    knobs: Sequence[Knob]
    pairs: int
    seed: int
    values: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.values = [knob.start for knob in self.knobs]

    def _signs(self, pair: int) -> list[int]:
        coins = np.random.default_rng([self.seed, pair]).integers(0, 2, len(self.knobs))
        return [1 if coin else -1 for coin in coins.tolist()]

    def _steps(self, pair: int) -> list[float]:
        return [knob.step * (self.pairs / (pair + 1)) ** _STEP_DECAY for knob in self.knobs]

    def _settings(self, offsets: Sequence[float]) -> dict[str, int]:
        return {
            knob.name: round(min(max(value + offset, knob.lowest), knob.highest))
            for knob, value, offset in zip(self.knobs, self.values, offsets, strict=True)
        }

    def contestants(self, pair: int) -> tuple[dict[str, int], dict[str, int]]:
        """The two settings that pair `pair` (0 is the first) plays against each other."""
        steps = [sign * step for sign, step in zip(self._signs(pair), self._steps(pair), strict=True)]
        return self._settings(steps), self._settings([-step for step in steps])

    def tell(self, pair: int, score: float) -> None:
        """Learn the first setting's score (0 to 1) in pair `pair`."""
        warm_up = _WARM_UP * self.pairs
        gain = _GAIN * ((warm_up + self.pairs) / (warm_up + pair + 1)) ** _GAIN_DECAY
        won = 2 * (score - 0.5)
        for i, (knob, sign, step) in enumerate(
            zip(self.knobs, self._signs(pair), self._steps(pair), strict=True)
        ):
            moved = self.values[i] + gain * step * sign * won
            self.values[i] = min(max(moved, knob.lowest), knob.highest)

    def settings(self) -> Mapping[str, int]:
        """The present values, rounded."""
        return self._settings([0.0] * len(self.knobs))
