"""`qiyou endurance`: thousands of motions through the real link and firmware; nothing may come late."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tools.errors import BadInputError

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "run thousands of motions through link and firmware and count what came late"

_MOST_MOTIONS = 1_000_000
_MAX_SEED = 2**31


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--moves", type=int, default=10_000, metavar="N", help="motions (default 10000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the motions (default 1)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("qiyou-endurance"),
        metavar="DIR",
        help="where results go; started again with the same folder it goes on",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the series; 0 when nothing came late, nothing stopped and every step was made, else 1."""
    if not 1 <= args.moves <= _MOST_MOTIONS:
        raise BadInputError(f"--moves {args.moves} is outside 1 to {_MOST_MOTIONS}; 10000 would be right")
    if not 0 <= args.seed <= _MAX_SEED:
        raise BadInputError(f"--seed {args.seed} is outside 0 to {_MAX_SEED}; 1 would be right")
    if args.out.exists() and not args.out.is_dir():
        raise BadInputError(f"--out {args.out} is a file; the name of a folder would be right")
    from hil_tests.endurance import EnduranceError, run_endurance
    from host.arm.robot import load

    try:
        total = run_endurance(load(), args.moves, args.seed, args.out, _tell)
    except (EnduranceError, OSError) as error:
        raise BadInputError(str(error)) from None
    if args.json:
        print(json.dumps({**asdict(total), "holds": total.holds}))
    else:
        print(
            f"{total.motions} motions in {total.hours:.2f} h of the controller's time, {total.steps} steps, "
            f"{total.bytes_per_s:.0f} bytes a second to the arm"
        )
        print(f"underruns {total.underruns}, stops and holds {total.stops}, wrong ends {total.wrong_steps}")
        print("nothing came late" if total.holds else "this does NOT hold")
    return 0 if total.holds else 1


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
