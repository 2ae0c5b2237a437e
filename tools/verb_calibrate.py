"""`qiyou calibrate`: the robot measures itself, step by step, into one file for its device."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tools.errors import BadInputError

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "let the robot measure itself: camera, arm, encoders, nose, trays (in the twin)"

_MAX_SEED = 2**31 - 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--twin", action="store_true", help="calibrate a robot of the twin")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which robot it is (default 1)")
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
    if not args.twin:
        raise BadInputError(
            "only a robot of the twin can be calibrated so far: the steps do not yet run through the "
            "controllers of a real one; --twin would be right"
        )
    if not 0 <= args.seed <= _MAX_SEED:
        raise BadInputError(f"--seed {args.seed} is outside 0 to {_MAX_SEED}; 1 would be right")
    if args.out.exists() and not args.out.is_dir():
        raise BadInputError(f"--out {args.out} is a file; the name of a folder would be right")
    from host.calibrate.errors import CalibrationFileError, MeasurementError
    from host.calibrate.twin import calibrate_twin
    from host.twin.errors import NoiseFileError

    try:
        result = calibrate_twin(args.seed, args.noise, args.out, _tell)
    except (CalibrationFileError, NoiseFileError) as error:
        raise BadInputError(str(error)) from None
    except MeasurementError as error:
        if args.json:
            print(json.dumps({"complete": False, "error": str(error)}))
        print(f"qiyou calibrate: {error}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps({"complete": True, **asdict(result)}))
    else:
        print(f"calibrated; the result and the pictures are in {args.out}")
    return 0


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
