"""One line of the doctor's page."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["BAD", "GOOD", "NOTE", "Finding"]

GOOD = "good"
NOTE = "note"
BAD = "bad"


class Finding(NamedTuple):
    """What was looked at, how it is (GOOD, NOTE: worth knowing, BAD: keeps the robot from playing well)."""

    name: str
    verdict: str
    what: str
    do_now: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return self._asdict()
