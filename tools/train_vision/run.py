"""A whole training run: draw pictures, train the three nets, measure their certainty, judge them."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import nn

from tools.train_vision.calibrate import read_held_out, write_calibration
from tools.train_vision.export import export, write_manifest
from tools.train_vision.faces import draw_pool, draw_stock
from tools.train_vision.fit import fit_locator, fit_pieces
from tools.train_vision.fonts import HELD_OUT, Face, families
from tools.train_vision.glyph_fit import fit_glyphs
from tools.train_vision.judge import judge
from tools.train_vision.photographed import load_photographs
from tools.train_vision.scene import Photographs
from tools.train_vision.shards import close_ups_of, make_shard, save_arrays
from vision.classify import Classifier
from vision.confidence import TABLE
from vision.locate import Locator

__all__ = ["FULL", "TINY", "Size", "train"]

Report = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is drawn and trained: scenes in all and a shard, steps of each net, close-ups and the rest.

    `calibrated` and `judged` count the held-out boards that certainty is measured and the models judged on.
    """

    scenes: int
    scenes_a_shard: int
    locator_steps: int
    piece_steps: int
    glyph_steps: int
    faces: int
    close_ups: int
    calibrated: int
    judged: int


FULL = Size(
    scenes=20_000,
    scenes_a_shard=200,
    locator_steps=12_000,
    piece_steps=8000,
    glyph_steps=15_000,
    faces=6000,
    close_ups=160_000,
    calibrated=300,
    judged=300,
)
TINY = Size(
    scenes=12,
    scenes_a_shard=6,
    locator_steps=2,
    piece_steps=2,
    glyph_steps=2,
    faces=16,
    close_ups=32,
    calibrated=3,
    judged=4,
)


def train(
    out: Path,
    seed: int,
    size: Size,
    report: Report,
    *,
    fonts: tuple[Path, ...] = (),
    photographs: Path | None = None,
    start: Path | None = None,
) -> dict[str, float]:
    """Train all models into the folder `out` and return how they judge on held-out pictures.

    Shards are kept in `out/shards`: a run that was broken off goes on where it was. `fonts` are folders
    searched beside the system's; `photographs` is a folder of face sheets, `start` one of an earlier run
    whose weights are the first. Raises `BadInputError`.
    """
    faces = families(fonts)
    worn = load_photographs(photographs) if photographs else None
    paths = []
    for first in range(0, size.scenes, size.scenes_a_shard):
        path = out / "shards" / f"{seed}-{first // size.scenes_a_shard:04d}.npz"
        make_shard(path, seed, range(first, min(size.scenes, first + size.scenes_a_shard)), faces, worn)
        paths.append(path)
        report(f"{path.name}: {len(paths) * size.scenes_a_shard} of {size.scenes} scenes drawn")
    begun = [start and start / name for name in ("locator.pt", "pieces.pt", "glyphs.pt")]
    pool = _pool(
        out / "shards", seed, size, [face for face in faces if face.family not in HELD_OUT], worn or {}
    )
    state = out / "locator.state", out / "pieces.state", out / "glyphs.state"
    close_ups = [pool, *(close_ups_of(path) for path in paths)]
    nets: dict[str, nn.Module] = {
        "locator.onnx": fit_locator(paths, size.locator_steps, seed, report, state[0], begun[0]),
        "pieces.onnx": fit_pieces(paths, size.piece_steps, seed, report, state[1], begun[1]),
        "glyphs.onnx": fit_glyphs(close_ups, size.glyph_steps, seed, report, state[2], begun[2]),
    }
    for name, net in nets.items():
        export(net, out / name)
    write_manifest(out, nets, seed)
    locator, classifier = Locator(out / "locator.onnx"), Classifier(out / "pieces.onnx")
    aside = load_photographs(photographs, held_out=True) if photographs else None
    certainty = read_held_out(classifier, faces, aside, seed, size.calibrated)
    write_calibration(out / TABLE, certainty)
    figures = judge(locator, classifier, faces, seed, size.judged).table()
    (out / "judgement.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return figures


def _pool(folder: Path, seed: int, size: Size, faces: list[Face], worn: Photographs) -> Path:
    """Draw the close-ups of this run, once."""
    path = folder / f"{seed}-close-ups.npz"
    if not path.exists():
        drawn = draw_pool(seed, draw_stock(seed, faces, size.faces, worn), size.close_ups)
        save_arrays(path, **asdict(drawn))
    return path
