"""Every wire to a Pico's header, from `firmware/board/pins.py`: the same numbers that the controller uses."""

from __future__ import annotations

from typing import NamedTuple

from firmware.board import pins

__all__ = ["GROUNDS", "HEADER", "ROLES", "Wire", "header_pin", "wires"]

ROLES = ("arm", "hand")

# Header pin of each GPIO of a Raspberry Pi Pico (its data sheet, figure 4).
HEADER: dict[int, int] = {
    **dict(zip(range(10), (1, 2, 4, 5, 6, 7, 9, 10, 11, 12), strict=True)),
    **dict(zip(range(10, 20), (14, 15, 16, 17, 19, 20, 21, 22, 24, 25), strict=True)),
    **dict(zip((20, 21, 22, 26, 27, 28), (26, 27, 29, 31, 32, 34), strict=True)),
}
GROUNDS = (3, 8, 13, 18, 23, 28, 33, 38)


class Wire(NamedTuple):
    """One signal: GPIO, whether the Pico drives it ("out", "in" or "both"), part, signal, how to wire it."""

    gpio: int
    way: str
    part: str
    signal: str
    how: str


def header_pin(gpio: int) -> int:
    """The header pin of a GPIO."""
    return HEADER[gpio]


_AXES = ("shoulder", "elbow", "lift")
_TO_GROUND = "switch to GND; the Pico pulls up"


def wires(role: str) -> list[Wire]:
    """All wires of the `role` ("arm" or "hand") controller, by header pin."""
    found = _shared() + (_arm() if role == "arm" else _hand())
    return sorted(found, key=lambda wire: header_pin(wire.gpio))


def _shared() -> list[Wire]:
    buttons = zip(pins.BUTTONS, ("ack (round)", "go", "takeover"), strict=True)
    return [
        Wire(pins.GATE, "out", "motor gate", "toggle", "to this controller's charge pump, 50 Hz while well"),
        Wire(pins.WAVE_OUT, "out", "other controller", "wave out", "to the other Pico's wave in, by 1 kohm"),
        Wire(pins.WAVE_IN, "in", "other controller", "wave in", "from the other Pico's wave out"),
        Wire(pins.MUSHROOM, "in", "mushroom", "sense", "second contact, normally closed, to GND"),
        *(Wire(gpio, "in", "buttons", name, _TO_GROUND + "; wired to both Picos") for gpio, name in buttons),
        Wire(pins.MOTOR_POWER, "in", "motor gate", "power good", "optocoupler to GND while powered"),
    ]


def _arm() -> list[Wire]:
    found = []
    for name, (direction, step) in zip(_AXES, pins.AXES, strict=True):
        found.append(Wire(direction, "out", f"{name} driver", "DIR", "100 ohm in series"))
        found.append(Wire(step, "out", f"{name} driver", "STEP", "100 ohm in series; 10 kohm to GND"))
    found.append(Wire(pins.RUN_CURRENT, "out", "all drivers", "run current", "high: full; low: reduced"))
    for name, (bus, data, clock) in zip(_AXES, pins.ENCODERS, strict=False):
        found.append(Wire(data, "both", f"{name} encoder", f"SDA (I2C{bus})", "2.2 kohm to 3V3"))
        found.append(Wire(clock, "out", f"{name} encoder", f"SCL (I2C{bus})", "2.2 kohm to 3V3"))
    for name, gpio in zip(_AXES, pins.LIMITS, strict=True):
        found.append(Wire(gpio, "in", "limit switches", name, _TO_GROUND))
    found.append(Wire(pins.NOSE, "in", "nose switch", "pressed", _TO_GROUND))
    return found


def _hand() -> list[Wire]:
    forward, backward = pins.MAGNET
    return [
        Wire(forward, "out", "magnet H-bridge", "IN1 (hold)", "10 kohm to GND"),
        Wire(backward, "out", "magnet H-bridge", "IN2 (release)", "10 kohm to GND"),
        Wire(pins.RING, "out", "LED ring", f"data ({pins.RING_LEDS} LEDs)", "330 ohm in series"),
    ]
