"""Writes a controller's flash directory: the files a real board gets, and its two settings files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from firmware import manifest


def write_flash(flash: Path, role: str, settings: dict[str, Any]) -> None:
    """Fill `flash` for `role` ("arm" or "hand"); `settings["limits"]` becomes its limits.json."""
    for source, target in manifest.files():
        path = flash / target
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
    (flash / "limits.json").write_text(json.dumps(settings["limits"]))
    (flash / "role.json").write_text(json.dumps({"role": role}))
