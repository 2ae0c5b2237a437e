"""`qiyou force`: how hard the arm of a robot file can push."""

import argparse
import json
import math
from dataclasses import asdict

from host.arm.robot import named

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "how hard the arm can push with the motors of its robot file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "--robot", type=named, metavar="FILE", help="robot file, or gantry (default: the reference robot)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the forces; 0 when nose and lift keep to 50 N everywhere, else 1."""
    from host.arm.errors import RobotFileError
    from host.arm.force import CLASS_I_FORCE_N, DIRECTIONS_DEG, force_table, report
    from host.arm.robot import load
    from tools.errors import BadInputError

    try:
        robot = load(args.robot)
    except RobotFileError as error:
        raise BadInputError(str(error)) from None
    found, table = report(robot), force_table(robot)
    if args.json:
        rows = [asdict(row) for row in table]
        figures = {"limit_n": CLASS_I_FORCE_N, "holds": found.holds, **asdict(found)}
        print(json.dumps({**figures, "directions_deg": DIRECTIONS_DEG, "table": rows}))
    else:
        print("force of the nose in N by radius and direction (degrees from outward), and the peak of all")
        print("  radius " + "".join(f"{each:6d}" for each in DIRECTIONS_DEG) + "    peak")
        for row in table:
            forces = "".join(f"{each:6.1f}" for each in row.by_direction)
            print(f"{row.radius * 1000:6.0f} mm{forces}{row.peak_n:8.1f}")
        elbow, radius = math.degrees(found.nose_elbow), found.nose_radius * 1000
        limit, one, two = CLASS_I_FORCE_N, found.link1_hinge * 1000, found.link2_hinge * 1000
        where = f"elbow at {elbow:.0f} degrees, {radius:.0f} mm out"
        if robot.geometry.gantry:
            where = "everywhere"
        print(f"nose   {found.nose_n:5.1f} N at most: {where}")
        print(f"lift   {found.lift_n:5.1f} N; the nose spring gives {found.nose_spring_n:.1f} N before it")
        if not robot.geometry.gantry:
            near = f"within {one:.0f} mm of the shoulder and {two:.0f} mm of the elbow"
            print(f"links  over {limit:.0f} N {near}")
        print(f"limit  {limit:5.1f} N {'holds' if found.holds else 'does not hold'} at nose and lift")
    return 0 if found.holds else 1
