"""`qiyou evaluate-vision`: the reader on a grid of composed conditions."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import BadInputError
from vision.errors import VisionError

if TYPE_CHECKING:
    from tools.evaluate_vision.grid import Grid
    from tools.evaluate_vision.scenarios import Scenario

SUMMARY = "measure the reader on a grid of light, tilt, glyphs, hands and the like"
BAD_INPUT: tuple[type[Exception], ...] = (VisionError,)

_PAIRS = (
    ("車 read as 卒", "Rr", "Pp"),
    ("卒 read as 車", "Pp", "Rr"),
    ("馬 read as 兵", "Nn", "Pp"),
    ("兵 read as 馬", "Pp", "Nn"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="scores and sheets")
    parser.add_argument("--count", type=int, default=20, metavar="N", help="pictures a cell (default 20)")
    parser.add_argument("--cell", action="append", metavar="NAME", help="only this cell (may be repeated)")
    parser.add_argument("--no-sheet", action="store_true", help="do not draw the failures")
    parser.add_argument("--models", type=Path, metavar="DIR", help="other models than the program's own")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Measure; 1 if a cell is empty or a board was wrong in silence, else 0."""
    from tools.evaluate_vision.grid import Grid, cell_figures, confusion
    from tools.evaluate_vision.scenarios import SCENARIOS
    from vision.classify import Classifier
    from vision.locate import Locator

    if args.count < 0:
        raise BadInputError("--count must be 0 or more")
    unknown = set(args.cell or ()) - {scenario.name for scenario in SCENARIOS}
    if unknown:
        known = ", ".join(scenario.name for scenario in SCENARIOS)
        raise BadInputError(f"there is no cell {min(unknown)!r}; the cells are {known}")
    cells = [scenario for scenario in SCENARIOS if not args.cell or scenario.name in args.cell]
    args.out.mkdir(parents=True, exist_ok=True)
    locator = Locator(args.models and args.models / "locator.onnx")
    classifier = Classifier(args.models and args.models / "pieces.onnx")
    grid = Grid(args.out / "scores.jsonl", locator, classifier)
    grid.run(cells, args.count, lambda line: print(line, file=sys.stderr, flush=True))
    figures = {scenario.name: cell_figures(grid.of(scenario.name, args.count)) for scenario in cells}
    scores = [score for scenario in cells for score in grid.of(scenario.name, args.count)]
    table = confusion(scores)
    pairs = {name: sum(table[a][b] for a in true for b in read) for name, true, read in _PAIRS}
    pages = [] if args.no_sheet else _sheet(grid, cells, args)
    empty = [name for name, row in figures.items() if not row["count"]]
    told = {
        "holds": not empty and not any(score.silent for score in scores),
        "models": {"locator": locator.sha256, "pieces": classifier.sha256},
        "cells": figures,
        "all": cell_figures(scores),
        "empty": empty,
        "confusion": table,
        "pairs": pairs,
        "sheets": [str(page) for page in pages],
    }
    if args.json:
        print(json.dumps(told))
    else:
        _print(told)
    return 0 if told["holds"] else 1


def _sheet(grid: "Grid", cells: "list[Scenario]", args: argparse.Namespace) -> list[Path]:
    """Draw every failure; the pictures are composed and read once more, since they are not kept."""
    from tools.evaluate_vision.grid import sample_of
    from tools.evaluate_vision.sheet import ContactSheet

    for old in args.out.glob("failures-*.png"):
        old.unlink()
    sheet = ContactSheet(args.out)
    for scenario in cells:
        for score in grid.of(scenario.name, args.count):
            if score.failed:
                sample = sample_of(scenario, score.number)
                counts = f"{score.errors} wrong, {score.unknown} unknown"
                title = f"{score.cell} {score.number}: {score.verdict}, {counts}"
                sheet.add(sample.image, grid.read(sample), title)
    return list(sheet.close())


def _print(told: dict[str, Any]) -> None:
    heads = ("found", "points", "recall", "precision", "whole", "at_most_one", "unknown", "named")
    print(f"{'cell':<20}{'n':>4}" + "".join(f"{head:>12}" for head in heads) + f"{'silent':>8}{'ms':>7}")
    for name, row in [*told["cells"].items(), ("all", told["all"])]:
        shares = "".join(f"{_percent(row[head]):>12}" for head in heads)
        print(f"{name:<20}{row['count']:>4}{shares}{row['silent_wrong']:>8}{row['ms']:>7.0f}")
    low = told["all"]["points"]
    if low:
        share, least, most = (100 * value for value in low)
        print(f"points right over all: {share:.2f} %, 95 % interval {least:.2f} - {most:.2f} %")
    print(", ".join(f"{name} {count}" for name, count in told["pairs"].items()))
    for name in told["empty"]:
        print(f"The cell {name} is empty.")
    for page in told["sheets"]:
        print(page)


def _percent(share: list[float] | None) -> str:
    return "-" if share is None else f"{100 * share[0]:.1f} %"
