"""The generated part of docs/hardware.md: a pin table for each controller."""

from __future__ import annotations

from tools.wiring.pinout import ROLES, header_pin, wires

__all__ = ["render"]


def render() -> str:
    """Both tables as Markdown."""
    lines: list[str] = []
    for role in ROLES:
        lines += [f"### The {role} controller", ""]
        lines += ["| pin | GPIO | direction | part | signal | how |", "|---|---|---|---|---|---|"]
        for wire in wires(role):
            pin = header_pin(wire.gpio)
            lines.append(f"| {pin} | GP{wire.gpio} | {wire.way} | {wire.part} | {wire.signal} | {wire.how} |")
        lines.append("")
    return "\n".join(lines)
