"""What the twin's server needs from the world and from the person, and how it makes them by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray


class World(Protocol):
    """The physics; `host.twin.world.World` is the real one. Times are twin microseconds."""

    def push_edges(self, axis: int, times_us: Sequence[float], directions: Sequence[int]) -> None:
        """Step edges of axis 0-2 (shoulder, elbow, lift) that fall before the next `advance` ends."""
        ...

    def advance(self, until_us: int) -> None:
        """Integrate up to `until_us`."""
        ...

    def set_motor_power(self, on: bool) -> None:
        """The motor gate closed or opened."""
        ...

    def set_run_current(self, full: bool) -> None:
        """Full or reduced motor current."""
        ...

    def slip(self, axis: int, cycles: int) -> None:
        """Joint 0 or 1 falls by cycles of four full steps, unseen by driver and controller."""
        ...

    def set_magnet(self, permille: int) -> None:
        """Magnet drive, -1000 to 1000."""
        ...

    def inputs(self) -> int:
        """Limit and nose switches as bits 0-3 of the grant's `inputs`."""
        ...

    def encoder_counts(self) -> tuple[int, int]:
        """Shoulder and elbow AS5600 counts, 0-4095."""
        ...

    def render(self) -> NDArray[np.uint8]:
        """The camera's picture, uint8 BGR (720, 1280, 3)."""
        ...

    def glance(self) -> NDArray[np.uint8]:
        """A small picture of the watch stream now, uint8 BGR (180, 320, 3)."""
        ...

    def save(self, path: Path) -> None:
        """Write the whole state to `path`."""
        ...

    def restore(self, path: Path) -> None:
        """Read a state written by `save`."""
        ...

    def restart(self) -> None:
        """Begin a new power-on: time counts from zero, steps that were under way never come."""
        ...

    def is_quiet(self) -> bool:
        """Whether nothing in the world moves."""
        ...

    def truth(self) -> dict[str, Any]:
        """The true state, JSON-able; goes to reports only."""
        ...


@dataclass(frozen=True)
class PersonView:
    """What the simulated person perceives and can touch at one instant."""

    led: int
    """The LED ring's pattern (u8; 0 off, 1 thinking, 2 your turn, …)."""
    motor_power: bool
    """Whether the motors are powered (a person hears them hum)."""
    arm_moving: bool
    """Whether step edges are being played out."""
    world: World
    """The world, for the person's hand to act in."""


class Person(Protocol):
    """The simulated person; `host.twin.person` is the real one."""

    def hear(self, message: dict[str, Any]) -> None:
        """The robot says something."""
        ...

    def says(self) -> str | None:
        """The oldest thing the person said to the game that nobody heard yet (`host.game.requests.Wish`)."""
        ...

    def step(self, now_us: int, view: PersonView) -> int:
        """Act until `now_us`; returns the buttons held now as bits 4-7 of the grant's `inputs`.

        Bit 4 mushroom, 5 acknowledge, 6 go, 7 takeover. Called once a frame (1 to 4 ms).
        """
        ...


class Nobody:
    """A person who is not there."""

    def hear(self, message: dict[str, Any]) -> None:
        """Nobody listens."""
        del message

    def says(self) -> str | None:
        """Nobody speaks."""
        return None

    def step(self, now_us: int, view: PersonView) -> int:
        """Nothing pressed."""
        del now_us, view
        return 0


def make(factory: str, **arguments: Any) -> Any:
    """Call `module:callable` with `arguments`. Raises ValueError for a name that leads nowhere."""
    module_name, _, attribute = factory.partition(":")
    try:
        target = cast("Callable[..., Any]", getattr(importlib.import_module(module_name), attribute))
    except (ImportError, AttributeError) as error:
        raise ValueError(f"no factory {factory!r} in the twin's configuration: {error}") from error
    return target(**arguments)
