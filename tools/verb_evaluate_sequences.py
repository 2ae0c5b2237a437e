"""`qiyou evaluate-sequences`: composed games in front of observer and guard."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tools.errors import BadInputError
from vision.errors import VisionError

SUMMARY = "count what is understood of moves, takebacks and bumps in composed games"
BAD_INPUT: tuple[type[Exception], ...] = (VisionError,)

_LEAST_UNDERSTOOD = 0.99


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="games played; gone on with")
    parser.add_argument("--moves", type=int, default=1000, metavar="N", help="lawful moves (default 1000)")
    parser.add_argument("--captures", type=int, default=200, metavar="N", help="captures among them (200)")
    parser.add_argument("--takebacks", type=int, default=100, metavar="N", help="takebacks, half moves (100)")
    parser.add_argument("--printed", action="store_true", help="only the sets that come with the program")
    parser.add_argument("--models", type=Path, metavar="DIR", help="other models than the program's own")
    parser.add_argument("--threads", type=int, default=2, metavar="N", help="threads of each net (default 2)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Play until there is enough; 0 if 99 % is understood and no act was wrong, else 1."""
    from tools.evaluate_vision.sequences import Quota, run_games, summary
    from vision.classify import Classifier
    from vision.locate import Locator

    if min(args.moves, args.captures, args.takebacks) < 0:
        raise BadInputError("--moves, --captures and --takebacks must be 0 or more")
    locator = Locator(args.models and args.models / "locator.onnx", threads=args.threads)
    classifier = Classifier(args.models and args.models / "pieces.onnx", threads=args.threads)
    records = run_games(
        args.out,
        Quota(args.moves, args.captures, args.takebacks),
        locator,
        classifier,
        lambda line: print(line, file=sys.stderr, flush=True),
        fonts=not args.printed,
    )
    figures = summary(records)
    holds = figures["wrong"] == 0 and float(str(figures["share"])) >= _LEAST_UNDERSTOOD
    models = {"locator": locator.sha256, "pieces": classifier.sha256}
    if args.json:
        print(json.dumps({"holds": holds, "models": models, **figures}))
    else:
        _print(figures)
    return 0 if holds else 1


def _print(figures: dict[str, Any]) -> None:
    rows = {"all": figures, "moves, captures": figures["lawful"], **figures["kinds"]}
    print(f"{'act':<16}{'count':>6}{'understood':>12}{'95 % interval':>18}{'wrong':>7}{'asked':>7}")
    for name, row in rows.items():
        interval = f"{100 * row['from']:.1f} - {100 * row['to']:.1f} %"
        print(
            f"{name:<16}{row['count']:>6}{100 * row['share']:>10.1f} %{interval:>18}"
            f"{row['wrong']:>7}{row['asked']:>7}"
        )
