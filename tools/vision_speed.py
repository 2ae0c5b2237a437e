"""What one look at the board costs: time, memory and multiplications."""

import json
import math
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cost", "frame_costs", "multiply_adds_a_frame", "peak_megabytes"]

_LOOKS = 7
_NOISE = 2.0  # grey levels, a webcam's
_FRAME_US = 100_000
#: The locator looks at the whole picture and once more at the rectified board; 32 pieces are read closely.
_RUNS = {"locator.onnx": 2, "pieces.onnx": 1, "glyphs.onnx": 32}
# Not getrusage: its peak is at least what the parent held when it forked.
_PEAK = (
    "import sys\n"
    "from tools.cli import main\n"
    "main(['look', sys.argv[1], '--json'])\n"
    "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
)


@dataclass(frozen=True)
class Cost:
    """One measured cost and the most it may be, in `unit`."""

    name: str
    value: float
    unit: str
    bound: float


def frame_costs() -> list[Cost]:
    """Measure looks at 1280 x 720 frames of the twin with two threads, the best of several.

    A board is tracked by the observer of a game, which sees fresh sensor noise and a little other light in
    each frame; with its corners given, every point is read in every look.
    """
    import cv2
    import numpy as np

    from host.twin.world import make_world
    from vision.look import Looker
    from vision.observer import Observer
    from vision.reading import Frame

    world = make_world(seed=1)
    world.advance(100_000)
    frame = Frame(world.render(), world.now_us(), "bench")
    finding = Looker()
    found = [finding.look(frame) for _ in range(_LOOKS)]
    given = Looker(corners=found[-1].corners)
    read = [sum(given.look(frame).ms.values()) for _ in range(_LOOKS)]
    rng, observer, tracked = np.random.default_rng(1), Observer(), []
    for number in range(_LOOKS + 2):
        light = 1 + 0.05 * rng.random()
        grain = rng.normal(0, _NOISE, frame.image.shape)
        image = np.clip(frame.image * light + grain, 0, 255).astype(np.uint8)
        again = observer.look(Frame(image, number * _FRAME_US, "bench"))
        if set(again.ms) == {"compare", "hash"}:  # nothing was found or read
            tracked.append(sum(again.ms.values()))
    costs = [
        Cost(f"look: {part}", min(reading.ms[part] for reading in found), "ms", bound)
        for part, bound in (("locate", 60.0), ("classify", 30.0))
    ]
    costs.append(Cost("look: tracked, nothing moved", min(tracked, default=math.inf), "ms", 15.0))
    costs.append(Cost("look: corners given, all", min(read), "ms", 15.0))
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "frame.png"
        cv2.imwrite(str(picture), frame.image)
        costs.append(Cost("look: peak memory", peak_megabytes(picture), "MB", 400.0))
    costs.append(Cost("look: multiply-adds", multiply_adds_a_frame() / 1e9, "GMAC", 0.6))
    return costs


def peak_megabytes(picture: Path) -> float:
    """Most memory that a process of its own holds while it reads `picture`."""
    command = [sys.executable, "-c", _PEAK, str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return int(done.stdout.split()[-2]) / 1024


def multiply_adds_a_frame(folder: Path | None = None) -> int:
    """Multiply-adds of the nets for one frame of a full board, as the models' manifest has them."""
    from vision.model_files import MANIFEST, MODELS

    models = json.loads(((folder or MODELS) / MANIFEST).read_text(encoding="utf-8"))["models"]
    return sum(runs * int(models[name]["multiply_adds"]) for name, runs in _RUNS.items())
