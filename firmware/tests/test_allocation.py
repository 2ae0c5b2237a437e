"""A controller's loop leaves the heap alone: all it allocates are its reports to the host, ten a second.

Garbage that comes with every loop would bring a collection in mid-motion several times a second.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MICROPYTHON = Path(sys.executable).parent / "micropython"
# Bytes a loop of one millisecond, on 64-bit objects; one tuple a loop would be 32 and more.
MOST_A_LOOP = 12


def test_a_loop_at_rest_allocates_nothing_but_its_reports():
    done = subprocess.run(
        [str(MICROPYTHON), str(ROOT / "firmware" / "tests" / "measure_allocation.py"), str(ROOT)],
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    assert {row[0] for row in rows} == {"arm-alone", "arm-session", "hand-alone", "hand-session"}
    for what, count, loops in rows:
        if what.endswith("alone"):
            assert int(count) == 0, what
        else:
            assert int(count) / int(loops) < MOST_A_LOOP, what
