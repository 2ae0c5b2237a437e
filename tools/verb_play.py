"""`qiyou play`: a game at the real board, or with `--twin` in the twin."""

import argparse
import secrets
import sys
from pathlib import Path

from host.arm.errors import RobotFileError
from host.game.errors import DiskFullError, GameError, JournalError, PlayError
from host.link.errors import LinkError, PortError
from tools.errors import BadInputError

SUMMARY = "play at a real board (or, with --twin, a whole game in the twin)"
BAD_INPUT: tuple[type[Exception], ...] = (
    JournalError,
    DiskFullError,
    PlayError,
    PortError,
    RobotFileError,
)

_MAX_TWIN_PLIES = 600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--robot", type=Path, metavar="FILE", help="robot file (default: reference robot)")
    parser.add_argument("--camera", type=int, default=0, metavar="N", help="video device N (default 0)")
    parser.add_argument("--plays", choices=("red", "black"), help="the robot's colour (default black)")
    parser.add_argument(
        "--level", type=int, metavar="L", help="how strong it plays, 1-26 (default 12)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="S", help="seed of its choices (default: drawn anew, kept in the journal)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("qiyou-game"), metavar="DIR", help="where the game is kept"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the game in DIR after a power cut")
    parser.add_argument("--set", type=Path, metavar="NPZ", help="a set of pieces kept by qiyou learn-set")
    parser.add_argument("--club", action="store_true", help="count illegal moves: the third loses the game")
    parser.add_argument(
        "--calibration", type=Path, metavar="FILE", help="what qiyou calibrate found (default: what is kept)"
    )
    parser.add_argument("--twin", action="store_true", help="play in the twin, against a simulated person")


def run(args: argparse.Namespace) -> int:
    """Play one game."""
    from host.game.player import DEFAULT_LEVEL, MAX_LEVEL

    if args.level is not None and not 1 <= args.level <= MAX_LEVEL:
        raise BadInputError(
            f"--level {args.level} is outside 1 to {MAX_LEVEL}; {DEFAULT_LEVEL} is the usual one"
        )
    if args.seed is not None and not 0 <= args.seed < 2**31:
        raise BadInputError(f"--seed {args.seed} is outside 0 to {2**31 - 1}; 1 would be right")
    if args.seed is None and not args.resume:
        args.seed = secrets.randbelow(2**31)  # no two evenings alike
    if not 0 <= args.camera < 64:
        raise BadInputError(f"--camera {args.camera} is outside 0 to 63; 0 is the first camera")
    if args.out.exists() and not args.out.is_dir():
        raise BadInputError(f"--out {args.out} is a file; the name of a folder would be right")
    try:
        return 0 if _play(args) else 1
    except BAD_INPUT:
        raise
    except (GameError, LinkError) as error:
        print(f"qiyou play: {error}", file=sys.stderr)
        return 1


def _play(args: argparse.Namespace) -> bool:
    if args.twin:
        from host.game.demo import DemoOptions, run_demo

        if args.resume:
            plies, seed, plays = None, args.seed, args.plays
        else:
            plies, seed, plays = _MAX_TWIN_PLIES, args.seed, args.plays or "black"
        return run_demo(
            DemoOptions(
                args.out,
                plies,
                seed,
                args.resume,
                robot=args.robot,
                plays=plays,
                level=args.level,
                place="club" if args.club else None,
                calibration=args.calibration,
            )
        )
    from host.game.home import PlayOptions, run_play

    return run_play(
        PlayOptions(
            args.out,
            args.robot,
            args.camera,
            args.plays,
            args.level,
            args.seed,
            args.resume,
            args.set,
            "club" if args.club else None,
            args.calibration,
        )
    )
