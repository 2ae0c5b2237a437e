"""The systemd unit and the udev rules, from the templates beside this module."""

from __future__ import annotations

import re
import string
from pathlib import Path

from tools.errors import BadInputError

__all__ = ["RULES", "UNIT", "rules", "unit"]

HERE = Path(__file__).resolve().parent
UNIT = Path("etc/systemd/system/qiyou.service")
RULES = Path("etc/udev/rules.d/70-qiyou.rules")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_SERIAL = re.compile(r"[0-9A-Za-z]{4,32}")


def unit(user: str, program: Path, folder: Path, robot: Path | None) -> str:
    """The unit that plays at start-up, as `user`, keeping its game in `folder`."""
    if not _USER.fullmatch(user) or user == "root":
        raise BadInputError(
            f"--user {user!r} is not right: the name of an ordinary user, such as pi, would be"
        )
    for path in (program, folder, robot):
        if path is not None and (not path.is_absolute() or re.search(r"[\s%\"'\\$]", str(path))):
            raise BadInputError(f"{path} is not right: a full path without spaces would be")
    options = f" --robot {robot}" if robot is not None else ""
    template = string.Template((HERE / "qiyou.service").read_text(encoding="utf-8"))
    return template.substitute(
        user=user, start=HERE / "start.sh", program=program, folder=folder, options=options
    )


def rules(serials: dict[str, str]) -> str:
    """Rules that let the user open Picos and give controllers whose USB serial is known their fixed names."""
    lines = [(HERE / "70-qiyou.rules").read_text(encoding="utf-8").rstrip(), ""]
    for role, serial in sorted(serials.items()):
        if role not in {"arm", "hand"} or not _SERIAL.fullmatch(serial):
            raise BadInputError(f"{serial!r} is no USB serial of a controller; letters and digits are")
        lines.append(
            f'SUBSYSTEM=="tty", ATTRS{{idVendor}}=="2e8a", ATTRS{{serial}}=="{serial}", '
            f'SYMLINK+="qiyou-{role}"'
        )
    return "\n".join(lines) + "\n"
