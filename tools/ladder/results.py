"""Results on disk: one JSON object a line, appended as they come, read back to go on where it stopped."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import Field, asdict, fields
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from tools.errors import BadInputError

__all__ = ["append", "read", "write"]

_MOST_BYTES = 1 << 28
_TAIL = 1 << 16


class _Record(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Record = TypeVar("Record", bound=_Record)


def read(path: Path, kind: type[Record]) -> Iterator[Record]:
    """The records of a file; a last line torn by a power cut is left out. Raises BadInputError."""
    if not path.exists():
        return
    if path.stat().st_size > _MOST_BYTES:
        raise BadInputError(f"{path} is larger than {_MOST_BYTES >> 20} MiB; a file of results is not")
    names = {field.name for field in fields(kind)}
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict) or entry.keys() != names:
            raise BadInputError(f"{path}, line {number}: this is not a result of the ladder")
        try:
            yield kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()})
        except (TypeError, ValueError) as error:
            raise BadInputError(f"{path}, line {number}: {error}") from None


def append(path: Path, records: Iterable[_Record]) -> None:
    """Add records; a torn last line is cut off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        end = file.seek(0, 2)
        file.seek(max(0, end - _TAIL))
        tail = file.read()
        file.truncate(end - (len(tail) - tail.rfind(b"\n") - 1))
        for record in records:
            file.write(json.dumps(asdict(record)).encode() + b"\n")


def write(path: Path, records: Iterable[_Record]) -> None:
    """Write a whole file anew; whoever reads it meanwhile finds the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(asdict(record)) + "\n" for record in records]
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text("".join(lines), encoding="utf-8")
    unfinished.replace(path)
