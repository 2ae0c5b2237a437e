"""`qiyou motion`: how good the arm's planner is, against bounds that share no code with it."""

import argparse
import json
from dataclasses import asdict

from host.arm.robot import named

__all__ = ["RATIO_LIMIT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "move times of both seats and speeds against the shortest possible ones"
RATIO_LIMIT = 1.15
"""Planned over shortest possible time, for the median move."""

_MOST_MOVES = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--moves", type=int, default=20, metavar="N", help="moves for each seat and speed")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the moves")
    parser.add_argument(
        "--robot", type=named, metavar="FILE", help="robot file, or gantry (default: the reference robot)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Measure; 0 when the median ratio of every seat and speed keeps to `RATIO_LIMIT`, else 1."""
    from host.arm.errors import RobotFileError
    from tools.errors import BadInputError
    from tools.motion_report import measure_move_times, measure_paths

    if not 1 <= args.moves <= _MOST_MOVES:
        raise BadInputError(f"--moves {args.moves} is outside 1 to {_MOST_MOVES}; 20 would be right")
    try:
        rows = measure_move_times(args.robot, args.moves, args.seed)
        paths = measure_paths(args.robot, args.moves, args.seed)
    except RobotFileError as error:
        raise BadInputError(str(error)) from None
    holds = all(row.ratio <= RATIO_LIMIT for row in rows)
    if args.json:
        report = {"rows": [asdict(row) for row in rows], "paths": [asdict(row) for row in paths]}
        print(json.dumps({"limit": RATIO_LIMIT, "holds": holds, **report}))
        return 0 if holds else 1
    print("seat   speed      median move   over the shortest possible time: median, worst")
    for row in rows:
        speed, took = f"{row.speed_mm_s:.0f} mm/s", f"{row.seconds:.1f} s"
        print(f"{row.seat:<7}{speed:<11}{took:<14}{row.ratio:.3f}, {row.worst_ratio:.3f}")
    for each in paths:
        print(
            f"{each.seat:<7}{each.swings} swings, over the shortest path found: median {each.excess:.3f}, "
            f"worst {each.worst_excess:.3f}"
        )
    print(f"the median's limit of {RATIO_LIMIT} {'holds' if holds else 'does not hold'}")
    return 0 if holds else 1
