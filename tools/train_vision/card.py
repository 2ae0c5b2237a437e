"""The figures of the model card: judged on held-out pictures and written between two marks of the card."""

import json
from pathlib import Path

import numpy as np

from tools.errors import BadInputError
from tools.train_vision.calibrate import Readings, reliability
from tools.train_vision.judge import Judgement
from vision.confidence import Calibration
from vision.decode import LEAST_SURE
from vision.model_files import MANIFEST

__all__ = ["figures", "with_figures"]

_BEGIN, _END = "<!-- figures begin -->", "<!-- figures end -->"
_EDGES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0001)
_BAR = 40
_SURE = 0.9


def figures(
    folder: Path, judgement: Judgement, readings: Readings, table: Calibration, command: str
) -> str:
    """The tables as Markdown: sizes of the models in `folder`, the judgement, how honest confidence is."""
    models = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["models"]
    lines = [f"Made by `{command}`.", "", "| file | bytes | parameters | million multiply-adds a run |"]
    lines.append("|---|---|---|---|")
    for name, entry in sorted(models.items()):
        cost = entry["multiply_adds"] / 1e6
        lines.append(f"| `{name}` | {entry['bytes']:,} | {entry['parameters']:,} | {cost:.1f} |")
    lines += ["", "| figure | value |", "|---|---|", *_judged(judgement), ""]
    confidence = readings.confidence(table)
    boards = len(set(readings.board.tolist()))
    sure, right = confidence > _SURE, readings.right
    said = readings.by_laws(table) >= LEAST_SURE
    lines += [
        f"Confidence on {len(right):,} points of {boards} boards of played positions, decoded: "
        f"{100 * sure[right].mean():.1f} % of the right points are told with more than {_SURE}, and "
        f"{100 * (sure & ~right).mean():.2f} % of all points are wrong with it. "
        f"{100 * (~said).mean():.2f} % are left open (`?`), "
        f"{100 * (said & ~right).mean():.2f} % told wrongly.",
        "",
        "| told | right | points | |",
        "|---|---|---|---|",
    ]
    for told, share, count in reliability(confidence, right, _EDGES):
        bar = "█" * round(_BAR * share) + "·" * (_BAR - round(_BAR * share))
        lines.append(f"| {100 * told:.1f} % | {100 * share:.1f} % | {count:,} | `{bar}` |")
    return "\n".join(lines)


def with_figures(card: str, text: str) -> str:
    """The card with `text` between its two marks. Raises `BadInputError` when it has none."""
    before, begin, rest = card.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise BadInputError(f"the card must have the lines {_BEGIN} and {_END}, between which figures go")
    return f"{before}{_BEGIN}\n{text}\n{_END}{after}"


def _judged(judgement: Judgement) -> list[str]:
    values = judgement.table()
    if not all(np.isfinite(value) for value in values.values()):
        values = {name: value if np.isfinite(value) else -1.0 for name, value in values.items()}
    rows = [
        (
            "boards found with every corner within a quarter of a cell",
            f"{judgement.boards_found_well} of {judgement.boards}",
        ),
        ("median of a board's largest corner error", f"{values['corner_error_median']:.3f} cells"),
        (
            "other pictures taken for a board",
            f"{judgement.false_boards} of {judgement.pictures_without_board}",
        ),
        ("points labelled right, without the side", f"{100 * values['kind_accuracy']:.1f} %"),
        ("pieces named right", f"{100 * values['piece_accuracy']:.1f} %"),
        ("side right from one point alone", f"{100 * values['side_accuracy']:.1f} %"),
        (
            "error of a piece's centre, median and 95th percentile",
            f"{values['offset_error_median']:.3f}, {values['offset_error_p95']:.3f} cells",
        ),
    ]
    return [f"| {name} | {value} |" for name, value in rows]
