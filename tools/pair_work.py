"""Pairs of games between two settings of the search, as work for a farm, and the arguments of such series."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.match import Contestant, balanced_opening, play_pair
from tools.errors import BadInputError
from tools.farm import MOST_WORKERS

__all__ = ["PairUnit", "add_series_arguments", "check_series", "pair_score"]

_MOST_PAIRS = 1_000_000  # openings of one seed


@dataclass(frozen=True, slots=True)
class PairUnit:
    """Pair `pair` of the series `seed`: two games from its opening, both judged by the built-in net."""

    seed: int
    pair: int
    nodes: int
    hash_mb: int
    first: Mapping[str, int]
    second: Mapping[str, int]


def pair_score(unit: PairUnit) -> float:
    """The first setting's score in both games, 0 to 1; it depends on the unit alone."""
    sides = [Contestant(None, setting, unit.nodes, 0, unit.hash_mb) for setting in (unit.first, unit.second)]
    games = play_pair(sides[0], sides[1], balanced_opening(unit.seed * _MOST_PAIRS + unit.pair))
    return sum(game.points for game in games) / 2


def add_series_arguments(parser: argparse.ArgumentParser, pairs: int, nodes: int) -> None:
    """What every series of pairs is told; `pairs` and `nodes` are its defaults."""
    parser.add_argument("--out", type=Path, required=True, help="log; one that is there is gone on with")
    parser.add_argument("--pairs", type=int, default=pairs, help=f"pairs of games (default {pairs})")
    parser.add_argument(
        "--nodes", type=int, default=nodes, help=f"made moves of each search (default {nodes})"
    )
    parser.add_argument("--seed", type=int, default=1, help="decides openings and settings (default 1)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a running Dask scheduler")
    parser.add_argument("--workers", type=int, help="processes on this machine (default: one a core)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def check_series(args: argparse.Namespace) -> None:
    """Refuse what `add_series_arguments` let through. Raises BadInputError."""
    for name, highest in (("pairs", _MOST_PAIRS), ("nodes", 2**40)):
        if not 1 <= getattr(args, name) <= highest:
            raise BadInputError(f"--{name} is {getattr(args, name)}; 1 to {highest} would be right")
    if not 0 <= args.seed < 2**31:
        raise BadInputError(f"--seed is {args.seed}; 0 to {2**31 - 1} would be right")
    if args.workers is not None and not 1 <= args.workers <= MOST_WORKERS:
        raise BadInputError(f"--workers is {args.workers}; 1 to {MOST_WORKERS} would be right")
