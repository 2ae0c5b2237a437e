"""`qiyou tune`: the constants of the search, all at once, by games between slightly different settings."""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from engine import EngineError, Net
from engine.match import Contestant, balanced_opening, play_pair, tuning
from tools.errors import BadInputError
from tools.farm import MOST_WORKERS, farm
from tools.match_log import MatchLog
from tools.spsa import Knob, Spsa

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "tune the constants of the search by games (SPSA), on many cores"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)

_MOST_PAIRS = 1_000_000  # openings of one seed
_SHARE = 0.18  # of a constant, that the last pairs try up and down
_BATCH = 16  # pairs of one state: enough for several cores, and the same on one
_HASH_MB = 4

# Constants that only games can tell; switches and what belongs to the mates are not among them.
_KNOBS = (
    "aspiration",
    "null_lead",
    "null_slack",
    "reverse_futility",
    "futility",
    "futility_base",
    "late_move_pruning",
    "history_pruning",
    "exchange_pruning",
    "capture_pruning",
    "reduction_base",
    "reduction_slope",
    "reduction_history",
    "learning_square",
    "learning_line",
    "quiet_margin",
    "singular",
)


@dataclass(frozen=True, slots=True)
class _Unit:
    pair: int
    opening_seed: int
    nodes: int
    first: dict[str, int]
    second: dict[str, int]


def _play(unit: _Unit) -> float:
    sides = [Contestant(None, setting, unit.nodes, 0, _HASH_MB) for setting in (unit.first, unit.second)]
    games = play_pair(sides[0], sides[1], balanced_opening(unit.opening_seed))
    return sum(game.points for game in games) / 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--out", type=Path, required=True, help="log; one that is there is gone on with")
    parser.add_argument("--pairs", type=int, default=5000, help="pairs of games (default 5000)")
    parser.add_argument("--nodes", type=int, default=5000, help="made moves of each search (default 5000)")
    parser.add_argument("--seed", type=int, default=1, help="decides openings and steps (default 1)")
    parser.add_argument("--knob", action="append", metavar="NAME", help="tune only these (may be repeated)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a running Dask scheduler")
    parser.add_argument("--workers", type=int, help="processes on this machine (default: one a core)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def _knobs(names: list[str] | None) -> list[Knob]:
    defaults = tuning()
    chosen = names or list(_KNOBS)
    for name in chosen:
        if name not in defaults:
            known = ", ".join(_KNOBS)
            raise BadInputError(f"--knob {name}: no constant of the search; one of {known} would be right")
    return [
        Knob(name, start, 1, max(4 * start, 8), max(1.0, _SHARE * start))
        for name, start in ((name, float(defaults[name])) for name in chosen)
    ]


def _show(spsa: Spsa, as_json: bool) -> None:
    found = spsa.settings()
    if as_json:
        print(json.dumps({k.name: {"start": round(k.start), "found": found[k.name]} for k in spsa.knobs}))
        return
    for knob, value in zip(spsa.knobs, spsa.values, strict=True):
        moved = (value - knob.start) / knob.step
        print(f"{knob.name:20} {knob.start:7.0f} -> {found[knob.name]:6d}  ({moved:+.1f} steps)")


def run(args: argparse.Namespace) -> int:
    """Play the pairs, then print where every constant went."""
    for name, highest in (("pairs", _MOST_PAIRS), ("nodes", 2**40)):
        if not 1 <= getattr(args, name) <= highest:
            raise BadInputError(f"--{name} is {getattr(args, name)}; 1 to {highest} would be right")
    if not 0 <= args.seed < 2**31:
        raise BadInputError(f"--seed is {args.seed}; 0 to {2**31 - 1} would be right")
    if args.workers is not None and not 1 <= args.workers <= MOST_WORKERS:
        raise BadInputError(f"--workers is {args.workers}; 1 to {MOST_WORKERS} would be right")
    knobs = _knobs(args.knob)
    spsa = Spsa(knobs, args.pairs, args.seed)
    header = {
        "net": Net.builtin().sha256,
        "nodes": args.nodes,
        "pairs": args.pairs,
        "seed": args.seed,
        "knobs": {knob.name: knob.start for knob in knobs},
    }
    with MatchLog(header, args.out) as log, farm(args.scheduler, args.workers) as play_out:
        for first in range(0, args.pairs, _BATCH):
            # Settings are fixed when their batch begins: a run that was broken off goes on as it would have.
            units = [
                _Unit(pair, args.seed * _MOST_PAIRS + pair, args.nodes, *spsa.contestants(pair))
                for pair in range(first, min(first + _BATCH, args.pairs))
            ]
            played = log.scores[first : first + _BATCH]
            fresh = {unit.pair: score for unit, score in play_out(_play, units[len(played) :])}
            played += [fresh[pair] for pair in sorted(fresh)]
            for unit, score in zip(units, played, strict=True):
                spsa.tell(unit.pair, score)
                if unit.pair in fresh:
                    log.add({"pair": unit.pair, "score": score, "values": [round(v, 2) for v in spsa.values]})
            if fresh:
                print(f"\r{len(log.rows)} of {args.pairs} pairs", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    _show(spsa, args.json)
    return 0
