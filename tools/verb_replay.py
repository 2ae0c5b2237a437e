"""`qiyou replay`: a recorded game decided once more, to see that it comes out the same bit for bit."""

import argparse
import json
from pathlib import Path

from host.game.errors import JournalError

SUMMARY = "repeat the robot's decisions of a recorded game bit for bit"
BAD_INPUT: tuple[type[Exception], ...] = (JournalError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("record", type=Path, metavar="RECORD", help="a game's folder, or its journal.jsonl")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 when every decision came out as recorded, 1 when not."""
    from host.game.decisions import read_record, repeat
    from host.game.player import engine_version

    record = read_record(args.record)
    repeated = repeat(record)
    others = [again for again in repeated if again.differs]
    if args.json:
        plies = [
            {"ply": r.ply, "move": r.move.uci(), "again": r.again.uci(), "differs": list(r.differs)}
            for r in repeated
        ]
        print(json.dumps({"same": not others, "engine": engine_version(), "decisions": plies}))
    else:
        for again in others:
            print(f"ply {again.ply}: {again.move} then, {again.again} now; {', '.join(again.differs)} differ")
        print(f"{len(repeated) - len(others)} of {len(repeated)} decisions came out the same, bit for bit")
        versions = sorted({str(d.think.get("engine")) for d in record.decisions if d.think})
        if others:
            print(f"recorded with {', '.join(versions)}; this is {engine_version()}")
    return 1 if others else 0
