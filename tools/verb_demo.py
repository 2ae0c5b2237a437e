"""`qiyou demo`: a game in the twin between a simulated person and the robot."""

import argparse
from pathlib import Path

from host.arm.errors import RobotFileError
from host.game.errors import DiskFullError, GameError, JournalError, PlayError
from tools.errors import BadInputError

SUMMARY = "play a game in the twin: a simulated person against the robot"
BAD_INPUT: tuple[type[Exception], ...] = (JournalError, DiskFullError, PlayError, RobotFileError)

_MAX_PLIES = 600
_MAX_SEED = 2**31 - 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--plies", type=int, metavar="N", help="break off after N plies (default 16)")
    parser.add_argument(
        "--seed", type=int, metavar="S", help="seed of everything (default 1); even: the robot plays black"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("qiyou-demo"), metavar="DIR", help="where results go"
    )
    parser.add_argument(
        "--level", type=int, metavar="L", help="how strong the robot plays, 1-26 (default 12)"
    )
    parser.add_argument(
        "--robot", metavar="FILE", help="robot file, or gantry for the one that comes with the program"
    )
    parser.add_argument(
        "--calibration",
        type=Path,
        metavar="FILE",
        help="what qiyou calibrate --twin found of this seed's robot",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the game in DIR after a power cut")
    parser.add_argument(
        "--no-truth", action="store_true", help="close the twin's truth channel (same moves, fewer figures)"
    )


def run(args: argparse.Namespace) -> int:
    """Play and report."""
    if args.plies is not None and not 1 <= args.plies <= _MAX_PLIES:
        raise BadInputError(f"--plies {args.plies} is outside 1 to {_MAX_PLIES}; 16 makes a short game")
    if args.seed is not None and not 0 <= args.seed <= _MAX_SEED:
        raise BadInputError(f"--seed {args.seed} is outside 0 to {_MAX_SEED}; 1 would be right")
    if args.out.exists() and not args.out.is_dir():
        raise BadInputError(f"--out {args.out} is a file; the name of a folder would be right")
    from host.arm.robot import named
    from host.game.demo import DemoOptions, run_demo
    from host.game.player import DEFAULT_LEVEL, MAX_LEVEL

    if args.level is not None and not 1 <= args.level <= MAX_LEVEL:
        raise BadInputError(
            f"--level {args.level} is outside 1 to {MAX_LEVEL}; {DEFAULT_LEVEL} is the usual one"
        )
    options = DemoOptions(
        args.out,
        args.plies,
        args.seed,
        args.resume,
        not args.no_truth,
        robot=named(args.robot) if args.robot else None,
        level=args.level,
        calibration=args.calibration,
    )
    try:
        return 0 if run_demo(options) else 1
    except BAD_INPUT:
        raise
    except GameError as error:
        print(f"qiyou demo: {error}")
        return 1
