"""Writes a controller's flash directory: boot layer, role, and a whole firmware in slot a."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from firmware import manifest
from host.link import bundle


def write_flash(flash: Path, role: str, settings: dict[str, Any]) -> None:
    """Fill `flash` for `role` ("arm" or "hand"); `settings["limits"]` becomes its limits.json."""
    flash.mkdir(parents=True, exist_ok=True)
    for source, target in manifest.boot_files():
        shutil.copyfile(source, flash / target)
    for name, data in bundle.build(bundle.VIRTUAL, settings["limits"]).in_order():
        path = flash / "a" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (flash / "role.json").write_text(json.dumps({"role": role}))
