"""`qiyou placing`: how exactly the robot places pieces, over many moves of many robots in the twin."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tools.errors import BadInputError

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "measure how exactly the robot places pieces, over many moves in the twin"

_MOST_MOVES = 100_000
_MAX_SEED = 99_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--moves", type=int, default=1000, metavar="N", help="how many (default 1000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="first robot's seed (default 1)")
    parser.add_argument(
        "--calibrate", action="store_true", help="let each robot measure itself before it plays"
    )
    parser.add_argument("--noise", type=Path, metavar="FILE", help="another noise file for the twin")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("qiyou-placing"),
        metavar="DIR",
        help="where results go; started again with the same folder it goes on",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the series; 0 when the bounds of the design hold, else 1."""
    if not 1 <= args.moves <= _MOST_MOVES:
        raise BadInputError(f"--moves {args.moves} is outside 1 to {_MOST_MOVES}; 1000 is the usual number")
    if not 0 <= args.seed <= _MAX_SEED:
        raise BadInputError(f"--seed {args.seed} is outside 0 to {_MAX_SEED}; 1 would be right")
    if args.out.exists() and not args.out.is_dir():
        raise BadInputError(f"--out {args.out} is a file; the name of a folder would be right")
    from host.trial.errors import SeriesError
    from host.trial.series import run_series
    from host.twin.errors import NoiseFileError
    from host.twin.noise import load as load_noise

    try:
        load_noise(args.noise)
        summary = run_series(args.moves, args.seed, args.out, args.noise, _tell, calibrate=args.calibrate)
    except (SeriesError, NoiseFileError, OSError) as error:
        raise BadInputError(str(error)) from None
    if args.json:
        print(json.dumps({**asdict(summary), "holds": summary.holds}))
    else:
        print(
            f"{summary.moves} moves of {summary.robots} robots, {summary.placings} placings: "
            f"p50 {summary.placing_p50_mm:.2f}, p95 {summary.placing_p95_mm:.2f}, "
            f"max {summary.placing_max_mm:.2f} mm"
        )
        print(f"other pieces moved by at most {summary.neighbour_max_mm:.2f} mm")
        print(f"missed steps: {summary.missed_steps}, of which unnoticed {summary.undetected_missed_steps}")
        print(f"pieces that no look could tell, put right by the person: {summary.asked}")
        for fault in summary.faults:
            print(f"broken off: {fault}")
        print("the bounds hold" if summary.holds else "the bounds do NOT hold (0.5 mm p95, 1.0 mm at most)")
    return 0 if summary.holds else 1


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
