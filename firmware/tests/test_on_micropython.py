"""The same tests pass under MicroPython: the files that go to a controller run there as they run here."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MICROPYTHON = Path(sys.executable).parent / "micropython"
SHARED = {
    "safety": (
        "bounds", "braking", "envelope", "envelope_gantry", "envelope_speed", "limits", "liveness", "machine",
        "machine_pauses", "magnet", "segment", "ticks",
    ),
    "firmware": ("cobs", "intake", "messages", "packet", "parts", "player", "session", "steps"),
}


@pytest.mark.parametrize("room", sorted(SHARED))
def test_the_shared_tests_pass_under_micropython(room):
    modules = [f"{room}.tests.test_{name}" for name in SHARED[room]]
    runner = ROOT / "firmware" / "tests" / "run_on_micropython.py"
    done = subprocess.run(
        [str(MICROPYTHON), "-X", "heapsize=8m", str(runner), str(ROOT), *modules],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    written = sum(
        len(re.findall(r"^def test_", (ROOT / room / "tests" / f"test_{name}.py").read_text(), re.M))
        for name in SHARED[room]
    )
    assert f"{written} passed, 0 failed" in done.stdout


def test_every_test_file_is_shared_or_needs_cpython():
    """A new test file must either run on the controller's interpreter or say here why not."""
    need_cpython = {
        "on_micropython",
        "controller",
        "hand",
        "hostile_bytes",
        "stops",
        "pair",
        "stepper",
        "properties",
        "manifest",
        "protocol",
        "slots",
        "allocation",
        "intake_time",
        "judge",
    }
    for room, names in SHARED.items():
        found = {path.stem.removeprefix("test_") for path in (ROOT / room / "tests").glob("test_*.py")}
        assert found - need_cpython == set(names)
