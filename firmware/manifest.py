"""Which files a controller needs and where they go in its flash.

The boot layer lies in the root, a firmware with its `limits.json` and its `manifest` in one of two slots.
Runs on the host only.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_ON_THE_HOST = (
    "firmware/manifest.py",
    "firmware/pico_main.py",
    "safety/interpreted.py",
    "safety/segment.py",
    "firmware/wire/meanings.py",
)


def boot_files() -> list[tuple[Path, str]]:
    """(source on the host, path in the root of the flash) of the boot layer."""
    return [(ROOT / "firmware" / "pico_main.py", "main.py"), (ROOT / "firmware" / "slots.py", "slots.py")]


def files() -> list[tuple[Path, str]]:
    """(source on the host, path in the slot) of every file of a firmware, in a fixed order."""
    pairs = []
    for room in ("safety", "firmware"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "tests" not in path.parts and name not in _ON_THE_HOST:
                pairs.append((path, name))
    return pairs
