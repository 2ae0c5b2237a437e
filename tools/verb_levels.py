"""`qiyou levels`: the 26 levels of play and what has been measured of their strength."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import cast

SUMMARY = "show the 26 levels of play with their measured strength"

RECORD = Path(__file__).parent / "ladder" / "record"
"""Written by `qiyou ladder report --record`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _measured() -> list[dict[str, float | int | None]]:
    """What was measured of each level with this engine and the level's rule as it is."""
    from tools.ladder.match import engine_signature
    from tools.ladder.record import Record, kept_tallies
    from tools.ladder.report import measured

    now = engine_signature()
    return measured(Record(now, tuple(tally for tally in kept_tallies(RECORD) if tally.signature == now), ()))


def _unseen(rule: dict[str, int]) -> str:
    shares = [rule[f"unseen_{kind}"] / 10 for kind in ("captures", "quiet", "far", "backward")]
    return "-" if not any(shares) else "{:.0f} {:.0f} +{:.0f} +{:.0f}".format(*shares)


def _strength(measured: dict[str, float | int | None]) -> str:
    if measured["elo"] is None:
        return "not measured"
    elo = f"{measured['elo']:5} ± {measured['elo_bound']}"
    if measured["below"] is None:
        return elo
    below, bound = 100 * cast(float, measured["below"]), 100 * cast(float, measured["below_bound"])
    return f"{elo:12} {below:4.0f} ± {bound:.0f} % of {measured['games']}"


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    from engine.levels import load_levels

    rules = [asdict(rule) for rule in load_levels()]
    measured = _measured()
    if args.json:
        levels = [{**rule, "measured": found} for rule, found in zip(rules, measured, strict=True)]
        print(json.dumps({"levels": levels}))
        return 0
    print("                             almost     overlooks, %                 Elo above    against the")
    print("level      nodes  plies  the best  (captures quiet +far +backward)  level 1      level below")
    for rule, found in zip(rules, measured, strict=True):
        horizon = rule["horizon"] or "any"
        choice = f"{rule['temperature']} cp" if rule["temperature"] else "-"
        row = f"{rule['number']:5}  {rule['nodes']:9,}  {horizon:>5}  {choice:>8}  {_unseen(rule):31}"
        print(f"{row}  {_strength(found)}")
    print("Elo between these levels; no human rating has been measured. docs/levels.md says how.")
    return 0
