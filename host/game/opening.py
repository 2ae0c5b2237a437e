"""Opening a game: a new journal in its folder, or the one that is to be gone on with."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from engine import START_FEN, Game
from engine.conduct import Place
from firmware.wire import messages
from host.arm.robot import Robot
from host.arm.robot import load as load_robot
from host.game.errors import JournalError, JournalWriteError
from host.game.journal import Entry, Journal
from host.game.player import DEFAULT_LEVEL, MAX_LEVEL, Player, engine_version
from host.game.state import Standing, replay

__all__ = ["Colour", "Opening", "Wishes", "go_on", "start_new", "versions"]

Colour = Literal["red", "black"]
_FORMAT = 1
_JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Wishes:
    """What the caller asks for; None is what the journal says, or for a new game what each field names."""

    seed: int | None = None
    """None: 1."""
    plies: int | None = None
    """None: to the end; otherwise the ply at which the game is broken off, also of a game gone on with."""
    plays: Colour | None = None
    """The robot's colour. None: black."""
    level: int | None = None
    """None: `DEFAULT_LEVEL`."""
    robot_file: Path | None = None
    """None: the reference robot."""
    place: Place | None = None
    """Whose custom about illegal moves holds. None: home."""


@dataclass(frozen=True)
class Opening:
    """A game about to be played: `plies` None means to its end; `resumed` after a power cut.

    `plays` is the colour of `robot`, which was read from `robot_file` (None: the reference robot).
    """

    journal: Journal
    standing: Standing
    seed: int
    plies: int | None
    plays: Colour
    level: int
    robot: Robot
    robot_file: Path | None
    resumed: bool
    place: Place = "home"


def start_new(out: Path, wishes: Wishes) -> Opening:
    """Begin a game in the folder `out`. An older journal there is kept under another name.

    Raises `RobotFileError` before anything is touched, `JournalError` when a game is still running in that
    folder or the disk refuses.
    """
    file = wishes.robot_file.resolve() if wishes.robot_file else None
    robot = load_robot(file)
    seed = 1 if wishes.seed is None else wishes.seed
    plays = wishes.plays or "black"
    level = DEFAULT_LEVEL if wishes.level is None else wishes.level
    place = wishes.place or "home"
    out.mkdir(parents=True, exist_ok=True)
    _put_aside(out)
    journal = Journal.create(out / _JOURNAL)
    try:
        journal.append(
            "start",
            {
                "format": _FORMAT,
                "fen": START_FEN,
                "seed": seed,
                "robot": plays,
                "plies": wishes.plies,
                "level": level,
                "place": place,
                "robot_file": str(file) if file else None,
                "limits": _limits(robot),
                "rules": "wxf",
                "versions": {"engine": engine_version()},
            },
        )
    except JournalWriteError as error:
        journal.close()
        journal.path.unlink(missing_ok=True)  # without its first line it is no game to go on with
        raise JournalWriteError(
            f"{journal.path} cannot be written ({cast(OSError, error.__cause__).strerror}); nothing was "
            "started and nothing is lost: make room on the disk and give the same command again"
        ) from error
    return Opening(journal, Standing(Game()), seed, wishes.plies, plays, level, robot, file, False, place)


def go_on(out: Path, wishes: Wishes) -> Opening:
    """Open the journal in `out` to finish its game; what is wished must fit, only `plies` overrides.

    Raises `JournalError` when there is none, when it does not make a game or is not what is wished, and
    `RobotFileError` when the robot's file cannot be used (any more).
    """
    path = out / _JOURNAL
    if not path.exists():
        raise JournalError(f"there is no game to go on with in {out}; start one without --resume")
    journal = Journal.reopen(path)
    try:
        return _of_journal(journal, wishes)
    except Exception:
        journal.close()
        raise


def _of_journal(journal: Journal, wishes: Wishes) -> Opening:
    path = journal.path
    standing = replay(journal.entries, path)
    first = journal.entries[0]
    seed, limit, plays = first["seed"], first["plies"], first["robot"]
    level, named = first.get("level", DEFAULT_LEVEL), first.get("robot_file")
    place = first.get("place", "home")
    if not (
        isinstance(seed, int)
        and isinstance(limit, int | None)
        and plays in {"red", "black"}
        and isinstance(level, int)
        and 1 <= level <= MAX_LEVEL
        and isinstance(named, str | None)
        and place in {"home", "club"}
    ):
        raise JournalError(f"{path}, line 1: seed, plies, robot, level or place is not what a game writes")
    for option, wish, is_so in (
        ("seed", wishes.seed, seed),
        ("plays", wishes.plays, plays),
        ("level", wishes.level, level),
        ("place", wishes.place, place),
    ):
        if wish not in {None, is_so}:
            raise JournalError(
                f"the game in {path.parent} has {option} {is_so}, not {wish}; leave --{option} out"
            )
    file = wishes.robot_file.resolve() if wishes.robot_file else Path(named) if named else None
    robot = load_robot(file)
    _check_same_robot(path, first, robot, file)
    colour: Colour = "red" if plays == "red" else "black"
    plies = limit if wishes.plies is None else wishes.plies
    return Opening(journal, standing, seed, plies, colour, level, robot, file, True, place)


def _check_same_robot(path: Path, first: Entry, robot: Robot, file: Path | None) -> None:
    """The board stands where the robot of the first line left it; another arm must not reach into it."""
    limits = first.get("limits", _limits(robot))
    if limits != _limits(robot):
        was = first.get("robot_file") or "the reference robot"
        raise JournalError(
            f"the game in {path.parent} was begun with another robot ({was}, limits {limits}) than "
            f"{file or 'the reference robot'} (limits {_limits(robot)}); give --robot the file as it was then"
        )


def _limits(robot: Robot) -> str:
    return f"{robot.limits.hash():08x}"


def versions(robot: Robot, player: Player) -> dict[str, object]:
    """What the record of every move names besides picture and model."""
    return {
        "engine": engine_version(),
        "level": player.level_rule,
        "limits": _limits(robot),
        "firmware": f"wire {messages.VERSION}, table {messages.TABLE_HASH:08x}",
    }


def _put_aside(out: Path) -> None:
    """Keep an old journal under another name, and clear away what was made from it."""
    journal = out / _JOURNAL
    if journal.exists():
        Journal.check_free(journal)
        number = 1
        while (kept := out / f"journal-{number}.jsonl").exists():
            number += 1
        journal.rename(kept)
    for name in ("twin", "turns"):
        shutil.rmtree(out / name, ignore_errors=True)
    for name in ("report.json", "turns.png", "game.pgn", "pids.json"):
        (out / name).unlink(missing_ok=True)
