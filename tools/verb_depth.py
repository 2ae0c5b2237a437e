"""`qiyou depth`: what it takes to search to a depth, by threads or by switches of the search."""

import argparse
import math
import time

from engine import Engine, EngineError, Game, Limits, Position
from engine.match import balanced_opening
from tools.errors import BadInputError
from tools.search_settings import read_tuning

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "measure nodes and time to a depth for numbers of threads or switches of the search"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)

_HASH_MB = 32
_MOST_POSITIONS = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--depth", type=int, default=12, help="plies (default 12)")
    parser.add_argument("--positions", type=int, default=8, help="random openings to search (default 8)")
    parser.add_argument("--seed", type=int, default=1, help="decides the openings (default 1)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1], help="numbers of threads to compare")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=N,...", help="settings to compare"
    )


def _ratio(values: list[float], against: list[float]) -> float:
    """Geometric mean of the quotients: no position counts for more than another."""
    return math.exp(sum(math.log(a / b) for a, b in zip(values, against, strict=True)) / len(values))


def run(args: argparse.Namespace) -> int:
    """One line for each number of threads and each setting; ratios are to the first line."""
    for name, highest in (("depth", 60), ("positions", _MOST_POSITIONS)):
        if not 1 <= getattr(args, name) <= highest:
            raise BadInputError(f"--{name} is {getattr(args, name)}; 1 to {highest} would be right")
    if not 0 <= args.seed < 2**31:
        raise BadInputError(f"--seed is {args.seed}; 0 to {2**31 - 1} would be right")
    positions: list[Position] = [
        balanced_opening(args.seed * _MOST_POSITIONS + number) for number in range(args.positions)
    ]
    configurations = [(threads, "") for threads in args.threads] + [(1, setting) for setting in args.set]
    first: tuple[list[float], list[float]] | None = None
    for threads, setting in configurations:
        engine = Engine(_HASH_MB, tuning=read_tuning([w for w in setting.split(",") if w]), threads=threads)
        nodes, seconds = [], []
        for position in positions:
            engine.new_game()
            start = time.perf_counter()
            nodes.append(float(engine.search(Game(position), Limits(depth=args.depth)).nodes))
            seconds.append(time.perf_counter() - start)
        first = first or (nodes, seconds)
        print(
            f"{threads} thread(s) {setting}: depth {args.depth}, {sum(nodes):.0f} nodes "
            f"(x {_ratio(nodes, first[0]):.3f}), {sum(seconds):.2f} s (x {_ratio(seconds, first[1]):.3f})",
            flush=True,
        )
    return 0
