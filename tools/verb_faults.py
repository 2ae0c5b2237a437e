"""`qiyou faults`: games with misfortunes by the thousand, in the deterministic simulation."""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from host.game.campaign import Trial, draw_misfortunes, play_trial
from host.game.errors import GameError
from tools.errors import BadInputError

__all__ = ["SUMMARY", "add_arguments", "parse_seeds", "run"]

SUMMARY = "play games with misreadings, stops, fumbles and power cuts, and see that each ends well"
BAD_INPUT = (GameError,)

_MOST_SEEDS = 1_000_000
_MOST_PLIES = 300
_SHOWN = 20


def parse_seeds(text: str) -> range:
    """`A:B` → the seeds from A up to, not including, B. Raises `BadInputError`."""
    parts = re.fullmatch(r"(\d{1,12}):(\d{1,12})", text)
    if parts is None:
        raise BadInputError(f"--seeds {text!r} is no range; 0:1000 means the seeds 0 to 999")
    seeds = range(int(parts[1]), int(parts[2]))
    if not 0 < len(seeds) <= _MOST_SEEDS:
        raise BadInputError(f"--seeds {text} holds {len(seeds)} seeds; 1 to {_MOST_SEEDS} would be right")
    return seeds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--seeds", default="0:200", metavar="A:B", help="seeds from A up to B (0:200)")
    parser.add_argument("--plies", type=int, default=12, help="plies a game (12)")
    parser.add_argument("--out", type=Path, help="keep the journals in this folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 when every game ended well, 1 when one did not."""
    seeds = parse_seeds(args.seeds)
    if not 1 <= args.plies <= _MOST_PLIES:
        raise BadInputError(f"--plies {args.plies} is outside 1 to {_MOST_PLIES}")
    trials: list[Trial] = []
    with ExitStack() as stack:
        folder = args.out or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            trials.append(play_trial(seed, args.plies, folder))
            _progress(trials, len(seeds))
    failed = [trial for trial in trials if trial.failure]
    if args.json:
        failures = [asdict(trial) for trial in failed]
        print(json.dumps({"seeds": args.seeds, "plies": args.plies, **_sums(trials), "failed": failures}))
    else:
        sums = _sums(trials)
        print(
            f"{sums['games']} games, {sums['moves']} moves, {sums['hours']} hours of virtual time: "
            f"{sums['stops']} stops, {sums['cuts']} power cuts, {sums['asked']} requests to put something "
            f"right; {len(failed)} games did not end well"
        )
        for trial in failed[:_SHOWN]:
            print(f"seed {trial.seed}: {trial.failure}; {draw_misfortunes(trial.seed, args.plies)}")
    return 1 if failed else 0


def _sums(trials: Sequence[Trial]) -> dict[str, float]:
    return {
        "games": len(trials),
        "moves": sum(trial.plies for trial in trials),
        "hours": round(sum(trial.minutes for trial in trials) / 60, 1),
        "stops": sum(trial.stops for trial in trials),
        "cuts": sum(trial.cuts for trial in trials),
        "asked": sum(trial.asked for trial in trials),
    }


def _progress(trials: Sequence[Trial], of: int) -> None:
    if sys.stderr.isatty() and (len(trials) % 10 == 0 or len(trials) == of):
        failed = sum(trial.failure is not None for trial in trials)
        end = "\n" if len(trials) == of else ""
        print(f"\r{len(trials)} of {of} games, {failed} failed", end=end, file=sys.stderr, flush=True)
