"""Games of the engine against itself, as material for training the evaluation net."""

from engine import _core
from engine.errors import LimitsError
from engine.net import Judge, core_judge

__all__ = [
    "MAX_GAMES",
    "MAX_NODES",
    "MOST_TACTICS",
    "NO_TACTIC",
    "RECORD_BYTES",
    "TACTICAL_KINDS",
    "selfplay",
    "tactics",
]

RECORD_BYTES = 40
TACTICAL_KINDS: int = _core.tactical_kinds
MOST_TACTICS: int = _core.most_tactics
NO_TACTIC = 255
MAX_GAMES = 100_000
MAX_NODES = 10_000_000


def selfplay(seed: int, games: int, nodes: int, net: Judge = None, endings: int = 0) -> bytes:
    """Play `games` games of `nodes` made moves a search from random openings; the GIL is released.

    Of a thousand games `endings` start from random positions of few men instead. `net` judges
    positions ("rules": the hand-written evaluation). Returns one record of 40 bytes a quiet position
    (see `core/selfplay.h`). The same seed gives the same bytes on every machine. Raises LimitsError.
    """
    for name, value, lowest, highest in (
        ("seed", seed, 0, 2**63 - 1),
        ("games", games, 1, MAX_GAMES),
        ("nodes", nodes, 1, MAX_NODES),
        ("endings", endings, 0, 1000),
    ):
        if not lowest <= value <= highest:
            raise LimitsError(f"{name} {value} is outside {lowest} to {highest}")
    return _core.selfplay(seed, games, nodes, endings, core_judge(net))


def tactics(records: bytes) -> bytes:
    """What the net is told of each record's men besides where they stand (`core/tactics.h`).

    For every record MOST_TACTICS bytes of the side to move and as many of the other: features below
    TACTICAL_KINDS, some of them more than once, then NO_TACTIC. Raises LimitsError when `records` are no
    records of self-play.
    """
    try:
        return _core.tactics(records)
    except ValueError as error:
        raise LimitsError(str(error)) from None
