"""What a card must hold before its models go out: the pass lines, and how many trials each takes at least.

They stand here and not in the card, so that a card that lacks a line, was made in a hurry or carries another
bound does not pass.
"""

from dataclasses import dataclass
from typing import Literal

from tools.inspect_model.card import Line

__all__ = ["PASS_LINES", "SECTION_NAMES", "PassLine", "faults_of", "line_of"]


@dataclass(frozen=True)
class PassLine:
    """The figure `name` of a section must reach `bound` (`at_least`) or not pass it, in `trials` or more."""

    section: str
    name: str
    bound: float
    trials: int
    kind: Literal["at_least", "at_most"] = "at_most"


def _no_wrong_acts(section: str, trials: int) -> PassLine:
    return PassLine(section, "wrong acts", 0, trials)


PASS_LINES = (
    PassLine("white box", "piece or bare right, clean", 0.98, 720, "at_least"),
    _no_wrong_acts("tampered pictures", 8),
    PassLine("transfer", "stranger right, clean", 0.9, 720, "at_least"),
    _no_wrong_acts("transfer", 8),
    _no_wrong_acts("owned reader", 24),
    _no_wrong_acts("black box", 4),
    _no_wrong_acts("stickers", 16),
    _no_wrong_acts("lamps", 8),
    PassLine("other things", "no board", 0.98, 50, "at_least"),
    PassLine("other things", "taken for a game", 0, 50),
)

#: In the order in which they are measured.
SECTION_NAMES = tuple(dict.fromkeys(wanted.section for wanted in PASS_LINES))


def line_of(section: str, name: str, value: float, count: int) -> Line:
    """A line of the card: with its bound if it is a pass line, else for information."""
    for wanted in PASS_LINES:
        if (wanted.section, wanted.name) == (section, name):
            return Line(section, name, value, count, wanted.bound, wanted.kind)
    return Line(section, name, value, count)


def faults_of(lines: list[Line]) -> list[str]:
    """Why these lines are no reason to let the models go, in sentences; empty if nothing is in the way."""
    faults, there = [], {(line.section, line.name): line for line in lines}
    sections = {line.section for line in lines}
    faults += [f"the section {section} is missing" for section in SECTION_NAMES if section not in sections]
    for wanted in PASS_LINES:
        line = there.get((wanted.section, wanted.name))
        where = f"{wanted.section}, {wanted.name}"
        if line is None:
            if wanted.section in sections:
                faults.append(f"{where}: the line is missing")
        elif (line.bound, line.kind) != (wanted.bound, wanted.kind):
            faults.append(f"{where}: the card's bound is not {wanted.bound:.4g}; inspect again")
        elif not line.holds:
            faults.append(f"{where}: {line.value:.4g} where {line.bound:.4g} is the bound")
        elif line.count < wanted.trials:
            faults.append(f"{where}: {line.count} trials where {wanted.trials} are the least")
    return faults
