"""`qiyou endings`: fifty named endings of few men, played by the engine against itself."""

import argparse
import json
import sys

from engine import EngineError
from tools.errors import BadInputError
from tools.search_settings import read_tuning

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "play fifty named endings against itself and compare with theory"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)

DEFAULT_NODES = 5000
MOST_NODES = 10_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--nodes", type=int, default=DEFAULT_NODES, help="made moves for one choice")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=N", help="a switch or constant of the search"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 when every ending keeps its theoretical result, 1 when not."""
    if not 1 <= args.nodes <= MOST_NODES:
        raise BadInputError(f"--nodes {args.nodes} is outside 1 to {MOST_NODES}")
    from tools.endings import load_endings, play

    tuning = read_tuning(args.set)

    out = sys.stderr if args.json else sys.stdout
    rows = []
    for ending in load_endings():
        played = play(ending, args.nodes, tuning)
        rows.append((ending, played))
        mark = " " if played.keeps(ending) else "!"
        how = f"{played.state:10} {played.reason or '':21} {played.plies:3}"
        print(f"{mark} {ending.result:4} {how}  {ending.name}", file=out, flush=True)
    missed = [ending.name for ending, played in rows if not played.keeps(ending)]
    if args.json:
        table = [
            {"name": ending.name, "result": ending.result, "state": played.state, "plies": played.plies}
            for ending, played in rows
        ]
        kept = len(rows) - len(missed)
        print(json.dumps({"nodes": args.nodes, "kept": kept, "missed": missed, "endings": table}))
    else:
        print(f"{len(rows) - len(missed)} of {len(rows)} kept at {args.nodes} nodes a move")
    return 1 if missed else 0
