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

from engine.conduct import Place
from host.arm.robot import Robot
from host.calibrate.errors import CalibrationFileError
from host.calibrate.twin import twin_device
from host.calibrate.use import Calibrated, calibrated
from host.game.album import Album, Saver, write_game
from host.game.body import ArmBody
from host.game.chronicle import Chronicle, Truth, true_board, write_json
from host.game.disk import Keepsakes, check_room, naming_what_ended_it
from host.game.driver import Ports, drive
from host.game.errors import DiskFullError, JournalError, PlayError
from host.game.eyes import CameraEyes
from host.game.lookout import Lookout
from host.game.opening import Colour, Opening, Wishes, go_on, start_new, versions
from host.game.player import Player
from host.game.requests import Message, Wish
from host.game.screen import Screen
from host.game.table import Outcome, Table
from host.link.client import LinkClient
from host.twin.client import TwinProcess, TwinTime
from vision.observer import Observer
from vision.reading import Frame, fen_order_to_board

__all__ = ["DEFAULT_PLIES", "DemoOptions", "run_demo"]

DEFAULT_PLIES = 16
_CONNECT_US = 20_000_000


@dataclass(frozen=True)
class DemoOptions:
    """None is, with `resume`, what the journal says; for a new game it is: `plies` 16, `seed` 1, `robot` the
    reference robot, `plays` (the robot's colour) black for an even seed, `level` the usual one.
    """

    out: Path
    plies: int | None = None
    seed: int | None = None
    resume: bool = False
    truth: bool = True
    robot: Path | None = None
    plays: Colour | None = None
    level: int | None = None
    place: Place | None = None
    calibration: Path | None = None
    """What `qiyou calibrate --twin` found of this seed's robot (default: nothing is known)."""


def run_demo(options: DemoOptions) -> bool:
    """Play; True when reading, journal and truth agree and nothing unexpected happened.

    Raises `JournalError` when there is nothing to resume or the disk refuses, `DiskFullError` when there is
    no room (left) on the disk, `GameError` when the twin, the link or a controller ended before the game
    did; the journal then lets it be resumed.
    """
    check_room(options.out)
    with ExitStack() as stack:
        opening = _open(options)
        journal = stack.enter_context(opening.journal)
        if opening.standing.ended is not None:
            return _already_over(opening, options.out)
        again = f"qiyou demo --resume --out {options.out}"
        with naming_what_ended_it(options.out, journal.path, again):
            return _Demo(options, opening, stack).play()


def _already_over(opening: Opening, out: Path) -> bool:
    """Say so, and make up for the files that a full disk may have cost."""
    ended = cast(Mapping[str, object], opening.standing.ended)
    keepsakes = Keepsakes(lambda text: print(text, flush=True))
    if not (out / "game.pgn").exists():
        write_game(out, opening.standing.game, opening.plays, keepsakes)
    print(f"{opening.journal.path}: this game is over ({ended['result']}); nothing to do", flush=True)
    return not keepsakes.lost


def _open(options: DemoOptions) -> Opening:
    if options.resume:
        wishes = Wishes(
            options.seed, options.plies, options.plays, options.level, options.robot, options.place
        )
        return go_on(options.out, wishes)
    seed = 1 if options.seed is None else options.seed
    plies = DEFAULT_PLIES if options.plies is None else options.plies
    colour = options.plays or _colour(seed)
    wishes = Wishes(seed, plies, colour, options.level, options.robot, options.place)
    return start_new(options.out, wishes)


def _colour(seed: int) -> Colour:
    return "black" if seed % 2 == 0 else "red"


class _Mouth:
    """Says things to the simulated person."""

    def __init__(self, time: TwinTime) -> None:
        self._time = time

    def say(self, message: Message) -> None:
        self._time.ask("say", message=message.as_dict())


class _Ear:
    """Hears the simulated person."""

    def __init__(self, time: TwinTime) -> None:
        self._time = time

    def hear(self) -> Wish | None:
        wish: Wish | None = self._time.ask("heard")["wish"]
        return wish


