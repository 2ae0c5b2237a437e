"""A robot on the bench: both controllers, the link and a game's session, brought up to READY.

In the twin the world is either without physics (`plain`, fast and exact) or the real one (`physics`).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware.board import lockstep as pins
from host.arm.homing import joints_from_encoders
from host.arm.joints import Joints
from host.arm.motion import Motion
from host.arm.moves import creep, swing
from host.arm.robot import Robot
from host.arm.robot import load as load_robot
from host.link import events
from host.link.client import LinkClient
from host.link.events import LinkEvent, Usteps
from host.link.session import LinkSession
from host.twin.client import TwinProcess, TwinTime
from safety import states

PRESS_US = 120_000
_READY_US = 1_000_000


def plain_world(start: Usteps, robot: Robot) -> dict[str, Any]:
    """Configuration of a world without physics, its joints at `start`."""
    limits = robot.limits.as_dict()
    return {
        "factory": "host.twin.tests.fake_world:FakeWorld",
        "start": list(start),
        "usteps_per_rad": limits["usteps_per_rad"],
        "encoder_zero": limits["encoder_zero"],
    }


def physics_world(seed: int) -> dict[str, Any]:
    """Configuration of the real world."""
    return {"factory": "host.twin.world:make_world", "seed": seed}


@dataclass
class Bench:
    """Everything a test of running controllers needs."""

    robot: Robot
    twin: TwinProcess
    time: TwinTime
    client: LinkClient
    session: LinkSession
    directory: Path
    heard: list[LinkEvent] = field(default_factory=list)

    @classmethod
    def start(
        cls,
        directory: Path,
        world: dict[str, Any] | None = None,
        seed: int = 1,
        *,
        resume: Path | None = None,
        truth: bool = True,
        person: dict[str, Any] | None = None,
    ) -> Bench:
        """Spawn twin, controllers and link; connect. `resume` is a rest snapshot, `person` the twin's."""
        robot = load_robot(None)
        twin = TwinProcess.start(
            {
                "seed": seed,
                "world": world or plain_world(cls.home(robot), robot),
                "firmware": {"limits": robot.limits.as_dict()},
                "resume": str(resume) if resume else None,
                "truth": truth,
                "person": person,
            },
            directory,
        )
        time = TwinTime(twin.game, "game")
        client = LinkClient(time, twin.ports, robot.limits.hash(), twin.link, seed=seed)
        client.start()
        heard: list[LinkEvent] = []
        bench = cls(robot, twin, time, client, LinkSession(client, time, heard.append), directory, heard)
        pids = {"game": os.getpid(), "link": client.process_id, **twin.pids}
        (directory / "pids.json").write_text(json.dumps(pids))
        bench.session.connect()
        return bench

    @staticmethod
    def home(robot: Robot) -> Usteps:
        """Where the arm of a plain world stands at first: in the middle of its range, at travel height."""
        middle = (robot.shoulder.low + robot.shoulder.high) / 2
        return robot.usteps(Joints(middle, -1.5, robot.lift.travel))

    def swing(self, radians: float) -> Motion:
        """A swing of the shoulder from where the arm stands now."""
        here = self.session.usteps or self.home(self.robot)
        away = round(radians * self.robot.shoulder.usteps_per_unit)
        return swing(self.robot, here, (here[0] + away, here[1], here[2]), "swing")

    def creep(self, radians: float) -> Motion:
        """A slow swing of the shoulder toward the middle of its range, from wherever the arm stands."""
        here = self.session.usteps or self.home(self.robot)
        away = round(radians * self.robot.shoulder.usteps_per_unit)
        inward = away if here[0] < self.home(self.robot)[0] else -away
        return creep(self.robot, here, (here[0] + inward, here[1], here[2]), "creep")

    def usteps_by_encoders(self) -> Usteps:
        """Where the joint encoders see the arm, the lift at its top."""
        return self.robot.usteps(joints_from_encoders(self.robot, self.session.status["arm"].encoders))

    def get_ready(self, usteps: Usteps | None = None) -> None:
        """A look, a person's go, and the position: both controllers at READY with power."""
        self.client.looked()
        self.session.pause(50_000)
        self.press(pins.IN_BUTTON_GO)
        # An arm that stands outside its range may only creep back: RECOVERY.
        for name, wanted in (("arm", {states.READY, states.RECOVERY}), ("hand", {states.READY})):
            assert self.wait_for_state(name, wanted), f"{name}: {self.session.states}"
        self.session.pause(100_000)
        self.client.set_position(usteps or self.home(self.robot))
        self.session.pause(200_000)
        assert not [event for event in self.heard if isinstance(event, events.Refused)]

    def press(self, button: int) -> None:
        """A person presses and releases a button (an IN_… bit)."""
        self.time.ask("press", buttons=button, for_us=PRESS_US)
        self.session.pause(PRESS_US + 50_000)

    def wait_for_state(self, name: str, wanted: set[int], patience_us: int = _READY_US) -> bool:
        """Whether controller `name` reports one of the states `wanted` in time."""
        if self.session.states.get(name) in wanted:
            return True
        return self.session.until(lambda _: self.session.states.get(name) in wanted, patience_us)

    def ended(self) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Close everything; the twin's report and each controller's last words by name."""
        self.close()
        return self.read_report(self.directory)

    @staticmethod
    def read_report(directory: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """What an ended twin left in `directory`: its report, and last words by controller."""
        report = json.loads((directory / "twin-report.json").read_text())
        lines = (directory / "faults.jsonl").read_text().splitlines()
        return report, {line["controller"]: line for line in map(json.loads, lines)}

    def close(self) -> None:
        """End all processes."""
        self.time.close()
        self.client.close()
        self.client.join()
        self.twin.close(60.0)
