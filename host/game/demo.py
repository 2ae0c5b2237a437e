"""A game in the twin between a simulated person and the robot, from set-up to report.

The game process is this one; it spawns the twin (world, camera, person, both controllers) and the link.
Everything that stands in DIR: journal.jsonl (the game), pids.json, game.pgn, turns.png, report.json, and
the twin's own folder with the last state of rest.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2

from engine.pgn import write_pgn
from host.arm.robot import Robot
from host.arm.robot import load as load_robot
from host.game.body import ArmBody
from host.game.chronicle import Chronicle, Truth, true_board, write_json
from host.game.driver import Ports, drive
from host.game.errors import JournalError, TwinError
from host.game.eyes import CameraEyes
from host.game.opening import Colour, Opening, go_on, start_new, versions
from host.game.player import Player
from host.game.requests import Message, Request, Write
from host.game.screen import Screen
from host.game.sheet import contact_sheet, turn_picture
from host.game.table import Outcome, Table
from host.link.client import LinkClient
from host.link.errors import LinkError
from host.twin.client import TwinProcess, TwinTime
from host.twin.lockstep import TwinGoneError
from vision.look import Looker
from vision.reading import Frame, fen_order_to_board

__all__ = ["DEFAULT_PLIES", "DemoOptions", "run_demo"]

DEFAULT_PLIES = 16
_CONNECT_US = 20_000_000


@dataclass(frozen=True)
class DemoOptions:
    """`plies` None: 16, or with `resume` what the journal says; `seed` None: 1, or the journal's."""

    out: Path
    plies: int | None = None
    seed: int | None = None
    resume: bool = False
    truth: bool = True


def run_demo(options: DemoOptions) -> bool:
    """Play; True when reading, journal and truth agree and nothing unexpected happened.

    Raises `JournalError` when there is nothing to resume or the disk refuses, `GameError` when the twin, the
    link or a controller ended before the game did; the journal then lets it be resumed.
    """
    with ExitStack() as stack:
        opening = _open(options)
        journal = stack.enter_context(opening.journal)
        if opening.standing.ended is not None:
            ended = opening.standing.ended["result"]
            print(f"{journal.path}: this game is over ({ended}); nothing to do", flush=True)
            return True
        try:
            return _Demo(options, opening, stack).play()
        except (TwinGoneError, LinkError) as error:
            raise TwinError(
                f"{str(error).rstrip('.')}; the game is safe in {journal.path}: go on with "
                f"`qiyou demo --resume --out {options.out}`"
            ) from error


def _open(options: DemoOptions) -> Opening:
    if options.resume:
        return go_on(options.out, seed=options.seed, plies=options.plies)
    seed = 1 if options.seed is None else options.seed
    plies = DEFAULT_PLIES if options.plies is None else options.plies
    return start_new(options.out, seed=seed, plies=plies, robot=_colour(seed))


def _colour(seed: int) -> Colour:
    return "black" if seed % 2 == 0 else "red"


class _Mouth:
    """Says things to the simulated person."""

    def __init__(self, time: TwinTime) -> None:
        self._time = time

    def say(self, message: Message) -> None:
        self._time.ask("say", message=message.as_dict())


