"""`qiyou screen`: many changes of the search judged by the same games."""

import argparse
import json
import sys
from dataclasses import asdict

from engine import EngineError, Net
from engine.match import tuning
from engine.search import MAX_HASH_MB
from tools.errors import BadInputError
from tools.factorial import effects, who_has
from tools.farm import farm
from tools.match_log import MatchLog
from tools.pair_work import PairUnit, add_series_arguments, check_series, pair_score
from tools.search_settings import read_tuning

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "judge many changes of the search by the same games (a factorial design), on many cores"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)

_MOST_CHANGES = 100
_REPORT_EVERY = 25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    what = "such as null_move=0, or several constants that change together: futility=80,futility_base=90"
    parser.add_argument("changes", nargs="+", metavar="CHANGE", help=what)
    parser.add_argument("--hash", type=int, default=8, help="MB of transposition table each (default 8)")
    add_series_arguments(parser, pairs=1000, nodes=10000)


def _settings(changes: list[str]) -> list[dict[str, int]]:
    known = tuning()
    settings: list[dict[str, int]] = []
    taken: set[str] = set()
    for change in changes:
        setting = read_tuning(change.split(","))
        for name in setting:
            if name not in known:
                right = ", ".join(known)
                raise BadInputError(f"{change}: the search has no {name!r}; one of {right} would be right")
            if name in taken:
                raise BadInputError(f"{change}: {name} is changed twice; once would be right")
        taken |= setting.keys()
        settings.append(setting)
    return settings


def _unit(args: argparse.Namespace, settings: list[dict[str, int]], pair: int) -> PairUnit:
    sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for setting, first in zip(settings, who_has(args.seed, pair, len(settings)), strict=True):
        sides[0 if first else 1].update(setting)
    return PairUnit(args.seed, pair, args.nodes, args.hash, *sides)


def _show(args: argparse.Namespace, log: MatchLog) -> None:
    found = effects(args.changes, args.seed, log.scores)
    if args.json:
        print(json.dumps({"games": 2 * len(log.rows), "effects": [asdict(effect) for effect in found]}))
        return
    print(f"{2 * len(log.rows)} games; Elo with each change against without, 95 %")
    for effect in found:
        print(f"{effect.change:40} {effect.elo:+6.1f} +- {effect.error:.1f}")


def run(args: argparse.Namespace) -> int:
    """Play the pairs, then print what every change is worth."""
    check_series(args)
    if not 1 <= args.hash <= MAX_HASH_MB:
        raise BadInputError(f"--hash is {args.hash}; 1 to {MAX_HASH_MB} would be right")
    if len(args.changes) > _MOST_CHANGES:
        raise BadInputError(f"{len(args.changes)} changes; at most {_MOST_CHANGES} at once would be right")
    settings = _settings(args.changes)
    header = {
        "net": Net.builtin().sha256,
        "nodes": args.nodes,
        "hash": args.hash,
        "seed": args.seed,
        "changes": settings,
    }
    with MatchLog(header, args.out) as log:
        missing = range(len(log.rows), args.pairs)
        if missing:
            with farm(args.scheduler, args.workers) as play_out:
                # Written down in the order of pairs, whoever is done first, so that coins need no record.
                early: dict[int, float] = {}
                for unit, score in play_out(pair_score, (_unit(args, settings, pair) for pair in missing)):
                    early[unit.pair] = score
                    while len(log.rows) in early:
                        log.add({"pair": len(log.rows), "score": early.pop(len(log.rows))})
                        if len(log.rows) % _REPORT_EVERY == 0:
                            done = f"\r{len(log.rows)} of {args.pairs} pairs"
                            print(done, end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
        _show(args, log)
    return 0
