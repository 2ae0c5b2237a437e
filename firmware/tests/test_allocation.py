"""A controller's loop leaves the heap alone, also while it reports to a host and answers it.

`hil_tests/test_emulated_pico.py` measures the same on a Pico, whose integers have 31 bits.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MICROPYTHON = Path(sys.executable).parent / "micropython"


def test_loops_and_reports_and_answers_allocate_nothing():
    done = subprocess.run(
        [str(MICROPYTHON), str(ROOT / "firmware" / "tests" / "measure_allocation.py"), str(ROOT)],
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    doing = ("alone", "session", "talking")
    assert {row[0] for row in rows} == {f"{role}-{what}" for role in ("arm", "hand") for what in doing}
    for what, count, _ in rows:
        assert int(count) == 0, what
