"""`qiyou stop`: how long the engine takes to answer `stop`, beside what any answer takes."""

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from tools.errors import BadInputError

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "measure how soon a search answers stop"
_AIM_MS = 10.0
_BETWEEN_LOOKS = 1024
"""Made moves between two looks at `stop` (`engine/core/search_tree.cpp`)."""
_POSITIONS = (
    "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1",
    "r1bakabr1/9/1cn1c1n2/p1p1p1p1p/9/9/P1P1P1P1P/1CN1C1N2/9/R1BAKABR1 w - - 8 5",
    "2bak4/4a4/4b1n2/p3p3p/6p2/2P6/P3P1P1P/4B1N2/4A4/3AK1B2 b - - 4 30",
    "4ka3/4a4/9/9/4P4/9/2n6/4B4/4A4/3AK1B2 w - - 0 1",
)
_NODES = re.compile(r" nodes (\d+) nps (\d+) ")


class _Talk:
    """A running engine."""

    def __init__(self, program: Path, threads: int) -> None:
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._say: IO[str] = self._process.stdin  # type: ignore[assignment]
        self._hear: IO[str] = self._process.stdout  # type: ignore[assignment]
        self.tell(f"setoption name Threads value {threads}")
        self.nps: list[int] = []

    def tell(self, line: str) -> None:
        """Say one line."""
        self._say.write(line + "\n")
        self._say.flush()

    def until(self, word: str) -> float:
        """Read on to a line that begins so; milliseconds waited."""
        start = time.perf_counter()
        for line in self._hear:
            if found := _NODES.search(line):
                self.nps.append(int(found[2]))
            if line.startswith(word):
                return (time.perf_counter() - start) * 1e3
        raise BadInputError("the engine ended in the middle of the talk")

    def processor_ms(self) -> float:
        """Processor time of all threads so far; the clock of another process, see clock_getcpuclockid(3)."""
        return time.clock_gettime((~self._process.pid << 3) | 2) * 1e3

    def close(self) -> None:
        """Say goodbye."""
        self.tell("quit")
        self._process.wait(10)
        self._say.close()
        self._hear.close()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--times", type=int, default=200, help="searches to stop (default 200)")
    parser.add_argument("--threads", type=int, default=1, help="threads of the search (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="decides when each is stopped")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 when 99 of 100 answers came within 10 ms.

    On a machine with other work an answer waits for its turn: what the engine itself still worked after
    `stop` is its processor time.
    """
    if not 10 <= args.times <= 100_000:
        raise BadInputError(f"--times {args.times} is outside 10 to 100000")
    if not 1 <= args.threads <= 16:
        raise BadInputError(f"--threads {args.threads} is outside 1 to 16")
    program = Path(sys.executable).with_name("qiyou-engine")
    if not program.exists():
        raise BadInputError(f"there is no {program}; install the engine first")
    dice = random.Random(args.seed)
    talk = _Talk(program, args.threads)
    stops, echoes, worked = [], [], []
    for number in range(args.times):
        talk.tell(f"position fen {_POSITIONS[number % len(_POSITIONS)]}")
        talk.tell("go infinite")
        time.sleep(dice.uniform(0.01, 0.15))
        talk.tell("isready")
        echoes.append(talk.until("readyok"))
        before = talk.processor_ms()
        talk.tell("stop")
        stops.append(talk.until("bestmove"))
        worked.append(talk.processor_ms() - before)
    talk.close()
    between_looks = _BETWEEN_LOOKS * 1e3 / max(1.0, _at(talk.nps, 0.5))
    found = {
        "times": args.times,
        "threads": args.threads,
        "stop_ms": _figures(stops),
        "isready_ms": _figures(echoes),
        "processor_ms": _figures(worked),
        "between_looks_ms": round(between_looks, 3),
        "p50_over_between_looks": round(_at(stops, 0.5) / between_looks, 2),
        "aim_ms": _AIM_MS,
    }
    if args.json:
        print(json.dumps(found))
    else:
        for text, values in (
            ("stop to bestmove", stops),
            ("of it at work", worked),
            ("isready to readyok, searching", echoes),
        ):
            figures = ", ".join(f"{key} {value:.2f} ms" for key, value in _figures(values).items())
            print(f"{text:30} {figures}")
        ratio = found["p50_over_between_looks"]
        print(f"the search looks every {between_looks:.2f} ms; the median stop takes {ratio} times that")
    return 0 if _at(stops, 0.99) <= _AIM_MS else 1


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, int(share * len(ordered)))]) if ordered else 0.0


def _figures(ms: Sequence[float]) -> dict[str, float]:
    return {"p50": round(_at(ms, 0.5), 3), "p99": round(_at(ms, 0.99), 3), "max": round(max(ms), 3)}
