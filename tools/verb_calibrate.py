"""`qiyou calibrate`: the robot measures itself, step by step, into one file for its device."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import BadInputError

if TYPE_CHECKING:
    from host.calibrate.result import Calibration

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "let the robot measure itself: camera, arm, encoders, nose, trays"

_MAX_SEED = 2**31 - 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--robot", type=Path, metavar="FILE", help="robot file (default: reference robot)")
    parser.add_argument("--camera", type=int, default=0, metavar="N", help="video device N (default 0)")
    parser.add_argument("--twin", action="store_true", help="calibrate a robot of the twin")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="which robot of the twin it is (default 1)"
    )
    parser.add_argument("--noise", type=Path, metavar="FILE", help="another noise file for the twin")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("qiyou-calibration"),
        metavar="DIR",
        help="where the result and a picture of each step go; started again it goes on",
    )
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Measure; 0 when everything was measured well enough to be kept, else 1."""
    if not 0 <= args.seed <= _MAX_SEED:
        raise BadInputError(f"--seed {args.seed} is outside 0 to {_MAX_SEED}; 1 would be right")
    if not 0 <= args.camera < 64:
        raise BadInputError(f"--camera {args.camera} is outside 0 to 63; 0 is the first camera")
    if args.out.exists() and not args.out.is_dir():
        raise BadInputError(f"--out {args.out} is a file; the name of a folder would be right")
    from host.arm.errors import RobotFileError
    from host.calibrate.errors import CalibrationFileError, MeasurementError
    from host.game.errors import PlayError
    from host.link.errors import LinkError, PortError
    from host.twin.errors import NoiseFileError

    try:
        result, where = _in_the_twin(args) if args.twin else _at_the_board(args)
    except (CalibrationFileError, NoiseFileError, PlayError, PortError, RobotFileError) as error:
        raise BadInputError(str(error)) from None
    except (MeasurementError, LinkError) as error:
        if args.json:
            print(json.dumps({"complete": False, "error": str(error)}))
        print(f"qiyou calibrate: {error}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps({"complete": True, **asdict(result)}))
    else:
        print(f"calibrated; the result is {where}, pictures of each step are in {args.out}")
    return 0


def _in_the_twin(args: argparse.Namespace) -> "tuple[Calibration, Path]":
    from host.calibrate.result import FILE
    from host.calibrate.twin import calibrate_twin

    return calibrate_twin(args.seed, args.noise, args.out, _tell), args.out / FILE


def _at_the_board(args: argparse.Namespace) -> "tuple[Calibration, Path]":
    if args.noise is not None:
        raise BadInputError("--noise is for a robot of the twin; leave it out, or add --twin")
    from host.arm.robot import load
    from host.calibrate.home import calibrate_robot

    robot = load(args.robot)
    if robot.geometry.gantry:
        raise BadInputError(f"{robot.name} is a gantry, which goes by its drawing and is not calibrated")
    return calibrate_robot(robot, args.camera, args.out, _tell)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
