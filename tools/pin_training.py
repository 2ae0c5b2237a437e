"""A tiny training run whose net is known: from a seed to games, from games to a net, byte for byte.

`python -m tools.pin_training` writes `tools/tests/pinned_training.json` anew after a wanted change of the
search, of self-play or of the training; until then a test fails. Needs torch (the `train` extra).
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from engine.selfplay import selfplay

__all__ = ["PINS_FILE", "tiny_run"]

PINS_FILE = Path(__file__).resolve().parent / "tests" / "pinned_training.json"
_SEED, _GAMES, _NODES = 20, 12, 60


def tiny_run(folder: Path) -> dict[str, str]:
    """SHA-256 of a few games' records and of the net that one epoch makes of them.

    The training runs in a process of its own with torch's plain arithmetic: wider instructions add in another
    order, and what they are depends on the processor. Raises CalledProcessError when the training fails.
    """
    records = selfplay(_SEED, _GAMES, _NODES, "rules", 250)
    (folder / "records").mkdir()
    (folder / "records" / "tiny.bin").write_bytes(records)
    command = [sys.executable, "-m", "tools.train_net", "--records", str(folder / "records")]
    command += ["--out", str(folder / "net"), "--epochs", "1", "--batch", "64", "--seed", str(_SEED)]
    plain = {**os.environ, "ATEN_CPU_CAPABILITY": "default", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=plain, check=True, capture_output=True, text=True)
    return {
        "records": hashlib.sha256(records).hexdigest(),
        "net": json.loads(done.stdout)["sha256"],
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        PINS_FILE.write_text(json.dumps(tiny_run(Path(name)), indent=1) + "\n", encoding="utf-8")
