"""`qiyou selfplay`: the engine against itself, as material for training the evaluation net."""

import argparse
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from engine import LimitsError, Net, NetError
from engine.selfplay import MAX_GAMES, MAX_NODES, RECORD_BYTES, selfplay
from tools.errors import BadInputError

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "let the engine play itself and record positions for training"
BAD_INPUT: tuple[type[Exception], ...] = (LimitsError, NetError)

_MOST_PROCESSES = 64
_MOST_CHUNKS = 100_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--seed", type=int, default=1, help="decides the games (default 1)")
    parser.add_argument("--games", type=int, required=True, help="games to play in all")
    parser.add_argument("--nodes", type=int, default=2000, help="moves made in each search (default 2000)")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        help="NAME.bin; written as NAME-00000.bin and so on, and files that are there already are kept",
    )
    parser.add_argument("--net", type=Path, help="net that judges positions (default: the built-in one)")
    parser.add_argument("--rules", action="store_true", help="judge by the hand-written evaluation instead")
    parser.add_argument("--chunk", type=int, default=100, help="games in one file (default 100)")
    parser.add_argument("--processes", type=int, default=2, help="processes at once (default 2)")


def _write_chunk(path: Path, seed: int, games: int, nodes: int, net: Path | Literal["rules"] | None) -> int:
    """Play one file's games and write it in one step; returns the number of records."""
    judge = Net.load(net) if isinstance(net, Path) else net
    records = selfplay(seed, games, nodes, judge)
    part = path.with_suffix(".part")
    part.write_bytes(records)
    os.replace(part, path)
    return len(records) // RECORD_BYTES


def _check(args: argparse.Namespace) -> None:
    for name, highest in (
        ("games", MAX_GAMES * 1000),
        ("nodes", MAX_NODES),
        ("chunk", MAX_GAMES),
        ("processes", _MOST_PROCESSES),
    ):
        if not 1 <= getattr(args, name) <= highest:
            raise BadInputError(f"--{name} is {getattr(args, name)}; 1 to {highest} would be right")
    if not 0 <= args.seed < 2**31:
        raise BadInputError(f"--seed is {args.seed}; 0 to {2**31 - 1} would be right")
    if args.games > args.chunk * _MOST_CHUNKS:
        raise BadInputError(f"--chunk is {args.chunk}, too few for {args.games} games")
    if args.out.suffix != ".bin":
        raise BadInputError(f"--out is {args.out}; a name ending in .bin would be right")


def _report(done: Iterable[int], chunks: int) -> None:
    """Progress to stderr as the files are finished."""
    start, total = time.monotonic(), 0
    for finished, records in enumerate(done, start=1):
        total += records
        rate = total / max(time.monotonic() - start, 1e-9)
        print(f"{finished} of {chunks} files, {total} positions, {rate:.0f} a second", file=sys.stderr)


def run(args: argparse.Namespace) -> int:
    """Play what is not there yet."""
    _check(args)
    if args.rules and args.net is not None:
        raise BadInputError("--rules and --net exclude each other; one of them would be right")
    if args.net is not None:
        Net.load(args.net)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    paths, seeds, sizes = [], [], []
    for number, first in enumerate(range(0, args.games, args.chunk)):
        path = args.out.with_name(f"{args.out.stem}-{number:05}.bin")
        if path.exists():
            continue
        paths.append(path)
        # Each file has a seed of its own, so a resumed run plays the games the whole one would have.
        seeds.append(args.seed * _MOST_CHUNKS + number)
        sizes.append(min(args.chunk, args.games - first))
    nodes, nets = [args.nodes] * len(paths), ["rules" if args.rules else args.net] * len(paths)
    if not paths:
        print("all files are there already", file=sys.stderr)
        return 0
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn")) as pool:
        _report(pool.map(_write_chunk, paths, seeds, sizes, nodes, nets), len(paths))
    return 0
