"""Both controllers, asked who they are; nothing that runs is disturbed."""

from __future__ import annotations

from pathlib import Path

from firmware.version import FIRMWARE
from firmware.wire import messages
from host.arm.robot import Robot
from host.link.advice import advice
from host.link.errors import LinkError, PortError
from host.link.service import Identity
from safety import reasons, states
from tools.doctor.finding import BAD, GOOD, NOTE, Finding
from tools.flash import boards

__all__ = ["controllers", "judge"]

HEAP_KB = 40
WARM_C = 60


def controllers(robot: Robot) -> list[Finding]:
    """Findings about the controllers at the robot file's ports, and boards that are somewhere else."""
    ports = {"arm": robot.ports.arm, "hand": robot.ports.hand}
    found: list[Finding] = []
    for role, port in ports.items():
        found += _one(role, port, robot.limits.hash())
    named = {str(Path(port).resolve()) for port in ports.values()}
    for board in boards.find():
        if str(Path(board.port).resolve()) not in named:
            found.append(
                Finding(
                    "other board",
                    NOTE,
                    f"there is a Pico at {board.port} that robot.toml does not name",
                    "Name its port in robot.toml, or let `qiyou install-service` give it its fixed name.",
                )
            )
    return found


def _one(role: str, port: str, limits_hash: int) -> list[Finding]:
    name = f"{role} controller"
    if not Path(port).exists():
        return [
            Finding(
                name,
                BAD,
                f"there is nothing at {port}",
                "Plug its cable in; when the name is wrong, `qiyou install-service` makes the fixed names.",
            )
        ]
    try:
        identity = boards.ask(boards.at_port(port))
    except PortError as error:
        return [Finding(name, BAD, str(error), "Close the program that uses the port, or check the cable.")]
    except LinkError as error:
        return [Finding(name, BAD, str(error), "Unplug the controller, wait ten seconds and plug it in.")]
    if identity is None:
        return [
            Finding(
                name,
                BAD,
                f"nobody answers at {port}",
                f"When a game runs, end it first; else `qiyou flash --port {port} --bare --role {role}`.",
            )
        ]
    return judge(role, identity, limits_hash)


def judge(role: str, identity: Identity, limits_hash: int) -> list[Finding]:
    """Findings about a controller that answered."""
    name = f"{role} controller"
    if identity.role_name != role:
        return [
            Finding(
                name,
                BAD,
                f"the {identity.role_name} controller answers on its port",
                "Exchange the two cables, or the two ports in robot.toml.",
            )
        ]
    found = [_firmware(name, identity), _limits(name, identity, limits_hash), _fault(name, identity)]
    found.append(_health(name, identity))
    return found


def _firmware(name: str, identity: Identity) -> Finding:
    what = f"firmware release {identity.release} in slot {'ab'[identity.slot]}, board {identity.board_id}"
    if identity.table_hash != messages.TABLE_HASH:
        return Finding(name, BAD, f"{what}; this host needs release {FIRMWARE}", "Run `qiyou flash --all`.")
    if identity.trial:
        return Finding(name, NOTE, f"{what}, on trial", "Run `qiyou flash --all` again: it confirms it.")
    if identity.fell_back:
        return Finding(
            name,
            NOTE,
            f"{what}; it went back to it because the newer one did not start",
            "Run `qiyou flash --all`; if it goes back again, send the support bundle.",
        )
    return Finding(name, GOOD, what)


def _limits(name: str, identity: Identity, limits_hash: int) -> Finding:
    if identity.limits_hash == limits_hash:
        return Finding(f"{name}, limits", GOOD, f"{limits_hash:08x}, as in robot.toml")
    return Finding(
        f"{name}, limits",
        BAD,
        f"{identity.limits_hash:08x}, but robot.toml gives {limits_hash:08x}",
        "Run `qiyou flash --all`: it brings the limits along.",
    )


def _fault(name: str, identity: Identity) -> Finding:
    state = states.NAMES[identity.state] if identity.state < len(states.NAMES) else str(identity.state)
    if identity.reason == reasons.NONE:
        return Finding(f"{name}, state", GOOD, f"{state}, no fault")
    said = advice(identity.reason)
    text = reasons.TEXTS.get(identity.reason, f"reason {identity.reason}")
    return Finding(f"{name}, state", BAD, f"{state}: {text}. {said.happened}", said.do_now)


def _health(name: str, identity: Identity) -> Finding:
    warm = "" if identity.temperature_c == -128 else f", {identity.temperature_c} degrees"
    what = f"{identity.heap_free_kb} KB of memory free{warm}"
    if identity.heap_free_kb < HEAP_KB:
        return Finding(f"{name}, health", BAD, what, "Unplug it for ten seconds; send the support bundle.")
    if identity.temperature_c > WARM_C:
        return Finding(f"{name}, health", NOTE, what, "Give the controller more air.")
    return Finding(f"{name}, health", GOOD, what)
