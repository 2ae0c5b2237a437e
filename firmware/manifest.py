"""Which files a controller needs and where they go in its flash; beside them `role.json` and `limits.json`.

Runs on the host only.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_ON_THE_HOST = ("firmware/manifest.py", "firmware/pico_main.py", "firmware/board/interpreted.py")


def files() -> list[tuple[Path, str]]:
    """(source on the host, path in the flash) of every file, in a fixed order."""
    pairs = [(ROOT / "firmware" / "pico_main.py", "main.py")]
    for room in ("safety", "firmware"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "tests" not in path.parts and name not in _ON_THE_HOST:
                pairs.append((path, name))
    return pairs
