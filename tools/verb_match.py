"""`qiyou match`: two configurations of the engine against each other, without starting a program."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from engine import EngineError, Net, Position
from tools.errors import BadInputError
from tools.farm import farm
from tools.match_log import MatchLog
from tools.match_work import Entrant, MatchUnit, contestant_of, play_match_pair
from tools.search_settings import read_tuning
from tools.sprt import Sprt, score_of_pairs
from tools.text_files import text_of

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "play two configurations of the engine against each other and test which is stronger"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)

_MOST_PAIRS = 1_000_000  # openings of one seed
_REPORT_EVERY = 25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    what = "such as net=PATH (or net=rules),nodes=4000,null_move=0"
    parser.add_argument("--a", default="", metavar="SPEC", help=f"the first contestant: {what}")
    parser.add_argument("--b", default="", metavar="SPEC", help="the second contestant, likewise")
    parser.add_argument("--games", type=int, default=3000, help="most games to play (default 3000)")
    parser.add_argument("--nodes", type=int, default=0, help="made moves of each search; repeatable")
    parser.add_argument("--ms", type=int, default=0, help="milliseconds of each search instead")
    parser.add_argument("--hash", type=int, default=4, help="MB of transposition table each (default 4)")
    parser.add_argument("--seed", type=int, default=1, help="decides the random openings (default 1)")
    parser.add_argument("--openings", type=Path, help="file of FENs, one a line, not random ones")
    parser.add_argument("--sprt", nargs=2, type=float, metavar=("ELO0", "ELO1"), help="stop when decided")
    parser.add_argument("--threads", type=int, default=1, help="pairs played at once (default 1)")
    parser.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="play on a running Dask scheduler's workers instead"
    )
    parser.add_argument("--out", type=Path, help="log of JSON lines; a log that is there is gone on with")


def _entrant(spec: str, args: argparse.Namespace) -> tuple[Entrant, dict[str, object]]:
    """One side and what the log says about it."""
    net: str | None = None
    nodes, movetime = args.nodes, args.ms
    tuning: dict[str, int] = {}
    for item in filter(None, spec.split(",")):
        name, _, value = item.partition("=")
        if name == "net":
            net = value
            continue
        setting = read_tuning([item])
        if name == "nodes":
            nodes, movetime = setting[name], 0
        elif name == "ms":
            nodes, movetime = 0, setting[name]
        else:
            tuning.update(setting)
    if not nodes and not movetime:
        nodes = 2000
    judge = "rules"
    if net != "rules":
        judge = (Net.builtin() if net is None else Net.load(Path(net))).sha256
    entrant = Entrant(net, judge, tuple(tuning.items()), nodes, movetime, args.hash)
    contestant_of(entrant)  # what is wrong with it is said before a log is begun
    return entrant, {"net": judge, "nodes": nodes, "ms": movetime, "tuning": tuning}


def _openings(args: argparse.Namespace) -> Callable[[int], str | int]:
    if args.openings is None:
        return lambda pair: int(args.seed * _MOST_PAIRS + pair)
    lines = text_of(args.openings).splitlines()
    texts = [line.split(";")[0] for line in lines if line.strip() and not line.startswith("#")]
    if not texts:
        raise BadInputError(f"{args.openings}: has no position; one FEN a line would be right")
    fens = [Position.from_fen(text).fen() for text in texts]
    return lambda pair: fens[pair % len(fens)]


def _farmed(units: list[MatchUnit], scheduler: str) -> Iterator[dict[str, object]]:
    """Rows in the order of pairs, whichever worker is done first."""
    early: dict[int, dict[str, object]] = {}
    due = iter(units)
    with farm(scheduler) as play_out:
        wanted = next(due, None)
        for unit, row in play_out(play_match_pair, units):
            early[unit.pair] = row
            while wanted is not None and wanted.pair in early:
                yield early.pop(wanted.pair)
                wanted = next(due, None)


def _in_order(units: list[MatchUnit], threads: int) -> Iterator[dict[str, object]]:
    """Rows in the order of pairs whatever the threads, and no pair begun after the last one wanted."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Future[dict[str, object]]] = []
        for unit in units:
            waiting.append(pool.submit(play_match_pair, unit))
            if len(waiting) >= threads:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _summary(log: MatchLog, sprt: Sprt | None) -> str:
    found = score_of_pairs(log.scores)
    points: Counter[float] = Counter()
    for row in log.rows:
        values = row["points"]
        points.update(values if isinstance(values, list) else [])
    elo, low, high = found.elo
    text = (
        f"{2 * found.pairs} games +{points[1.0]} ={points[0.5]} -{points[0.0]} score {found.score:.3f} "
        f"+- {found.error:.3f} Elo {elo:+.0f} [{low:+.0f}, {high:+.0f}]"
    )
    if sprt is not None:
        ratio = sprt.log_likelihood_ratio(log.scores)
        text += f" SPRT({sprt.elo0:g}, {sprt.elo1:g}) {ratio:+.2f} {sprt.state(log.scores)}"
    return text


def run(args: argparse.Namespace) -> int:
    """Play until the test decides or the games are played; 1 when the test was asked for and not accepted."""
    for name, highest in (("games", 2 * _MOST_PAIRS), ("threads", 64), ("hash", 4096)):
        if not 1 <= getattr(args, name) <= highest:
            raise BadInputError(f"--{name} is {getattr(args, name)}; 1 to {highest} would be right")
    for name, highest in (("seed", 2**31 - 1), ("nodes", 2**40), ("ms", 10**6)):
        if not 0 <= getattr(args, name) <= highest:
            raise BadInputError(f"--{name} is {getattr(args, name)}; 0 to {highest} would be right")
    sprt = None
    if args.sprt is not None:
        if not args.sprt[0] < args.sprt[1]:
            raise BadInputError("--sprt needs a lower and a higher Elo difference, such as 0 8")
        sprt = Sprt(*args.sprt)
    first, said_first = _entrant(args.a, args)
    second, said_second = _entrant(args.b, args)
    opening_of = _openings(args)
    header = {
        "a": said_first,
        "b": said_second,
        "hash": args.hash,
        "seed": args.seed,
        "openings": None if args.openings is None else args.openings.name,
    }

    with MatchLog(header, args.out) as log:
        pairs = (args.games + 1) // 2
        decided = sprt is not None and sprt.state(log.scores) != "undecided"
        units = [MatchUnit(pair, opening_of(pair), first, second) for pair in range(len(log.rows), pairs)]
        if units and not decided:
            played = (
                _in_order(units, args.threads) if args.scheduler is None else _farmed(units, args.scheduler)
            )
            for row in played:
                log.add(row)
                if len(log.rows) % _REPORT_EVERY == 0:
                    print(_summary(log, sprt), file=sys.stderr, flush=True)
                if sprt is not None and sprt.state(log.scores) != "undecided":
                    break
        print(_summary(log, sprt))
        return 0 if sprt is None or sprt.state(log.scores) == "accepted" else 1
