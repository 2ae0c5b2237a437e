"""Opening a game: a new journal in its folder, or the one that is to be gone on with."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from engine import START_FEN, Game
from firmware.wire import messages
from host.arm.robot import Robot
from host.game.errors import JournalError, JournalWriteError
from host.game.journal import Journal
from host.game.player import Player, engine_version
from host.game.state import Standing, replay

__all__ = ["Colour", "Opening", "go_on", "start_new", "versions"]

Colour = Literal["red", "black"]
_FORMAT = 1
_JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Opening:
    """A game about to be played: `plies` None means to its end; `resumed` after a power cut."""

    journal: Journal
    standing: Standing
    seed: int
    plies: int | None
    robot: Colour
    resumed: bool


def start_new(out: Path, *, seed: int, plies: int | None, robot: Colour) -> Opening:
    """Begin a game in the folder `out`. An older journal there is kept under another name.

    Raises `JournalError` when a game is still running in that folder or the disk refuses.
    """
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
                "robot": robot,
                "plies": plies,
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
    return Opening(journal, Standing(Game()), seed, plies, robot, resumed=False)


def go_on(out: Path, *, seed: int | None, plies: int | None) -> Opening:
    """Open the journal in `out` to finish its game; `seed` must fit if given, `plies` overrides.

    Raises `JournalError` when there is none, or when it does not make a game.
    """
    path = out / _JOURNAL
    if not path.exists():
        raise JournalError(f"there is no game to go on with in {out}; start one without --resume")
    journal = Journal.reopen(path)
    try:
        return _of_journal(journal, seed, plies)
    except JournalError:
        journal.close()
        raise


def _of_journal(journal: Journal, seed: int | None, plies: int | None) -> Opening:
    path = journal.path
    standing = replay(journal.entries, path)
    first = journal.entries[0]
    recorded, limit, robot = first["seed"], first["plies"], first["robot"]
    if not (isinstance(recorded, int) and isinstance(limit, int | None) and robot in {"red", "black"}):
        raise JournalError(f"{path}, line 1: seed, plies or robot is not what a game writes there")
    if seed not in {None, recorded}:
        raise JournalError(f"the game in {path.parent} has seed {recorded}, not {seed}; leave --seed out")
    colour: Colour = "red" if robot == "red" else "black"
    return Opening(journal, standing, recorded, limit if plies is None else plies, colour, resumed=True)


def versions(robot: Robot, player: Player) -> dict[str, object]:
    """What the record of every move names besides picture and model."""
    return {
        "engine": engine_version(),
        "level": player.level_rule,
        "limits": f"{robot.limits.hash():08x}",
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
