"""`qiyou doctor`: one page about the robot's health, and a bundle for support."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from host.arm.errors import RobotFileError
from tools.errors import BadInputError

SUMMARY = "one page of green and red about the robot, and a bundle for support"
BAD_INPUT: tuple[type[Exception], ...] = (RobotFileError,)

_MARKS = {"good": "ok  ", "note": "note", "bad": "BAD "}
_COLOURS = {"good": "\033[32m", "note": "\033[33m", "bad": "\033[31m"}
_PLAIN = "\033[0m"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--robot", type=Path, metavar="FILE", help="robot file (default: reference robot)")
    parser.add_argument("--camera", type=int, default=0, metavar="N", help="video device N (default 0)")
    parser.add_argument(
        "--game", type=Path, default=Path("qiyou-game"), metavar="DIR", help="kept game to look for faults in"
    )
    parser.add_argument(
        "--calibration", type=Path, metavar="FILE", help="the calibration in use (default: what is kept)"
    )
    parser.add_argument("--bundle", type=Path, metavar="ZIP", help="write a file for support")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(args: argparse.Namespace) -> int:
    """Look at everything; 0 when nothing is bad."""
    from host.arm.robot import load
    from host.calibrate.result import kept_file
    from tools.doctor import computer, controllers, faults
    from tools.doctor.finding import BAD

    if not 0 <= args.camera < 64:
        raise BadInputError(f"--camera {args.camera} is outside 0 to 63; 0 is the first camera")
    robot = load(args.robot)
    now_s = time.time()
    findings = [
        computer.software(),
        *controllers.controllers(robot),
        computer.camera(args.camera),
        computer.models(),
        computer.calibration(args.calibration or kept_file(robot.name), now_s),
        computer.disk(args.game),
        computer.clock(now_s, computer.synchronised()),
        computer.temperature(),
        *faults.faults(args.game),
    ]
    good = not any(finding.verdict == BAD for finding in findings)
    files: list[str] = []
    if args.bundle is not None:
        from tools.doctor.bundle import write_bundle

        files = write_bundle(args.bundle, findings, args.game)
    if args.json:
        rows = [finding.as_dict() for finding in findings]
        print(json.dumps({"good": good, "findings": rows, "bundle": files}, ensure_ascii=False))
        return 0 if good else 1
    for finding in findings:
        mark = _MARKS[finding.verdict]
        if sys.stdout.isatty():
            mark = f"{_COLOURS[finding.verdict]}{mark}{_PLAIN}"
        print(f"{mark}  {finding.name}: {finding.what}")
        if finding.do_now:
            print(f"      -> {finding.do_now}")
    if files:
        print(f"\n{args.bundle} holds {', '.join(files)}: no picture and no name.")
        print("Look into it before you send it.")
    return 0 if good else 1
