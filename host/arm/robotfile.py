"""Reading a robot file: every key known, every number with its unit and inside its bounds.

The schema is the dataclasses of `host.arm.robot`: a field made by `quantity`, `whole` or `text` carries what
its value must look like, a field that is itself a dataclass is a table.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from host.arm.errors import RobotFileError
from host.arm.units import parse_quantity

__all__ = ["Source", "choice", "fill", "parse", "quantity", "read_source", "text", "whole"]

MAX_BYTES = 64 * 1024
_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_.\s-]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """A robot file's name and where each key stands in it."""

    name: str
    lines: dict[str, int]

    def error(self, key: str, words: str) -> RobotFileError:
        """Return the error for `key` ("table.key") with the nearest line that is known."""
        where = key
        while where and where not in self.lines:
            where = where.rpartition(".")[0]
        line = self.lines.get(where, 1)
        return RobotFileError(f"{self.name}:{line}: {key}: {words}.")


@dataclass(frozen=True)
class _Rule:
    kind: str
    low: float = 0.0
    high: float = 0.0
    low_text: str = ""
    high_text: str = ""


def quantity(kind: str, low: str, high: str, default: float | None = None) -> Any:
    """Declare a dataclass field read from a quantity with unit; stored in SI units.

    A key with a `default` (SI) may be left out.
    """
    rule = _Rule(kind, parse_quantity(low, kind), parse_quantity(high, kind), low, high)
    if default is None:
        return field(metadata={"rule": rule})
    return field(default=default, metadata={"rule": rule})


def whole(low: int, high: int) -> Any:
    """Declare a dataclass field read from a plain whole number (counts have no unit)."""
    return field(metadata={"rule": _Rule("whole", low, high, str(low), str(high))})


def choice(*words: str) -> Any:
    """Declare a dataclass field read from one of a few words."""
    return field(metadata={"rule": _Rule("choice", low_text=", ".join(words))})


def text(max_length: int) -> Any:
    """Declare a dataclass field read from a printable text."""
    return field(metadata={"rule": _Rule("text", 1, max_length)})


def read_source(content: str, name: str) -> tuple[dict[str, Any], Source]:
    """Parse TOML `content`; return its tables and the line of every key. Raises RobotFileError."""
    if len(content.encode("utf-8", "replace")) > MAX_BYTES:
        raise RobotFileError(f"{name}:1: the file is larger than {MAX_BYTES} bytes, the most allowed.")
    try:
        tables = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = found[1] if found else "1"
        raise RobotFileError(f"{name}:{line}: this is not TOML ({_one_line(str(error))}).") from None
    return tables, Source(name, _key_lines(content))


def _key_lines(content: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(content.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = header[1].replace(" ", "")
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    return lines


def _one_line(words: str) -> str:
    return " ".join(words.split())[:160]


def fill(cls: type[T], tables: dict[str, Any], source: Source, path: str = "") -> T:
    """Build dataclass `cls` from a TOML table. Raises RobotFileError naming the first wrong key."""
    fields = {f.name: f for f in dataclasses.fields(cls) if f.init}  # type: ignore[arg-type]
    for key in tables:
        if key not in fields:
            known = ", ".join(sorted(fields))
            raise source.error(_join(path, key), f"this key is not known; known here are {known}")
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for name, spec in fields.items():
        key = _join(path, name)
        if name not in tables:
            if spec.default is not dataclasses.MISSING:
                continue
            raise source.error(key, f"this {'key' if spec.metadata else 'table'} is missing")
        value = tables[name]
        if spec.metadata:
            values[name] = _check(value, spec.metadata["rule"], key, source)
        elif isinstance(value, dict):
            values[name] = fill(hints[name], value, source, key)
        else:
            raise source.error(key, f"a table is needed here, written as [{key}]")
    return cls(**values)


def _join(path: str, key: str) -> str:
    return f"{path}.{_one_line(key)}" if path else _one_line(key)


def _check(value: object, rule: _Rule, key: str, source: Source) -> float | int | str:
    if rule.kind == "text":
        if not isinstance(value, str) or not rule.low <= len(value) <= rule.high or not value.isprintable():
            raise source.error(key, f"a text of 1 to {rule.high:.0f} printable characters is needed")
        return value
    if rule.kind == "choice":
        if value not in rule.low_text.split(", "):
            raise source.error(key, f"one of {rule.low_text} is needed, in quotes")
        return str(value)
    number: float | int
    if rule.kind == "whole":
        if not isinstance(value, int) or isinstance(value, bool):
            raise source.error(key, f"a whole number from {rule.low_text} to {rule.high_text} is needed")
        number = value
    else:
        if not isinstance(value, str):
            words = f'a {rule.kind} with its unit in quotes is needed, such as "{rule.low_text}"'
            raise source.error(key, words)
        try:
            number = parse_quantity(value, rule.kind)
        except ValueError as error:
            raise source.error(key, str(error)) from None
    if not rule.low <= number <= rule.high:
        raise source.error(key, f"the value is outside {rule.low_text} to {rule.high_text}")
    return number


def parse(path: Path) -> tuple[dict[str, Any], Source]:
    """Read and parse the robot file at `path`. Raises RobotFileError, also when it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        content = raw.decode("utf-8")
    except OSError as error:
        raise RobotFileError(f"{path}: the robot file cannot be read ({error.strerror or error}).") from None
    except UnicodeDecodeError:
        raise RobotFileError(f"{path}:1: the robot file is not UTF-8 text.") from None
    return read_source(content, str(path))
