"""`qiyou flash`: the firmware onto controllers, empty or running; MicroPython onto a board that has none."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from host.arm.errors import RobotFileError
from host.link.errors import LinkError, PortError
from tools.errors import BadInputError

SUMMARY = "install or update the controllers' firmware, verified and with a way back"
BAD_INPUT: tuple[type[Exception], ...] = (PortError, RobotFileError)

_BOOT_LOADER_S = 20.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--port", action="append", default=[], metavar="PORT", help="this board only")
    parser.add_argument("--all", action="store_true", help="every board that is found")
    parser.add_argument("--role", choices=("arm", "hand"), help="refuse a board that is the other one")
    parser.add_argument("--robot", type=Path, metavar="FILE", help="robot file whose limits it gets")
    parser.add_argument("--bare", action="store_true", help="the board is at its prompt (needs --role)")
    parser.add_argument("--uf2", type=Path, metavar="FILE", help="first install this MicroPython image")
    parser.add_argument("--maintenance", action="store_true", help="restart it without firmware, prompt open")
    parser.add_argument("--force", action="store_true", help="also an older release, or another role")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(args: argparse.Namespace) -> int:
    """Flash the boards asked for; 0 when every one runs the firmware now."""
    from host.arm.robot import load

    if args.bare and args.role is None:
        raise BadInputError("--bare needs --role arm or --role hand: an empty board cannot know what it is")
    limits = load(args.robot).limits
    if args.uf2 is not None:
        _install_micropython(args)
    rows = [_guarded(port, args, limits) for port in _ports(args)]
    good = all(row["done"] for row in rows)
    if args.json:
        print(json.dumps({"done": good, "boards": rows}))
    else:
        for row in rows:
            print(f"{row['port']}: {row['sentence']}")
    return 0 if good else 1


def _ports(args: argparse.Namespace) -> list[str]:
    from tools.flash import boards

    if args.port:
        return list(args.port)
    found = [board.port for board in boards.find()]
    if not found:
        raise BadInputError(
            "no board was found by its USB identity; check the cable (it must carry data), or name the board "
            "with --port"
        )
    if len(found) > 1 and not args.all:
        raise BadInputError(
            f"{len(found)} boards are here ({', '.join(found)}); name one with --port, or take --all"
        )
    return found


def _guarded(port: str, args: argparse.Namespace, limits: Any) -> dict[str, Any]:
    """One board's row; what went wrong with it does not keep the others from being done."""
    from tools.flash.bare import PromptError

    try:
        return _bare(port, args, limits) if args.bare else _running(port, args, limits)
    except PortError:
        raise
    except (LinkError, PromptError) as error:
        return {"port": port, "done": False, "result": "failed", "sentence": str(error)}


def _running(port: str, args: argparse.Namespace, limits: Any) -> dict[str, Any]:
    from host.link import bundle, update
    from host.link.service import ServiceLink
    from tools.flash import boards
    from tools.flash.bar import Bar

    board = boards.at_port(port)
    with boards.connected(board) as line:
        link = ServiceLink(line)
        identity = link.who()
        if identity is None:
            return {
                "port": port,
                "done": False,
                "result": "silent",
                "sentence": "no controller answers here; for an empty board add --bare --role arm (or hand)",
            }
        about = {"port": port, "before": identity._asdict()}
        if args.maintenance:
            return about | _to_maintenance(link, args.dry_run)
        platform = bundle.PLATFORMS.get(identity.platform, bundle.PICO)
        firmware = bundle.build(platform, limits.as_dict())
        if args.dry_run:
            return about | _would(identity, firmware, args, limits.hash())
        bar = Bar(sys.stderr, f"{identity.role_name} at {port}")
        outcome = update.update(
            line, firmware, limits.hash(), role=args.role, force=args.force, progress=bar
        )
        bar.end()
        return about | {
            "done": outcome.result in (update.Result.DONE, update.Result.CURRENT),
            "result": outcome.result.value,
            "sentence": f"the {outcome.identity.role_name} controller: {outcome.sentence}",
            "sent_bytes": outcome.sent,
            "after": outcome.identity._asdict(),
        }


