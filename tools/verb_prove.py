"""`qiyou prove`: what endings of few men are in theory, worked out and not looked up."""

import argparse
import json

from engine import EngineError, Position
from engine.theory import MOST_STATES, EndingTheory
from tools.errors import BadInputError

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "prove the theoretical value of an ending of few men"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("fen", nargs="*", help="positions; without any, the named endings, small ones first")
    parser.add_argument(
        "--states", type=int, default=20_000_000, help="most positions of one ending (default 20000000)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 when every named ending that was small enough is what `endings.toml` says, and every FEN was."""
    if not 1 <= args.states <= MOST_STATES:
        raise BadInputError(f"--states {args.states} is outside 1 to {MOST_STATES}")
    from tools.endings import load_endings

    wanted: list[tuple[str, str, str | None]] = [(fen, fen, None) for fen in args.fen]
    if not wanted:
        wanted = [(ending.name, ending.fen, ending.result) for ending in load_endings()]
    theory = EndingTheory(args.states)
    rows: list[dict[str, object]] = []
    wrong = 0
    for name, fen, said in sorted(wanted, key=lambda row: sum(letter.isalpha() for letter in row[1])):
        position = Position.from_fen(fen)
        try:
            proof = theory.prove(position)
        except EngineError as error:
            rows.append({"name": name, "proven": None, "why": str(error)})
            wrong += said is None
        else:
            found = "draw" if proof.winner is None else "win" if proof.winner == position.side else "loss"
            differs = said is not None and found != said
            wrong += differs
            rows.append({"name": name, "proven": found, "plies": proof.plies, "said": said})
        if not args.json:
            print(_line(rows[-1]), flush=True)
    if args.json:
        print(json.dumps({"states": theory.states, "wrong": wrong, "endings": rows}))
    else:
        print(f"{theory.states} positions worked out; {wrong} are not what was said" if wrong else "all hold")
    return 1 if wrong else 0


def _line(row: dict[str, object]) -> str:
    if row["proven"] is None:
        return f"?            {row['name']}: {row['why']}"
    mark = "!" if row["said"] not in {None, row["proven"]} else " "
    plies = f"in {row['plies']}" if row["plies"] else ""
    return f"{mark} {row['proven']:4} {plies:6} {row['name']}"
