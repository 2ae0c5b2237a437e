"""The path from the strongest level down: a rule for every distance from the top.

Halving the nodes is what weakens a level near the top; further down errors set in and grow, smoothly and
together, so that every lower level looks less far and overlooks more; at its end, where a player without
search wins, moves are chosen with little regard to what they are worth and most of them go unseen. Tuning
chooses where on this path the levels stand.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from engine import LEVELS, LevelRule

__all__ = ["PATH_END", "rule_at", "write_levels"]

TOP_NODES = 1_000_000
PATH_END = 24.0
_ERRORS_FROM = 6.0  # halvings of the nodes without any other weakness
_SLOWLY_FROM = 10.0  # from here on nodes fall by a twelfth as much: fewer would not finish one look around
_SLOWLY = 12.0
_BEGINNING_FROM = 18.0  # from here on moves are chosen ever more at random among what is seen
_THREE_LINES_FROM = 0.01  # every line takes nodes from the others: from one to three at once is a jump
_BLIND_FROM = 22.0  # from here on ever fewer quiet moves are seen, and more of those are weighed


def rule_at(distance: float, number: int = 1) -> LevelRule:
    """The rule at a distance from the top, 0 to `PATH_END`, for the level with that number."""
    halvings = min(distance, _SLOWLY_FROM) + max(0.0, distance - _SLOWLY_FROM) / _SLOWLY
    nodes = TOP_NODES * 2.0**-halvings
    error = max(0.0, distance - _ERRORS_FROM) / (_BLIND_FROM - _ERRORS_FROM)
    erring = error > 0
    beginning = max(0.0, distance - _BEGINNING_FROM) / (_BLIND_FROM - _BEGINNING_FROM)
    few = 3 if error > _THREE_LINES_FROM else 2
    blind = max(0.0, distance - _BLIND_FROM) / (PATH_END - _BLIND_FROM)
    return LevelRule(
        number=number,
        nodes=round(nodes),
        horizon=max(1, round(11 * max(0.0, 1 - error) ** 1.3)) if erring else 0,
        lines=min(8, few + round(8 * error)) + round(8 * blind) if erring else 1,
        temperature=round(5 + 85 * error + 110 * beginning) if erring else 0,
        margin=round(50 + 300 * error + 250 * beginning) if erring else 0,
        unseen_captures=round(480 * error**1.7 + 170 * beginning),
        unseen_quiet=round(420 * error**1.5 + 200 * blind),
        unseen_far=round(300 * error**1.5),
        unseen_backward=round(300 * error**1.5),
        mate_watch={1: 300, 2: 700}.get(number, 1000),
        book_plies=min(8, number),
    )


def write_levels(path: Path, distances: Sequence[float]) -> None:
    """Put the levels, 1 first, at these distances into a table of levels; its heading is kept."""
    if len(distances) != LEVELS:
        raise ValueError(f"{LEVELS} distances are needed, not {len(distances)}")
    heading = path.read_text(encoding="utf-8").split("[[level]]", 1)[0]
    tables = []
    for number, distance in enumerate(distances, start=1):
        values = asdict(rule_at(distance, number))
        tables.append("[[level]]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
    path.write_text(heading + "\n".join(tables), encoding="utf-8")
