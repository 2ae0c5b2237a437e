"""`qiyou selfplay`: the engine against itself, as material for training the evaluation net."""

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine import LimitsError, Net, NetError
from engine.selfplay import MAX_GAMES, MAX_NODES, RECORD_BYTES, selfplay
from tools.errors import BadInputError
from tools.farm import farm_out

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
    parser.add_argument(
        "--endings", type=int, default=0, help="of a thousand games, how many start with few men (default 0)"
    )
    parser.add_argument("--net", type=Path, help="net that judges positions (default: the built-in one)")
    parser.add_argument("--rules", action="store_true", help="judge by the hand-written evaluation instead")
    parser.add_argument("--chunk", type=int, default=100, help="games in one file (default 100)")
    parser.add_argument("--processes", type=int, default=2, help="processes on this machine (default 2)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a running Dask scheduler instead")


@dataclass(frozen=True)
class _Chunk:
    """One file's games; `judge` is a net's whole file, so that a worker elsewhere needs none of our paths."""

    path: Path
    seed: int
    games: int
    nodes: int
    endings: int
    judge: bytes | Literal["rules"] | None


def _play_chunk(chunk: _Chunk) -> bytes:
    judge = Net(chunk.judge) if isinstance(chunk.judge, bytes) else chunk.judge
    return selfplay(chunk.seed, chunk.games, chunk.nodes, judge, chunk.endings)


def _written(done: Iterable[tuple[_Chunk, bytes]]) -> Iterator[int]:
    """Write each file in one step as its games come; yields the number of records."""
    for chunk, records in done:
        part = chunk.path.with_suffix(".part")
        part.write_bytes(records)
        os.replace(part, chunk.path)
        yield len(records) // RECORD_BYTES


def _check(args: argparse.Namespace) -> None:
    for name, highest in (
        ("games", MAX_GAMES * 1000),
        ("nodes", MAX_NODES),
        ("chunk", MAX_GAMES),
        ("processes", _MOST_PROCESSES),
    ):
        if not 1 <= getattr(args, name) <= highest:
            raise BadInputError(f"--{name} is {getattr(args, name)}; 1 to {highest} would be right")
    if not 0 <= args.endings <= 1000:
        raise BadInputError(f"--endings is {args.endings}; 0 to 1000 would be right")
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
    judge: bytes | Literal["rules"] | None = "rules" if args.rules else None
    if args.net is not None:
        Net.load(args.net)
        judge = args.net.read_bytes()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    chunks = []
    for number, first in enumerate(range(0, args.games, args.chunk)):
        path = args.out.with_name(f"{args.out.stem}-{number:05}.bin")
        if path.exists():
            continue
        # Each file has a seed of its own, so a resumed run plays the games the whole one would have.
        seed = args.seed * _MOST_CHUNKS + number
        games = min(args.chunk, args.games - first)
        chunks.append(_Chunk(path, seed, games, args.nodes, args.endings, judge))
    if not chunks:
        print("all files are there already", file=sys.stderr)
        return 0
    _report(_written(farm_out(_play_chunk, chunks, args.scheduler, args.processes)), len(chunks))
    return 0
