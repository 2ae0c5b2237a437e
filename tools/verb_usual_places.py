"""`qiyou usual-places`: where men stand in games, so that a doubtful one is read as what is usual there."""

import argparse
import sys
from pathlib import Path

from tools.errors import BadInputError
from tools.farm import MOST_WORKERS

SUMMARY = "count where men stand in games of the levels, for readings of pictures"

_MOST_GAMES = 1_000_000
_CHUNK = 25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--out", type=Path, required=True, help="the table to write")
    parser.add_argument("--games", type=int, default=3000, help="games to play (default 3000)")
    parser.add_argument("--seed", type=int, default=1, help="decides the games (default 1)")
    parser.add_argument("--workers", type=int, help="processes on this machine (default: one a core)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a running Dask scheduler instead")


def run(args: argparse.Namespace) -> int:
    """Play, count and write."""
    from tools.farm import farm_out
    from tools.usual_places import PlacesGames, count_places, write_places

    for name, highest in {"games": _MOST_GAMES, "seed": 2**31 - 1, "workers": MOST_WORKERS}.items():
        value = getattr(args, name)
        if value is not None and not 1 <= value <= highest:
            raise BadInputError(f"--{name} {value} is outside 1 to {highest}")
    units = [
        PlacesGames(args.seed, first, min(first + _CHUNK, args.games))
        for first in range(0, args.games, _CHUNK)
    ]
    counts = []
    for _, counted in farm_out(count_places, units, args.scheduler, args.workers):
        counts.append(counted)
        print(f"{len(counts)} of {len(units)} units", file=sys.stderr)
    men = write_places(args.out, counts, args.games, args.seed)
    print(f"{men} men in {args.out}")
    return 0
