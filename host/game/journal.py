"""The journal: what was decided and done, on disk before the next thing begins.

A journal is a text file, one JSON object a line. Every line carries `n` (its number, from 0), `kind`
and, as its last key, `crc`: CRC-32 of the line's text before that key, chained to the line before, so
that a changed, lost or doubled line is found. A line counts once its newline is on disk. A last line
that was torn by a power cut never happened and is cut off; any other damage is refused with its line.
"""

import fcntl
import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from host.game.errors import JournalError, JournalWriteError

__all__ = ["KINDS", "Entry", "Journal", "read_journal"]

Entry = Mapping[str, object]

KINDS: Mapping[str, frozenset[str]] = {
    "start": frozenset({"format", "fen", "seed", "robot", "plies", "rules", "versions"}),
    "person": frozenset({"ply", "move", "see"}),
    "intent": frozenset({"ply", "move", "see", "think"}),
    "lifted": frozenset({"ply", "piece", "source", "target"}),
    "placed": frozenset({"ply", "piece", "target"}),
    "seen": frozenset({"ply", "move", "see"}),
    "draw": frozenset({"ply", "by", "accepted"}),
    "resign": frozenset({"ply", "by"}),
    "illegal": frozenset({"ply", "squares", "loses"}),
    "fault": frozenset({"ply", "reason", "held"}),
    "resumed": frozenset({"ply"}),
    "end": frozenset({"result", "reason"}),
}
"""Every kind of line and the keys it must have (it may have more)."""

_MAX_BYTES = 64 * 1024 * 1024
_MAX_LINE = 256 * 1024


def _encode(entry: Entry, previous_crc: int) -> tuple[bytes, int]:
    body = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    crc = zlib.crc32(body.encode(), previous_crc)
    return f'{body[:-1]},"crc":"{crc:08x}"}}\n'.encode(), crc


def _decode(line: bytes, number: int, previous_crc: int, path: Path) -> tuple[dict[str, object], int]:
    where = f"{path}, line {number + 1}"
    cut = line.rfind(b',"crc":"')
    if cut < 0 or len(line) > _MAX_LINE:
        raise JournalError(f"{where}: this is not a line of a journal; a journal is never edited by hand")
    crc = zlib.crc32(line[:cut] + b"}", previous_crc)
    if line[cut:] != f',"crc":"{crc:08x}"}}'.encode():
        raise JournalError(f"{where}: the check sum does not fit: this line or the one before was changed")
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise JournalError(f"{where}: this is not a line of a journal ({error})") from error
    if not isinstance(entry, dict) or entry.get("n") != number:
        raise JournalError(f"{where}: this should be line number {number} of its journal")
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise JournalError(f"{where}: the kind {kind!r} is none of {', '.join(KINDS)}")
    missing = KINDS[kind] - entry.keys()
    if missing:
        raise JournalError(f"{where}: a line of kind {kind} needs {', '.join(sorted(missing))}")
    if (kind == "start") != (number == 0):
        raise JournalError(f"{where}: a journal has one line of kind start, the first")
    del entry["crc"]
    return entry, crc


def _read(path: Path) -> tuple[list[dict[str, object]], int, int]:
    """All whole lines of a journal, the last check sum, and the length in bytes of the whole lines."""
    with path.open("rb") as file:
        raw = file.read(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        raise JournalError(f"{path}: a journal of more than {_MAX_BYTES >> 20} MiB is not one of ours")
    whole = raw[: raw.rfind(b"\n") + 1]
    entries: list[dict[str, object]] = []
    crc = 0
    for number, line in enumerate(whole.split(b"\n")[:-1]):
        entry, crc = _decode(line, number, crc, path)
        entries.append(entry)
    return entries, crc, len(whole)


def read_journal(path: Path) -> list[dict[str, object]]:
    """The entries of the journal at `path`, without their check sums; a torn last line is left out.

    Raises `JournalError` for any other damage, `OSError` when the file cannot be read.
    """
    return _read(path)[0]


class Journal:
    """A journal open for writing. `entries` are the lines on disk, oldest first."""

    def __init__(
        self, path: Path, descriptor: int, entries: list[dict[str, object]], crc: int, length: int
    ) -> None:
        self.path = path
        self.entries = entries
        self._descriptor = descriptor
        self._crc = crc
        self._length = length

    @classmethod
    def create(cls, path: Path) -> "Journal":
        """Start an empty journal at `path`; raises `FileExistsError` when there is one already."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        _lock(path, descriptor)
        _sync_folder(path.parent)
        return cls(path, descriptor, [], 0, 0)

    @classmethod
    def reopen(cls, path: Path) -> "Journal":
        """Open the journal at `path` to go on with it, after cutting off a torn last line."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        _lock(path, descriptor)
        try:
            entries, crc, length = _read(path)
        except JournalError:
            os.close(descriptor)
            raise
        os.ftruncate(descriptor, length)
        os.lseek(descriptor, length, os.SEEK_SET)
        return cls(path, descriptor, entries, crc, length)

    @staticmethod
    def check_free(path: Path) -> None:
        """Raise `JournalError` when a running game writes the journal at `path`."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        _lock(path, descriptor)
        os.close(descriptor)

    def append(self, kind: str, fields: Entry) -> None:
        """Write one line and return when it is on disk.

        Raises `JournalWriteError` when the disk refuses; the journal then ends with the line before.
        """
        missing = KINDS[kind] - fields.keys()
        if missing:
            raise ValueError(f"a line of kind {kind} needs {sorted(missing)}")
        entry = {"n": len(self.entries), "kind": kind, **fields}
        line, crc = _encode(entry, self._crc)
        if len(line) > _MAX_LINE:
            raise ValueError(f"a line of kind {kind} has {len(line)} bytes, more than {_MAX_LINE}")
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError as error:
            self._cut_back()
            raise JournalWriteError(
                f"{self.path} cannot be written ({error.strerror}): the robot stopped before its next "
                "movement and nothing is lost; make room on the disk and go on with --resume"
            ) from error
        self.entries.append(json.loads(json.dumps(entry)))
        self._crc, self._length = crc, self._length + len(line)

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._descriptor, self._length)
            os.lseek(self._descriptor, self._length, os.SEEK_SET)
        except OSError:
            # The torn line stays; reading cuts it off, because it has no newline or was never whole.
            return

    def close(self) -> None:
        """Close the file; the journal stays as it is."""
        os.close(self._descriptor)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lock(path: Path, descriptor: int) -> None:
    """Two games writing one journal would each act on half the truth."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise JournalError(f"{path} belongs to a game that is still running; let it finish first") from error


def _sync_folder(folder: Path) -> None:
    """Make a new file's name durable, not only its content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