class _Demo:
    """One run of one game: processes, ports and files."""

    def __init__(self, options: DemoOptions, plan: Opening, stack: ExitStack) -> None:
        self._options = options
        self._plan = plan
        self._out = options.out
        found = _calibrated(plan.robot, options.calibration, plan.seed)
        self._robot = found.robot
        self._twin = self._start_twin()
        stack.callback(self._twin.close)
        self._time = TwinTime(self._twin.game, "game")
        stack.callback(self._time.close)
        limits_hash = self._robot.limits.hash()
        self._client = LinkClient(self._time, self._twin.ports, limits_hash, self._twin.link, plan.seed)
        self._client.start()
        stack.callback(self._client.join)
        stack.callback(self._client.close)
        self._screen = Screen(sys.stdout, self._time.now_us, plan.standing.game)
        lookout = Lookout(self._glance, self._robot, plan.plays)
        line = self._screen.line
        self._body = ArmBody(
            self._robot, self._client, self._time, plan.plays, line, lookout, found.aim, found.curves
        )
        self._player = Player(plan.seed, plan.level)
        body = self._body
        observer = Observer()
        self._eyes = CameraEyes(
            self._picture, observer, self._robot, body.looked, body.measured, observer.confirm
        )
        self._keepsakes = Keepsakes(self._screen.line)
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
                    "robot": str(plan.robot_file) if plan.robot_file else None,
                    "robot_plays": plan.plays,
                },
                "person": {
                    "factory": "host.twin.person:make_person",
                    "seed": plan.seed,
                    "robot_plays": plan.plays,
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

    def _glance(self) -> Frame:
        t_us, image = self._time.glance()
        return Frame(image, t_us, "watch stream")

    def _truth(self) -> Truth:
        return self._time.ask("truth")

    def play(self) -> bool:
        """Play the game to its end and write everything down."""
        pids = {"game": os.getpid(), "link": self._client.process_id, **self._twin.pids}
        write_json(self._out / "pids.json", pids)
        self._body.connect(_CONNECT_US)
        plan, standing = self._plan, self._plan.standing
        table = Table(
            standing,
            robot=plan.plays,
            plies=plan.plies,
            versions=self._versions,
            level=plan.level,
            place=plan.place,
        )
        truth = self._truth if self._options.truth else None
        chronicle = Chronicle(self._robot, self._body, self._time.now_us, truth, self._earlier_turns())
        album = Album(self._out / "turns", self._eyes, self._keepsakes)
        saver = Saver(lambda: self._save(self._report(chronicle, "running", "")))
        mouth, ear = _Mouth(self._time), _Ear(self._time)
        ports = Ports(self._eyes, self._player, self._body, mouth, plan.journal, ear)
        self._screen.line(f"seed {plan.seed}: the robot plays {plan.plays}, the person the other side")
        witnesses = (chronicle, album, self._screen, saver)
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

    def _save(self, report: Mapping[str, object]) -> None:
        with self._keepsakes.keep(self._out / "report.json"):
            write_json(self._out / "report.json", report)

    def _report(self, chronicle: Chronicle, result: str, reason: str) -> dict[str, object]:
        """The report as far as it goes."""
        return {
            "seed": self._plan.seed,
            "robot": self._plan.plays,
            "plies": self._plan.standing.ply,
            "turns": chronicle.turns,
            "link": self._link_report(),
            "result": result,
            "reason": reason,
        }

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
        report = self._report(chronicle, outcome.result, outcome.reason)
        report["agree"] = agree
        report["unexpected_safety_events"] = unexpected
        self._save(report)
        write_game(self._out, standing.game, self._plan.plays, self._keepsakes)
        good = all(agree.values()) and not unexpected
        self._screen.line(_summary(chronicle, agree, unexpected, self._out))
        if self._keepsakes.lost:
            raise DiskFullError(
                f"the game is over and safe in {self._plan.journal.path}, but the disk had no room for "
                f"{', '.join(self._keepsakes.lost)}: make room, and `qiyou demo --resume --out {self._out}` "
                "writes game.pgn and turns.png"
            )
        return good


def _calibrated(robot: Robot, path: Path | None, seed: int) -> Calibrated:
    """Raises `PlayError` for a file that is no calibration of this seed's robot."""
    try:
        return calibrated(robot, path, twin_device(seed))
    except CalibrationFileError as error:
        raise PlayError(f"{error}.") from error


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
