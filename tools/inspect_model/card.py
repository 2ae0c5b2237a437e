"""The score card of an inspection: figures with their pass lines, bound to the models they were measured
on.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tools.errors import BadInputError

__all__ = ["Line", "load_card", "save_card"]

_FORMAT = 1


@dataclass(frozen=True)
class Line:
    """One figure. `bound` is what it must reach (`at_least`) or not pass (`at_most`); None: for
    information.
    """

    section: str
    name: str
    value: float
    count: int
    bound: float | None = None
    kind: Literal["at_least", "at_most"] = "at_most"

    @property
    def holds(self) -> bool:
        """Whether the figure is on the right side of its bound."""
        if self.bound is None:
            return True
        return self.value <= self.bound if self.kind == "at_most" else self.value >= self.bound


def save_card(path: Path, models: Mapping[str, str], lines: Sequence[Line]) -> None:
    """Write the card; `models` are names with SHA-256."""
    entry = {"format": _FORMAT, "models": dict(models), "lines": [asdict(line) for line in lines]}
    path.write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")


def load_card(path: Path) -> tuple[dict[str, str], list[Line]]:
    """Read a card. Raises `BadInputError` naming the file where it is something else."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
        if entry["format"] != _FORMAT:
            raise BadInputError(f"{path} has card format {entry['format']}, not {_FORMAT}; inspect again")
        models = {str(name): str(value) for name, value in entry["models"].items()}
        return models, [Line(**line) for line in entry["lines"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInputError(f"{path} is not a score card ({error}); qiyou inspect-model makes one") from error