class _Album:
    """A witness that keeps one small picture a turn."""

    def __init__(self, folder: Path, eyes: CameraEyes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._eyes = eyes

    def note(self, request: Request, answer: object, wall_ms: float) -> None:
        del answer, wall_ms
        if not isinstance(request, Write) or request.kind not in {"person", "seen"}:
            return
        frame, reading = self._eyes.frame, self._eyes.reading
        if frame is None or reading is None:
            return
        ply = cast(int, request.fields["ply"])
        who = "person" if request.kind == "person" else "robot"
        takes = " x" if request.fields["capture"] else ""
        move = str(request.fields["move"])
        tile = turn_picture(frame, reading, move, f"{ply + 1}. {who} {move}{takes}")
        cv2.imwrite(str(self._folder / f"ply-{ply + 1:03d}.jpg"), tile, [cv2.IMWRITE_JPEG_QUALITY, 88])


class _Demo:
    """One run of one game: processes, ports and files."""

    def __init__(self, options: DemoOptions, plan: Opening, stack: ExitStack) -> None:
        self._options = options
        self._plan = plan
        self._out = options.out
        self._robot: Robot = load_robot()
        self._twin = self._start_twin()
        stack.callback(self._twin.close)
        self._time = TwinTime(self._twin.game, "game")
        stack.callback(self._time.close)
        limits_hash = self._robot.limits.hash()
        self._client = LinkClient(self._time, self._twin.ports, limits_hash, self._twin.link, plan.seed)
        self._client.start()
        stack.callback(self._client.join)
        stack.callback(self._client.close)
        self._body = ArmBody(self._robot, self._client, self._time, plan.robot)
        self._player = Player(plan.seed)
        self._eyes = CameraEyes(self._picture, Looker(), self._robot, self._body.looked)
        self._screen = Screen(sys.stdout, self._time.now_us, plan.standing.game)
        self._body.on_hold = self._screen.line
        self._versions = versions(self._robot, self._player)

    def _start_twin(self) -> TwinProcess:
        plan, folder = self._plan, self._out / "twin"
        snapshot = folder / "rest.snapshot"
        moves = plan.standing.ply > 0 or plan.standing.pending is not None
        if self._options.resume and moves and not snapshot.exists():
            raise JournalError(
                f"{snapshot} is missing, so the board cannot be set up again; start a new game"
            )
        return TwinProcess.start(
            {
                "seed": plan.seed,
                "participants": ["game", "link"],
                "world": {
                    "factory": "host.twin.world:make_world",
                    "seed": plan.seed,
                    "robot_plays": plan.robot,
                },
                "person": {
                    "factory": "host.twin.person:make_person",
                    "seed": plan.seed,
                    "robot_plays": plan.robot,
                },
                "controllers": ["arm", "hand"],
                "firmware": {"limits": self._robot.limits.as_dict()},
                "resume": str(snapshot) if self._options.resume and snapshot.exists() else None,
                "truth": self._options.truth,
            },
            folder,
        )

    def _picture(self) -> Frame:
        t_us, image = self._time.frame()
        return Frame(image, t_us, "camera")

    def _truth(self) -> Truth:
        return self._time.ask("truth")

    def play(self) -> bool:
        """Play the game to its end and write everything down."""
        pids = {"game": os.getpid(), "link": self._client.process_id, **self._twin.pids}
        write_json(self._out / "pids.json", pids)
        self._body.connect(_CONNECT_US)
        plan, standing = self._plan, self._plan.standing
        table = Table(standing, robot=plan.robot, plies=plan.plies, versions=self._versions)
        truth = self._truth if self._options.truth else None
        chronicle = Chronicle(self._robot, self._body, self._time.now_us, truth, self._earlier_turns())
        album = _Album(self._out / "turns", self._eyes)
        ports = Ports(self._eyes, self._player, self._body, _Mouth(self._time), plan.journal)
        self._screen.line(f"seed {plan.seed}: the robot plays {plan.robot}, the person the other side")
        witnesses = (chronicle, album, self._screen, _Saver(self, chronicle))
        outcome = drive(table.play(self._options.resume), standing.game, ports, witnesses)
        return self._finish(outcome, chronicle)

    def _earlier_turns(self) -> list[dict[str, object]]:
        """Turns the interrupted run had already reported."""
        path = self._out / "report.json"
        if not (self._options.resume and path.exists()):
            return []
        try:
            turns = json.loads(path.read_text())["turns"]
            return [turn for turn in turns if turn["ply"] < self._plan.standing.ply]
        except (ValueError, KeyError, TypeError):
            return []  # a report is made for people; the journal has the game

    def save(self, chronicle: Chronicle, result: str, reason: str) -> dict[str, object]:
        """Write the report as far as it goes."""
        report: dict[str, object] = {
            "seed": self._plan.seed,
            "robot": self._plan.robot,
            "plies": self._plan.standing.ply,
            "turns": chronicle.turns,
            "link": self._link_report(),
            "result": result,
            "reason": reason,
        }
        write_json(self._out / "report.json", report)
        return report

    def _link_report(self) -> dict[str, object]:
        hardware = self._time.ask("hardware")
        for summary in hardware.get("controllers", {}).values():
            summary["changes"] = len(summary.get("changes", ()))
        return {**hardware, "pace": self._time.ask("pace")}

    def _finish(self, outcome: Outcome, chronicle: Chronicle) -> bool:
        standing = self._plan.standing
        board = standing.game.position.board
        reading = self._eyes.reading
        agree = {"reading": reading is not None and fen_order_to_board(reading.labels) == board}
        if self._options.truth:
            agree["truth"] = true_board(self._truth()) == board
        unexpected = [event.as_dict() for event in self._body.safety_events]
        report = self.save(chronicle, outcome.result, outcome.reason)
        report["agree"] = agree
        report["unexpected_safety_events"] = unexpected
        write_json(self._out / "report.json", report)
        sides = {
            self._plan.robot: "Qiyou",
            ("black" if self._plan.robot == "red" else "red"): "A simulated person",
        }
        tags = {"Event": "A game in the twin", "Red": sides["red"], "Black": sides["black"]}
        (self._out / "game.pgn").write_text(write_pgn(standing.game, tags))
        contact_sheet(sorted((self._out / "turns").glob("ply-*.jpg")), self._out / "turns.png")
        good = all(agree.values()) and not unexpected
        self._screen.line(_summary(chronicle, agree, unexpected, self._out))
        return good


class _Saver:
    """A witness that keeps report.json up to date after every turn."""

    def __init__(self, demo: _Demo, chronicle: Chronicle) -> None:
        self._demo = demo
        self._chronicle = chronicle

    def note(self, request: Request, answer: object, wall_ms: float) -> None:
        del answer, wall_ms
        if isinstance(request, Write) and request.kind in {"person", "seen"}:
            self._demo.save(self._chronicle, "running", "")


def _summary(
    chronicle: Chronicle, agree: Mapping[str, bool], unexpected: list[dict[str, object]], out: Path
) -> str:
    placings = sorted(p for turn in chronicle.turns for p in cast(list[float], turn["placings_mm"]))
    parts = [f"{len(chronicle.turns)} plies"]
    if placings:
        parts.append(
            f"placing errors p95 {placings[round(0.95 * (len(placings) - 1))]:.2f} mm, "
            f"worst {placings[-1]:.2f} mm of {len(placings)}"
        )
    for name, holds in agree.items():
        parts.append(f"{name} and journal {'agree' if holds else 'DISAGREE'}")
    if unexpected:
        parts.append(f"{len(unexpected)} unexpected safety events")
    return "; ".join(parts) + f". Pictures, game and report are in {out}."
