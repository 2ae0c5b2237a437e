"""`qiyou book`: the opening book, from the engine's own games."""

import argparse
import sys
from pathlib import Path

from tools.errors import BadInputError
from tools.farm import MOST_WORKERS

SUMMARY = "make the levels' opening book from the engine's own games"

_MOST_GAMES = 100_000
_MOST_NODES = 10_000_000
_CHUNK = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--out", type=Path, required=True, help="the book to write")
    parser.add_argument("--games", type=int, default=400, help="games of self-play (default 400)")
    parser.add_argument("--nodes", type=int, default=6000, help="made moves for each choice (default 6000)")
    parser.add_argument("--seed", type=int, default=1, help="decides the games (default 1)")
    parser.add_argument("--workers", type=int, help="processes on this machine (default: one a core)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a running Dask scheduler instead")


def run(args: argparse.Namespace) -> int:
    """Play and write."""
    from tools.farm import farm_out
    from tools.ladder.booking import OpeningGames, play_openings, write_book

    bounds = {"games": _MOST_GAMES, "nodes": _MOST_NODES, "seed": 2**31 - 1, "workers": MOST_WORKERS}
    for name, highest in bounds.items():
        value = getattr(args, name)
        if value is not None and not 1 <= value <= highest:
            raise BadInputError(f"--{name} {value} is outside 1 to {highest}")
    units = [
        OpeningGames(args.seed, first, min(first + _CHUNK, args.games), args.nodes)
        for first in range(0, args.games, _CHUNK)
    ]
    games = {}
    for unit, lines in farm_out(play_openings, units, args.scheduler, args.workers):
        games[unit.first] = lines
        print(f"{len(games)} of {len(units)} units", file=sys.stderr)
    kept = write_book(args.out, [line for first in sorted(games) for line in games[first]])
    print(f"{kept} lines in {args.out}")
    return 0
