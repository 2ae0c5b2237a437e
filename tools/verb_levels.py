"""`qiyou levels`: the 26 levels of play."""

import argparse
import json
from dataclasses import asdict

SUMMARY = "show the 26 levels of play"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _unseen(rule: dict[str, int]) -> str:
    shares = [rule[f"unseen_{kind}"] / 10 for kind in ("captures", "quiet", "far", "backward")]
    return "-" if not any(shares) else "{:.0f} {:.0f} +{:.0f} +{:.0f}".format(*shares)


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    from engine.levels import load_levels

    rules = [asdict(rule) for rule in load_levels()]
    if args.json:
        print(json.dumps({"levels": rules}))
        return 0
    print("level     nodes  plies  weighs  halved by  overlooks, % (captures, quiet, +far, +backward)")
    for rule in rules:
        horizon = rule["horizon"] or "any"
        choice = "  best          -"
        if rule["temperature"]:
            choice = f"{rule['lines']:6}  {rule['temperature']:6} cp"
        print(f"{rule['number']:5}  {rule['nodes']:8,}  {horizon:>5}  {choice}  {_unseen(rule)}")
    return 0