def _to_maintenance(link: Any, dry_run: bool) -> dict[str, Any]:
    from firmware.wire import messages

    if dry_run:
        return {"done": True, "result": "dry run", "sentence": "it would restart into maintenance"}
    link.open()
    link.restart(messages.RESTART_MAINTENANCE)
    return {
        "done": True,
        "result": "maintenance",
        "sentence": "it is in maintenance: motor gate unfed, no watchdog, prompt open; --bare ends that",
    }


def _would(identity: Any, firmware: Any, args: argparse.Namespace, limits_hash: int) -> dict[str, Any]:
    from host.link import update

    refusal = update.misfit(identity, firmware, args.role, args.force)
    if refusal is not None:
        return {"done": False, "result": "refused", "sentence": refusal}
    if update.is_current(identity, firmware, limits_hash) and not args.force:
        return {"done": True, "result": "current", "sentence": "it is up to date; nothing would be done"}
    slot = "ab"[1 - identity.slot]
    return {
        "done": True,
        "result": "dry run",
        "sentence": f"release {identity.release} would become {firmware.release}: "
        f"{len(firmware.files) + 1} files, {firmware.size} bytes, into slot {slot}; nothing was changed",
    }


def _bare(port: str, args: argparse.Namespace, limits: Any) -> dict[str, Any]:
    from host.link import bundle
    from tools.flash import bare, boards
    from tools.flash.bar import Bar

    board = boards.at_port(port)
    firmware = bundle.build(bundle.PICO, limits.as_dict())
    with bare.prompt(board.port) as transport:
        if args.dry_run:
            machine = bare.machine_of(transport)
            sentence = f"a {machine}; it would get release {firmware.release} as the {args.role} controller"
            return {"port": port, "done": True, "result": "dry run", "sentence": sentence}
        bar = Bar(sys.stderr, f"{args.role} at {port}")
        machine = bare.install(transport, firmware, args.role, force=args.force, progress=bar)
        bar.end()
    return {
        "port": port,
        "done": True,
        "result": "installed",
        "sentence": f"the {machine} is the {args.role} controller now, release {firmware.release}",
    }


def _install_micropython(args: argparse.Namespace) -> None:
    from tools.flash import boards, uf2
    from tools.flash.bar import Bar

    data = uf2.check(args.uf2)
    volumes = uf2.boot_volumes()
    if args.dry_run:
        where = volumes[0] if volumes else "a board in its boot loader"
        print(f"{args.uf2} is a whole image for a Pico; it would go to {where}", file=sys.stderr)
        return
    if not volumes:
        here = [boards.at_port(port) for port in args.port] or boards.find()
        if len(here) != 1:
            raise BadInputError(
                "no board is in its boot loader; hold its BOOTSEL button while you plug it in, or name one "
                "running board with --port"
            )
        boards.touch(here[0])
        volumes = _wait_for(uf2.boot_volumes)
    if len(volumes) != 1:
        raise BadInputError(
            f"{len(volumes)} boot loader disks are mounted; exactly one would be right (the disk is RPI-RP2)"
        )
    bar = Bar(sys.stderr, f"MicroPython to {volumes[0]}")
    uf2.install(data, volumes[0], lambda done, total: bar(args.uf2.name, done, total))
    bar.end()
    if not args.port and not _wait_for(boards.find):
        raise BadInputError(
            "the board did not come back after the image; plug it in again and go on without --uf2"
        )


def _wait_for(look: Callable[[], list[Any]]) -> list[Any]:
    """What `look` finds, as soon as it finds something; empty after 20 s."""
    until = time.monotonic() + _BOOT_LOADER_S
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.2)
    return found
