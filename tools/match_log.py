"""The record of a match: JSON lines, first who plays whom, then one line a pair of games."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from tools.errors import BadInputError

__all__ = ["MatchLog"]


@dataclass
class MatchLog:
    """Pairs played so far, in memory and, with a path, on disk.

    An existing file must begin with the same `header`; its pairs count as played. A last line that
    was cut off while it was written is dropped. Use as a context manager.
    """

    header: Mapping[str, object]
    path: Path | None
    rows: list[dict[str, object]] = field(default_factory=list)
    _file: TextIO | None = None

    def __enter__(self) -> "MatchLog":
        if self.path is None:
            return self
        whole = self._read() if self.path.exists() else 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("a", encoding="utf-8")
        self._file.truncate(whole)
        if not whole:
            self._write(self.header)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _read(self) -> int:
        """Reads the pairs; returns how many bytes of the file are whole lines."""
        assert self.path is not None
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole == 0:
            return 0
        try:
            lines = [json.loads(line) for line in content[:whole].decode("utf-8").splitlines()]
        except ValueError:
            raise BadInputError(f"{self.path}: no match log; a new name for --out would be right") from None
        if lines[0] != dict(self.header):
            raise BadInputError(
                f"{self.path}: another match than the one asked for; a new name for --out would be right"
            )
        for number, line in enumerate(lines[1:], start=2):
            if not isinstance(line, dict) or not isinstance(line.get("score"), float):
                raise BadInputError(f"{self.path}: line {number} is no pair of games; a new name is right")
            self.rows.append(line)
        return whole

    def _write(self, row: Mapping[str, object]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(row) + "\n")
            self._file.flush()

    def add(self, row: dict[str, object]) -> None:
        """One more pair."""
        self.rows.append(row)
        self._write(row)

    @property
    def scores(self) -> list[float]:
        """Score of the first contestant in each pair, 0 to 1."""
        return [float(str(row["score"])) for row in self.rows]
