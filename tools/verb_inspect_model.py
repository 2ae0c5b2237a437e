"""`qiyou inspect-model`: the reader, and what stands behind it, under attack."""

import argparse
import json
import sys
from pathlib import Path

from tools.errors import BadInputError
from vision.errors import VisionError

SUMMARY = "inspect the models under attack and on pictures of other things"
BAD_INPUT: tuple[type[Exception], ...] = (VisionError,)

_CARD = Path(__file__).resolve().parents[1] / "vision" / "models" / "inspection.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--card", type=Path, default=_CARD, metavar="FILE", help="the score card")
    parser.add_argument("--check", action="store_true", help="only read the card: may these models go out?")
    parser.add_argument("--rounds", type=int, default=8, metavar="N", help="thoroughness (default 8)")
    parser.add_argument("--section", action="append", metavar="NAME", help="only this section (repeatable)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Inspect and write the card, section by section; 0 if every line holds, else 1.

    Sections that the card already has for these models are not measured again, unless they are named.
    """
    from vision.model_files import listed_hashes

    models = listed_hashes()
    if not 1 <= args.rounds <= 200:
        raise BadInputError(f"--rounds {args.rounds} is outside 1 to 200; 8 is a full card")
    return _check(args, models) if args.check else _inspect(args, models)


def _check(args: argparse.Namespace, models: dict[str, str]) -> int:
    from tools.inspect_model.card import load_card
    from tools.inspect_model.pass_lines import faults_of

    measured, lines = load_card(args.card)
    faults = faults_of(lines)
    if measured != models:
        faults.insert(0, "the card was made for other models; inspect these")
    if args.json:
        print(json.dumps({"holds": not faults, "faults": faults, "models": models}))
    else:
        print("\n".join(faults) if faults else "The card is about these models, and every line holds.")
    return 1 if faults else 0


def _inspect(args: argparse.Namespace, models: dict[str, str]) -> int:
    from dataclasses import asdict

    from tools.inspect_model.card import Line, load_card, save_card
    from tools.inspect_model.pass_lines import SECTION_NAMES

    unknown = set(args.section or ()) - set(SECTION_NAMES)
    if unknown:
        known = ", ".join(SECTION_NAMES)
        raise BadInputError(f"there is no section {min(unknown)!r}; the sections are {known}")
    try:
        from tools.inspect_model.sections import SECTIONS, subject_of
    except ImportError as error:
        message = f"{error}; inspecting needs the train extra: pip install -e '.[train]'"
        raise BadInputError(message) from error
    from vision.classify import Classifier
    from vision.locate import Locator

    lines: list[Line] = []
    if args.card.exists():
        measured, old = load_card(args.card)
        lines = old if measured == models else []
    subject = subject_of(Locator(), Classifier(), args.rounds)
    for name, section in SECTIONS.items():
        if args.section and name not in args.section:
            continue
        if not args.section and any(line.section == name for line in lines):
            continue
        print(f"{name} ...", file=sys.stderr, flush=True)
        lines = [line for line in lines if line.section != name] + section(subject)
        save_card(args.card, models, lines)
    holds = all(line.holds for line in lines)
    if args.json:
        told = [{**asdict(line), "holds": line.holds} for line in lines]
        print(json.dumps({"holds": holds, "models": models, "lines": told}))
        return 0 if holds else 1
    for line in lines:
        sign = "" if line.bound is None else f"{'<=' if line.kind == 'at_most' else '>='} {line.bound:.4g}"
        verdict = "" if line.bound is None else ("holds" if line.holds else "DOES NOT HOLD")
        print(f"{line.section:<19}{line.name:<40}{line.value:>8.4g} of {line.count:<6}{sign:<9}{verdict}")
    return 0 if holds else 1
