"""`qiyou ladder`: games between the levels, their strength and their errors."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine import LEVELS, LevelsError
from tools.errors import BadInputError
from tools.farm import MOST_WORKERS

if TYPE_CHECKING:
    from tools.ladder.rounds import Round

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "measure the levels by games against each other, tune them, write down how strong they are"
BAD_INPUT: tuple[type[Exception], ...] = (LevelsError,)

_PUBLISHED_SEED = 2611
_TUNING_SEED = 7
_MOST_OPENINGS = 100_000
_STEP = 130.0
"""68 % against the level below: 26 levels from a million nodes down to one that a player without search beats
lie about so far apart; 92.5 would be 63 %."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="play|watch|tune|report")
    play = acts.add_parser("play", help="play pairs of contestants; what was played is kept and left out")
    play.add_argument(
        "--pairs",
        default="neighbours",
        help="`neighbours`, `second` (level k + 2 against k), `marks` (level 1 against random, timid and "
        "careful), or pairs such as 5-4,6-5,1-random (default neighbours)",
    )
    play.add_argument("--from-level", type=int, default=1, metavar="L", help="only pairs of levels from L")
    play.add_argument("--to-level", type=int, default=LEVELS, metavar="L", help="... and up to L")
    watch = acts.add_parser("watch", help="count how neighbours err in the games that `play` has played")
    watch.add_argument("--from-level", type=int, default=1, metavar="L", help="only levels from L")
    watch.add_argument("--to-level", type=int, default=LEVELS, metavar="L", help="... and up to L")
    tune = acts.add_parser("tune", help="place the levels anew on the path from strong to weak")
    tune.add_argument("--levels", type=Path, required=True, help="the levels.toml to write")
    tune.add_argument(
        "--step", type=float, default=_STEP, help=f"Elo from level to level (default {_STEP:g})"
    )
    tune.add_argument("--no-games", action="store_true", help="only place, by all games there are")
    report = acts.add_parser("report", help="write the document of what was measured")
    report.add_argument("--out", type=Path, default=Path("docs/levels.md"), help="default docs/levels.md")
    report.add_argument("--signature", metavar="S", help="results of that engine (default: this engine's)")
    for act, what in ((play, "what it holds is not played again"), (report, "it is counted, and added to")):
        act.add_argument("--record", type=Path, metavar="DIR", help=f"results kept without games: {what}")
    for act, openings in ((play, 200), (watch, 100), (tune, 60)):
        act.add_argument(
            "--openings", type=int, default=openings, help=f"openings of each (default {openings})"
        )
        act.add_argument("--seed", type=int, help="seed of openings and choices (default: one for each act)")
        act.add_argument("--workers", type=int, help="processes on this machine (default: one a core)")
        act.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a running Dask scheduler instead")
        act.add_argument("--chunk", type=int, default=4, help="openings in one unit of work (default 4)")
    for act in (play, watch, tune, report):
        act.add_argument(
            "--data", type=Path, default=Path("out/ladder"), metavar="DIR", help="default out/ladder"
        )


def _check(args: argparse.Namespace) -> None:
    if args.act == "report":
        return
    for name, lowest, highest in (
        ("openings", 1, _MOST_OPENINGS),
        ("chunk", 1, 1000),
        ("workers", 1, MOST_WORKERS),
        ("seed", 0, 2**31 - 1),
        ("from_level", 1, LEVELS),
        ("to_level", 1, LEVELS),
    ):
        value = getattr(args, name, None)
        if value is not None and not lowest <= value <= highest:
            shown = name.replace("_", "-")
            raise BadInputError(f"--{shown} {value} is outside {lowest} to {highest}")


def _pairs(args: argparse.Namespace) -> list[tuple[str, str]]:
    levels = range(args.from_level, args.to_level + 1)
    if args.pairs in {"neighbours", "second"}:
        gap = 1 if args.pairs == "neighbours" else 2
        return [(str(low + gap), str(low)) for low in levels if low + gap <= args.to_level]
    if args.pairs == "marks":
        return [("1", mark) for mark in ("random", "timid", "careful")]
    pairs = [tuple(pair.split("-")) for pair in args.pairs.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise BadInputError(f"--pairs is {args.pairs!r}; pairs such as 5-4,1-random would be right")
    return [(pair[0], pair[1]) for pair in pairs]


def _round(args: argparse.Namespace, store: str, seed: int) -> "Round":
    from tools.ladder.rounds import Round

    seed = seed if args.seed is None else args.seed
    return Round(args.data / store, seed, args.openings, args.chunk, args.scheduler, args.workers, _say)


def _play(args: argparse.Namespace) -> int:
    from tools.ladder.contestants import contestant
    from tools.ladder.record import kept_tallies
    from tools.ladder.rounds import play_pairs

    pairs = [(contestant(a), contestant(b)) for a, b in _pairs(args)]
    play_pairs(_round(args, "pairs.jsonl", _PUBLISHED_SEED), pairs, kept_tallies(args.record))
    return 0


def _watch(args: argparse.Namespace) -> int:
    from tools.ladder.contestants import level
    from tools.ladder.rounds import watch_pairs

    pairs = [(level(low + 1), level(low)) for low in range(args.from_level, args.to_level)]
    watch_pairs(_round(args, "errors.jsonl", _PUBLISHED_SEED), args.data / "pairs.jsonl", pairs)
    return 0


def _tune(args: argparse.Namespace) -> int:
    from tools.ladder.tuning import anchor_pairs, place_levels

    if not 10 <= args.step <= 400:
        raise BadInputError(f"--step {args.step} is outside 10 to 400 Elo")
    plan = _round(args, "tuning.jsonl", _TUNING_SEED)
    if not args.no_games:
        from tools.ladder.rounds import play_pairs

        play_pairs(plan, anchor_pairs())
    for line in place_levels(plan.store, args.levels, args.step, args.no_games):
        print(line)
    return 0


def _report(args: argparse.Namespace) -> int:
    from tools.ladder.record import gather, write_record
    from tools.ladder.report import write_report

    record = gather(args.data, args.record, args.signature)
    write_report(record, args.out)
    if args.record is not None:
        write_record(args.record, record)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(args: argparse.Namespace) -> int:
    """Do one act."""
    _check(args)
    acts = {"play": _play, "watch": _watch, "tune": _tune, "report": _report}
    return acts[args.act](args)
