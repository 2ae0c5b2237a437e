"""The twin's process: world, motors, camera, person, controllers, and the clock they all live by.

    python -m host.twin.server --config twin.json --sockets GAME LINK REPORT

Configuration (JSON object):

    directory     where flash directories, FIFOs, snapshots and reports live
    seed          int
    participants  host processes that take part: ["game", "link"] or a part of it
    world         {"factory": "module:callable", …arguments}
    person        the same, or absent: nobody
    controllers   ["arm", "hand"] or a part of it
    firmware      {"limits": {…}} for the controllers' limits.json
    resume        path of a rest snapshot, or null
    truth         false: the question "truth" is not answered

Frames are 1 ms while anything moves, else 4 ms. In a frame the world advances to `now`, then every
controller and every host process that is due computes at `now` (all at once: what they say to each
other is seen in the next frame), then their outputs take effect. A process that dies is noticed by
the end of its pipe and left out; when the game leaves, the twin goes on until all is at rest.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import time
from pathlib import Path
from typing import Any, cast

from host.twin import lockstep
from host.twin.lockstep import Channel
from host.twin.noise import load as load_noise
from host.twin.participants import Exchange, Participant
from host.twin.plant import Board, Plant
from host.twin.roles import Nobody, Person, World, make

MOVING_FRAME_US = 1_000
IDLE_FRAME_US = 4_000
REST_US = 50_000
# How long the twin outlives the game: at least until the survivors have said why they stopped.
AFTERLIFE_MIN_US = 1_000_000
AFTERLIFE_MAX_US = 3_000_000


class Server:
    """The lock-step loop."""

    def __init__(self, config: dict[str, Any], sockets: dict[str, socket.socket]) -> None:
        self.directory = Path(config["directory"])
        seed = int(config.get("seed", 0))
        world: World = cast("World", make(**config["world"]))
        person: Person = cast("Person", make(**config["person"])) if config.get("person") else Nobody()
        if config.get("resume"):
            world.restore(Path(config["resume"]))
            world.restart()
        noise = config["world"].get("noise")
        drift_max_ppm = load_noise(Path(noise) if noise else None).clock.drift_max_ppm
        boards = {
            name: Board(name, self.directory, seed, drift_max_ppm, config["firmware"])
            for name in config.get("controllers", ["arm", "hand"])
        }
        self.plant = Plant(world, person, boards)
        names = config.get("participants", ["game", "link"])
        self.exchange = Exchange(
            [Participant(name, Channel(sockets[name])) for name in names], self.plant.lines
        )
        self._tells_truth = bool(config.get("truth", True))
        self.now_us = 0
        self.frames = 0
        self._game_left_us: int | None = None
        self._rest_since_us: int | None = 0
        self._saved = True
        self._moving = True
        self._started = time.perf_counter()

    def run(self) -> None:
        """Serve frames until the game has left and everything is at rest."""
        try:
            self.exchange.collect(self._answer, self._note_death)
            while not self._finished():
                self._frame()
            self._write_report()
        finally:
            self.plant.close()

    def _frame(self) -> None:
        elapsed_us = MOVING_FRAME_US if self._moving else IDLE_FRAME_US
        self.now_us += elapsed_us
        self.frames += 1
        now = self.now_us
        self.plant.advance(now)
        self.plant.grant(now)
        self.exchange.grant(now)
        self.plant.collect(now)
        self.exchange.collect(self._answer, self._note_death)
        self.exchange.deliver(now, elapsed_us)
        self._keep_rest_snapshot()

    def _answer(self, participant: Participant, kind: int, payload: bytes) -> None:
        """Serve what a participant asks for while its time stands still."""
        if kind == lockstep.FRAME:
            picture = self.plant.world.render()
            participant.channel.send(
                lockstep.FRAME_IS, self.now_us.to_bytes(8, "little", signed=True) + picture.tobytes()
            )
        elif kind == lockstep.GLANCE:
            picture = self.plant.world.glance()
            participant.channel.send(
                lockstep.FRAME_IS, self.now_us.to_bytes(8, "little", signed=True) + picture.tobytes()
            )
        elif kind == lockstep.ASK:
            participant.channel.send_json(lockstep.ANSWER, self._report(json.loads(payload)))

    def _report(self, question: dict[str, Any]) -> dict[str, Any]:
        match question.get("ask"):
            case "say":
                self.plant.tell(question["message"])
                return {}
            case "heard":
                return {"wish": self.plant.hear()}
            case "truth" if self._tells_truth:
                return self.plant.world.truth()
            case "hardware":
                return {"now_us": self.now_us, **self.plant.statistics()}
            case "processes":
                return self.plant.process_ids()
            case "pace":
                wall_s = time.perf_counter() - self._started
                return {"frames": self.frames, "twin_s": self.now_us / 1e6, "wall_s": round(wall_s, 3)}
            case "cut":
                self.plant.lines[question["line"]].cut()
                self.plant.note(self.now_us, f"{question['line']} cable cut")
                return {}
            case "cable":
                line = self.plant.lines[question["line"]]
                for name, value in question.get("to_host", {}).items():
                    setattr(line.to_host.faults, name, value)
                for name, value in question.get("to_controller", {}).items():
                    setattr(line.to_controller.faults, name, value)
                return {}
            case "press":
                self.plant.press(int(question["buttons"]), self.now_us + int(question["for_us"]))
                return {}
            case "slip":
                self.plant.slip(int(question["axis"]), int(question["cycles"]))
                self.plant.note(self.now_us, f"joint {question['axis']} slipped")
                return {"now_us": self.now_us}
        return {"error": f"the twin does not know the question {question.get('ask')!r}"}

    def _note_death(self, participant: Participant) -> None:
        self.plant.note(self.now_us, f"{participant.name} gone")
        if participant.name == "game":
            self._game_left_us = self.now_us

    def _keep_rest_snapshot(self) -> None:
        self._moving = self.plant.moving
        if self._moving:
            self._rest_since_us = None
            self._saved = False
        elif self._rest_since_us is None:
            self._rest_since_us = self.now_us
        elif not self._saved and self.now_us - self._rest_since_us >= REST_US:
            self._save()

    def _save(self) -> None:
        fresh = self.directory / "rest.new"
        self.plant.world.save(fresh)
        fresh.replace(self.directory / "rest.snapshot")
        self._saved = True

    def _finished(self) -> bool:
        if self._game_left_us is None:
            return False
        since_us = self.now_us - self._game_left_us
        return since_us >= AFTERLIFE_MAX_US or (since_us >= AFTERLIFE_MIN_US and self._saved)

    def _write_report(self) -> None:
        if not self._saved:
            self._save()
        report = {"now_us": self.now_us, **self.plant.statistics(), "events": self.plant.events}
        (self.directory / "twin-report.json").write_text(json.dumps(report, indent=1))
        lines = [json.dumps(line, ensure_ascii=False) + "\n" for line in self.plant.last_words()]
        fresh = self.directory / "faults.new"
        fresh.write_text("".join(lines))
        fresh.replace(self.directory / "faults.jsonl")


def main() -> int:
    """Serve one twin; the exit code is 0 when it ended at rest, 2 for a bad configuration."""
    parser = argparse.ArgumentParser(description="The twin: world, controllers and clock in one process.")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--sockets", type=int, nargs=3, required=True, metavar=("GAME", "LINK", "REPORT"))
    args = parser.parse_args()
    sockets = dict(
        zip(("game", "link", "report"), (socket.socket(fileno=fd) for fd in args.sockets), strict=True)
    )
    try:
        server = Server(json.loads(args.config.read_text()), sockets)
    except (ValueError, KeyError, OSError) as error:
        sys.stderr.write(f"the twin cannot start: {error}\n")
        return 2
    report = Channel(sockets["report"])
    ports = {name: line.host_path for name, line in server.plant.lines.items()}
    report.send_json(lockstep.WELCOME, {"ports": ports, "pids": server.plant.process_ids()})
    report.close()
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
