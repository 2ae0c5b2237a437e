"""Writes a controller's flash directory: the files a real board gets, and its two settings files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def write_flash(flash: Path, role: str, settings: dict[str, Any]) -> None:
    """Fill `flash` for `role` ("arm" or "hand"); `settings["limits"]` becomes its limits.json."""
    flash.mkdir(parents=True)
    for room in ("firmware", "safety"):
        shutil.copytree(ROOT / room, flash / room, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    (flash / "limits.json").write_text(json.dumps(settings["limits"]))
    (flash / "role.json").write_text(json.dumps({"role": role}))
