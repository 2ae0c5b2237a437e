"""The wiring as SVG: a Pico from above with what hangs on each pin, and the power path with its gate."""

from __future__ import annotations

from itertools import groupby
from xml.sax.saxutils import escape

from firmware.board import pins
from tools.wiring.pinout import GROUNDS, Wire, header_pin, wires

__all__ = ["board", "power"]

_STEP = 30
_TOP = 90
_LEFT = 400
_WIDTH = 1100
_PICO = 300
_BOX = 210
_NAMES = {30: "RUN", 35: "VREF", 36: "3V3", 37: "3V3_EN", 39: "VSYS", 40: "VBUS (5 V)"}
_COLOURS = {"out": "#c2410c", "in": "#1d4ed8", "both": "#6d28d9"}


class _Sheet:
    def __init__(self, width: int, height: int, title: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="14">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        ]

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        self._parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" '
            f'fill="{fill}" stroke="#334155"/>'
        )

    def line(self, points: list[tuple[float, float]], colour: str, arrow: bool = False) -> None:
        path = " ".join(f"{x},{y}" for x, y in points)
        self._parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if arrow:
            (x0, y0), (x1, y1) = points[-2], points[-1]
            dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
            tip = f"{x1},{y1} {x1 - 9 * dx + 5 * dy},{y1 - 9 * dy + 5 * dx}"
            tip += f" {x1 - 9 * dx - 5 * dy},{y1 - 9 * dy - 5 * dx}"
            self._parts.append(f'<polygon points="{tip}" fill="{colour}"/>')

    def text(
        self, x: float, y: float, words: str, anchor: str = "start", size: int = 14, colour: str = "#0f172a"
    ) -> None:
        self._parts.append(
            f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">'
            f"{escape(words)}</text>"
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        self._parts.append(f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>')

    def done(self) -> str:
        return "\n".join([*self._parts, "</svg>"]) + "\n"


def _place(pin: int) -> tuple[bool, float]:
    """(on the left side, height) of a header pin; the USB plug is at the top."""
    left = pin <= 20
    row = pin - 1 if left else 40 - pin
    return left, _TOP + 40 + row * _STEP


def board(role: str) -> str:
    """The Pico of the `role` controller with every wire, as SVG."""
    height = _TOP + 40 + 20 * _STEP + 60
    sheet = _Sheet(_WIDTH, height, f"Qiyou: wiring of the {role} controller")
    title = f"Qiyou - {role} controller (Raspberry Pi Pico, seen from above)"
    sheet.text(_WIDTH / 2, 34, title, "middle", 20)
    legend = (("out", "driven by the Pico"), ("in", "read by the Pico"), ("both", "both ways"))
    for index, (way, words) in enumerate(legend):
        sheet.dot(330 + 170 * index, 58, _COLOURS[way])
        sheet.text(342 + 170 * index, 63, words)
    sheet.box(_LEFT, _TOP, _PICO, 40 + 20 * _STEP + 10, "#14532d")
    sheet.box(_LEFT + _PICO / 2 - 35, _TOP - 14, 70, 30, "#cbd5e1")
    sheet.text(_LEFT + _PICO / 2, _TOP + 6, "USB", "middle")
    used = {header_pin(wire.gpio): wire for wire in wires(role)}
    for pin in range(1, 41):
        left, y = _place(pin)
        x = _LEFT + (14 if left else _PICO - 14)
        name = f"GP{used[pin].gpio}" if pin in used else "GND" if pin in GROUNDS else _NAMES.get(pin, "")
        colour = _COLOURS[used[pin].way] if pin in used else "#0f172a" if pin in GROUNDS else "#64748b"
        sheet.dot(x, y, "#e2e8f0" if pin not in used else colour)
        sheet.text(
            x + (12 if left else -12), y + 5, f"{pin}  {name}", "start" if left else "end", 12, "#f1f5f9"
        )
    for on_left in (True, False):
        mine = [wire for wire in used.values() if (header_pin(wire.gpio) <= 20) is on_left]
        mine.sort(key=_height)
        for part, group in groupby(mine, key=lambda wire: wire.part):
            _part(sheet, part, list(group), on_left)
    sheet.text(
        _WIDTH / 2, height - 20, "All grounds together at one point. Made by `qiyou wiring`.", "middle", 12
    )
    return sheet.done()


def _height(wire: Wire) -> float:
    return _place(header_pin(wire.gpio))[1]


def _part(sheet: _Sheet, part: str, group: list[Wire], on_left: bool) -> None:
    rows = [_height(wire) for wire in group]
    x = 20 if on_left else _WIDTH - 20 - _BOX
    sheet.box(x, rows[0] - 13, _BOX, rows[-1] - rows[0] + 26, "#f1f5f9")
    sheet.text(x + 8 if on_left else x + _BOX - 8, rows[0] + 5, part, "start" if on_left else "end", 13)
    for wire, y in zip(group, rows, strict=True):
        edge = x + _BOX if on_left else x
        pad = _LEFT + 14 if on_left else _LEFT + _PICO - 14
        sheet.line([(edge, y), (pad, y)], _COLOURS[wire.way])
        # The first row of a box carries its name; signals stand at the wire.
        sheet.text(
            edge + (8 if on_left else -8), y - 4, wire.signal, "start" if on_left else "end", 12, "#334155"
        )


def power() -> str:
    """How power reaches the motors only while both controllers toggle and the mushroom is out."""
    sheet = _Sheet(1100, 470, "Qiyou: power and the motor gate")
    sheet.text(550, 34, "Qiyou - power and the motor gate", "middle", 20)
    pico = f"GP{pins.GATE} toggles, GP{pins.MOTOR_POWER} senses"
    blocks = {
        "supply": (20, 80, 150, "supply 24 V", "fused 3 A"),
        "mushroom": (220, 80, 170, "mushroom", "latching, first contact"),
        "gate": (440, 80, 210, "motor gate", "two switches in series"),
        "drivers": (700, 80, 170, "three drivers", "shoulder, elbow, lift"),
        "motors": (920, 80, 160, "motors", "NEMA 17"),
        "arm": (330, 300, 200, "arm Pico", pico),
        "hand": (600, 300, 200, "hand Pico", pico),
        "host": (20, 300, 190, "Raspberry Pi", "two USB cables"),
        "magnet": (880, 300, 200, "magnet H-bridge", "12 V, from the hand Pico"),
    }
    for x, y, width, name, below in blocks.values():
        sheet.box(x, y, width, 70, "#f1f5f9")
        sheet.text(x + width / 2, y + 30, name, "middle", 15)
        sheet.text(x + width / 2, y + 52, below, "middle", 12, "#475569")
    red, blue, green = "#b91c1c", "#1d4ed8", "#15803d"
    for begin, end in ((170, 220), (390, 440), (650, 700), (870, 920)):
        sheet.line([(begin, 115), (end, 115)], red, arrow=True)
    sheet.line([(430, 300), (430, 230), (500, 230), (500, 150)], green, arrow=True)
    sheet.text(340, 222, "toggle, by a charge pump", size=12)
    sheet.line([(700, 300), (700, 230), (590, 230), (590, 150)], green, arrow=True)
    sheet.text(612, 222, "toggle, by a charge pump", size=12)
    sheet.line([(530, 325), (600, 325)], blue, arrow=True)
    sheet.line([(600, 350), (530, 350)], blue, arrow=True)
    sheet.text(565, 316, "waves", "middle", 12)
    sheet.line([(210, 335), (330, 335)], "#334155", arrow=True)
    sheet.line([(210, 355), (270, 355), (270, 410), (700, 410), (700, 370)], "#334155", arrow=True)
    sheet.text(225, 327, "USB", size=12)
    sheet.line([(800, 335), (880, 335)], green, arrow=True)
    sheet.text(
        550,
        450,
        "A stuck pin, a reset, a boot loader or a pulled plug stops the toggling: the pump runs empty "
        "in 25 ms and its switch opens.",
        "middle",
        13,
    )
    return sheet.done()
