"""`qiyou install-service`: the robot starts with its computer, and its controllers have fixed names."""

from __future__ import annotations

import argparse
import getpass
import os
import shutil
import subprocess
import sys
from pathlib import Path

from host.link.errors import LinkError
from tools.errors import BadInputError

SUMMARY = "start the robot with its computer (systemd), and name its controllers (udev)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--user", help="who plays (default: who calls sudo)")
    parser.add_argument("--robot", type=Path, metavar="FILE", help="robot file (default: reference robot)")
    parser.add_argument("--folder", type=Path, default=Path("/var/lib/qiyou"), help="where games are kept")
    parser.add_argument("--root", type=Path, default=Path("/"), help="write below this folder instead of /")
    parser.add_argument("--arm", metavar="SERIAL", help="USB serial of the arm controller (default: asked)")
    parser.add_argument("--hand", metavar="SERIAL", help="USB serial of the hand controller (default: asked)")
    parser.add_argument("--dry-run", action="store_true", help="print the two files, write nothing")
    parser.add_argument("--remove", action="store_true", help="take service and rules away again")


def run(args: argparse.Namespace) -> int:
    """Write unit and rules, and enable the service; 0 done, 1 when systemd or udev did not follow."""
    from tools.service import files

    targets = [args.root / files.UNIT, args.root / files.RULES]
    if args.remove:
        return _remove(targets, args.root)
    serials = {role: serial for role in ("arm", "hand") if (serial := getattr(args, role))} or _ask()
    user = args.user or os.environ.get("SUDO_USER") or getpass.getuser()
    robot = args.robot.resolve() if args.robot is not None else None
    texts = [files.unit(user, _program(), args.folder, robot), files.rules(serials)]
    if args.dry_run:
        for target, text in zip(targets, texts, strict=True):
            print(f"--- {target}\n{text}")
        return 0
    for target, text in zip(targets, texts, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print(f"wrote {target}")
    folder = args.root / args.folder.relative_to("/")
    folder.mkdir(parents=True, exist_ok=True)
    for role in ("arm", "hand"):
        if role not in serials:
            print(f"the {role} controller did not answer: no /dev/qiyou-{role}. Plug it in, run this again.")
    if args.root != Path("/"):
        return 0
    shutil.chown(folder, user)
    return _tell(
        ["udevadm", "control", "--reload"],
        ["udevadm", "trigger", "--subsystem-match=tty"],
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", "qiyou.service"],
    )


def _program() -> Path:
    """The `qiyou` that is running."""
    beside = Path(sys.executable).parent / "qiyou"
    if not beside.exists():
        raise BadInputError(f"there is no program {beside}; install qiyou into its environment first")
    return beside


def _ask() -> dict[str, str]:
    """USB serials of the controllers that answer, by role."""
    from tools.flash import boards

    found: dict[str, str] = {}
    for board in boards.find():
        try:
            identity = boards.ask(board)
        except LinkError:
            continue
        if identity is not None and board.serial_number and identity.role_name in {"arm", "hand"}:
            found[identity.role_name] = board.serial_number
    return found


def _remove(targets: list[Path], root: Path) -> int:
    code = 0
    if root == Path("/"):
        code = _tell(["systemctl", "disable", "--now", "qiyou.service"])
    for target in targets:
        target.unlink(missing_ok=True)
        print(f"removed {target}; games were kept")
    return code


def _tell(*commands: list[str]) -> int:
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            print(f"qiyou install-service: there is no {command[0]} on this computer", file=sys.stderr)
            return 1
        if done.returncode != 0:
            print(f"qiyou install-service: {' '.join(command)}: {done.stderr.strip()}", file=sys.stderr)
            return 1
    return 0
