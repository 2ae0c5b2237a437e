"""`qiyou tune`: the constants of the search, all at once, by games between slightly different settings."""

import argparse
import json
import sys

from engine import EngineError, Net
from engine.match import tuning
from tools.errors import BadInputError
from tools.farm import farm
from tools.match_log import MatchLog
from tools.pair_work import PairUnit, add_series_arguments, check_series, pair_score
from tools.spsa import Knob, Spsa

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "tune the constants of the search by games (SPSA), on many cores"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)

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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--knob", action="append", metavar="NAME", help="tune only these (may be repeated)")
    add_series_arguments(parser, pairs=5000, nodes=5000)


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
    check_series(args)
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
                PairUnit(args.seed, pair, args.nodes, _HASH_MB, *spsa.contestants(pair))
                for pair in range(first, min(first + _BATCH, args.pairs))
            ]
            played = log.scores[first : first + _BATCH]
            fresh = {unit.pair: score for unit, score in play_out(pair_score, units[len(played) :])}
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
