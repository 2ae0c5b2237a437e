"""Everything on the far side of the serial cables: controllers, their hardware, world and person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from firmware.board import lockstep as pins
from host.twin.blackbox import BlackBox
from host.twin.controllers import Controller, Done, install
from host.twin.hardware import BoardClock, Wave, motor_power
from host.twin.pio import Pio
from host.twin.roles import Person, PersonView, World
from host.twin.serialport import SerialLine

LONGEST_FRAME_US = 4_000
SWITCH_BITS = pins.IN_LIMIT_SHOULDER | pins.IN_LIMIT_ELBOW | pins.IN_LIMIT_LIFT | pins.IN_NOSE


class Board:
    """One controller with its crystal, serial line, waves and what its pins said last."""

    def __init__(
        self, name: str, directory: Path, seed: int, drift_max_ppm: float, firmware: dict[str, Any]
    ) -> None:
        self.name = name
        self.clock = BoardClock.drawn(f"{seed} {name}", drift_max_ppm)
        self.line = SerialLine(seed * 4 + (0 if name == "arm" else 2))
        self.gate = Wave()
        self.peer = Wave()
        self.black_box = BlackBox()
        install(name, directory, firmware)
        self.controller = Controller(name, directory, self.line.controller.slave)
        self.alive = True
        self.computing = False
        self._granted_us = -LONGEST_FRAME_US
        self._seen = (-1, -1)

    def due(self, now_us: int, inputs: int) -> bool:
        """Whether to let it compute: the arm always, the hand when something is new for it or 4 ms passed.

        The hand makes no steps; at rest both live in frames of 4 ms anyway.
        """
        seen = (self.line.controller.written_total, inputs)
        if self.name != "arm" and seen == self._seen and now_us - self._granted_us < LONGEST_FRAME_US:
            return False
        self._seen, self._granted_us = seen, now_us
        return True

    def close(self) -> None:
        """End the process and close its terminals."""
        self.controller.close()
        self.line.close()


class Plant:
    """The robot's hardware and its surroundings, advanced frame by frame."""

    def __init__(self, world: World, person: Person, boards: dict[str, Board]) -> None:
        self.world = world
        self.events: list[dict[str, Any]] = []
        self.pio = Pio()
        self._person = person
        self._power = False
        self._led = 0
        self._buttons = 0
        self._pressed: list[tuple[int, int]] = []
        self._positions = [0, 0, 0]
        self._last_edge_us = 0.0
        self.boards = boards
        self.lines = {name: board.line for name, board in boards.items()}

    @property
    def moving(self) -> bool:
        """Whether steps are playing or anything in the world moves."""
        return self.pio.playing or not self.world.is_quiet()

    def advance(self, now_us: int) -> None:
        """Edges, physics and the motor gate up to `now_us`."""
        arm = self.boards.get("arm")
        if arm is not None and self.pio.playing:
            for axis, edges in self.pio.take(arm.clock.pio_ticks(now_us)):
                times_us = [arm.clock.twin_us(tick) for tick in edges.ticks]
                self._positions[axis] += sum(edges.directions)
                self._last_edge_us = max(self._last_edge_us, times_us[-1])
                self.world.push_edges(axis, times_us, edges.directions)
        self.world.advance(now_us)
        view = PersonView(self._led, self._power, self.pio.playing, self.world)
        self._buttons = self._person.step(now_us, view) | self._held(now_us)
        self._gate(now_us)

    def press(self, buttons: int, until_us: int) -> None:
        """Hold `buttons` (bits 4-7 of the inputs) until `until_us`; what a test's finger does."""
        self._pressed.append((buttons, until_us))

    def slip(self, axis: int, cycles: int) -> None:
        """A motor loses steps; see `World.slip`."""
        self.world.slip(axis, cycles)

    def tell(self, message: dict[str, Any]) -> None:
        """The person hears what the robot says."""
        self._person.hear(message)

    def hear(self) -> str | None:
        """What the person says to the game."""
        return self._person.says()

    def grant(self, now_us: int) -> None:
        """Let every living controller that is due compute at `now_us`."""
        shared = self._buttons | (pins.IN_MOTOR_POWER if self._power else 0)
        for board in self._living():
            is_arm = board.name == "arm"
            inputs = shared | (self.world.inputs() & SWITCH_BITS if is_arm else 0)
            board.computing = board.due(now_us, inputs)
            if not board.computing:
                continue
            board.controller.grant(
                board.clock.ticks(now_us),
                board.line.controller.written_total,
                inputs,
                self.world.encoder_counts() if is_arm else (0, 0),
                self.pio.pending() if is_arm else (0, 0, 0),
                sum(other.peer.edges for other in self.boards.values() if other is not board),
            )

    def collect(self, now_us: int) -> None:
        """Take what the controllers did at `now_us` and let it take effect."""
        for board in self._living():
            if not board.computing:
                continue
            done = board.controller.collect()
            if done is None:
                board.alive = False
                board.line.controller_gone()
                self.note(now_us, f"{board.name} gone")
                continue
            board.black_box.feed(board.line.controller_wrote(done.tx_total, now_us), now_us)
            board.gate.set(done.outputs & pins.OUT_GATE, now_us)
            board.peer.set(done.outputs & pins.OUT_PEER_WAVE, now_us)
            if board.name == "arm":
                self._take_steps(done, board.clock.pio_ticks(now_us))
                self.world.set_run_current(bool(done.outputs & pins.OUT_RUN_CURRENT))
            else:
                self.world.set_magnet(done.magnet_permille)
                self._led = done.led

    def note(self, now_us: int, what: str) -> None:
        """Remember an event for the report."""
        self.events.append({"at_us": now_us, "what": what})

    def statistics(self) -> dict[str, Any]:
        """What tests and reports may know about the hardware: steps, edges, power, underruns."""
        return {
            "steps": list(self._positions),
            "last_edge_us": round(self._last_edge_us),
            "underruns": self.pio.underruns,
            "motor_power": self._power,
            "led": self._led,
            "controllers": {name: board.black_box.summary() for name, board in self.boards.items()},
        }

    def last_words(self) -> list[dict[str, Any]]:
        """Per controller: whether it lives, and the last state and reason it reported itself."""
        return [
            {"controller": name, "alive": board.alive, **board.black_box.summary()}
            for name, board in self.boards.items()
        ]

    def process_ids(self) -> dict[str, int]:
        """Process ids of the controllers."""
        return {name: board.controller.process_id for name, board in self.boards.items()}

    def close(self) -> None:
        """End the controllers."""
        for board in self.boards.values():
            board.close()

    def _living(self) -> list[Board]:
        return [board for board in self.boards.values() if board.alive]

    def _take_steps(self, done: Done, now_ticks: int) -> None:
        if done.flags & pins.FLAG_ABORT:
            self.pio.abort()
        self.pio.obey(done.words, now_ticks, start=bool(done.flags & pins.FLAG_START))

    def _held(self, now_us: int) -> int:
        self._pressed = [press for press in self._pressed if press[1] > now_us]
        held = 0
        for buttons, _ in self._pressed:
            held |= buttons
        return held

    def _gate(self, now_us: int) -> None:
        gates = [board.gate for board in self.boards.values()]
        power = motor_power(gates, bool(self._buttons & pins.IN_MUSHROOM), now_us)
        if power != self._power:
            self._power = power
            self.world.set_motor_power(power)
            self.note(now_us, "motor power on" if power else "motor power off")
