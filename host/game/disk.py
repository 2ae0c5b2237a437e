"""The disk under a game: asked for room before the game starts, and spoken of plainly when it is full.

The journal alone must be written for a game to go on (`host.game.journal`). Pictures and reports are made for
people: one that the disk refuses costs a line on the screen (`Keepsakes`), never the game.
"""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from host.game.errors import DiskFullError, TwinError
from host.link.errors import LinkError
from host.twin.lockstep import TwinGoneError

__all__ = ["ROOM_BYTES", "Keepsakes", "check_room", "has_room", "naming_what_ended_it", "write_whole"]

ROOM_BYTES = 2 * 1024 * 1024
"""What must be free before a game starts: the twin's files take 1/2 MiB, a turn's picture 60 KiB."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def has_room(folder: Path, size: int = ROOM_BYTES) -> bool:
    """Whether a file of `size` bytes fits where `folder` is (or will be made); nothing stays behind.

    Raises `OSError` when the place refuses for another reason than room.
    """
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        if error.errno in _NO_ROOM:
            return False
        raise
    return True


def check_room(out: Path) -> None:
    """Raise `DiskFullError`, before anything is touched, when a game in `out` would soon fill its disk."""
    if not has_room(out):
        raise DiskFullError(
            f"the disk that holds {out} is full (a game needs {ROOM_BYTES >> 20} MiB free there); nothing "
            "was started and nothing is lost: make room and give the same command again"
        )


@contextmanager
def naming_what_ended_it(out: Path, journal: Path, again: str) -> Iterator[None]:
    """Turn what ends a running game from outside into one sentence; `again` is the command to go on with.

    A full disk raises `DiskFullError`, also when it shows as a twin or link that could not write its own
    files; any other end of twin or link raises `TwinError`.
    """
    full = (
        f"the disk that holds {out} is full, so the robot stopped; the game is safe in {journal}: make room "
        f"and go on with `{again}`"
    )
    try:
        yield
    except (TwinGoneError, LinkError) as error:
        if _is_full(out):
            raise DiskFullError(full) from error
        raise TwinError(
            f"{str(error).rstrip('.')}; the game is safe in {journal}: go on with `{again}`"
        ) from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFullError(full) from error
        raise


def _is_full(folder: Path) -> bool:
    try:
        return not has_room(folder, ROOM_BYTES // 8)
    except OSError:
        return False


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is whole at any time; when the disk refuses, the older file stays."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.write_bytes(data)
        os.replace(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


class Keepsakes:
    """Tries to write what people like to have; `lost` are the names of what the disk refused."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.lost: list[str] = []

    @contextmanager
    def keep(self, path: Path) -> Iterator[None]:
        """Write `path` within; a refusal of the disk is said once and goes no further."""
        try:
            yield
        except OSError as error:
            if not self.lost:
                self._say(f"{path} could not be written ({error.strerror}); the game goes on without it")
            self.lost.append(path.name)
        else:
            if path.name in self.lost:
                self.lost.remove(path.name)
