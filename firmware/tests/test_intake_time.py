"""The measurement of what taking in segments costs runs, and the firmware takes all of them."""

import subprocess

from firmware.tests.fake_twin import MICROPYTHON, ROOT


def test_every_part_is_measured():
    script = ROOT / "firmware" / "tests" / "measure_intake.py"
    done = subprocess.run(
        [str(MICROPYTHON), str(script), str(ROOT)], capture_output=True, text=True, timeout=60, check=True
    )
    rows = dict(line.split() for line in done.stdout.splitlines())
    assert list(rows) == ["packet", "unpack", "judge", "push", "take", "bytes"]
    assert all(int(value) >= 0 for value in rows.values())
