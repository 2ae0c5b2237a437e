"""`qiyou score-photos`: how the vision models do on labelled photographs."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from vision.errors import VisionError

if TYPE_CHECKING:
    from tools.photo_scores import LabelledPhoto
    from vision.classify import Classifier

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "scores the vision models on a folder of labelled photographs"
BAD_INPUT: tuple[type[Exception], ...] = (VisionError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's arguments."""
    parser.add_argument("--photos", type=Path, required=True, help="folder with pictures and labels.json")
    parser.add_argument("--models", type=Path, help="folder of other models than the program's own")
    parser.add_argument("--log", type=Path, help="a Markdown table to which one line is added")
    parser.add_argument("--date", help="date for the log line, YYYY-MM-DD; needed with --log")
    parser.add_argument(
        "--learn",
        action="store_true",
        help="instead learn each source's set from one picture; score its others before and after",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the verb; 0 done, 2 bad input."""
    from dataclasses import asdict

    from tools.errors import BadInputError
    from tools.photo_scores import labelled_photos, score_photo, summary
    from vision.classify import Classifier
    from vision.locate import Locator

    if args.learn and args.log:
        raise BadInputError("--learn writes no log; leave out one of --learn and --log")
    if args.log and not args.date:
        raise BadInputError("--log needs --date YYYY-MM-DD")
    photos = labelled_photos(args.photos)
    locator = Locator(args.models and args.models / "locator.onnx")
    classifier = Classifier(args.models and args.models / "pieces.onnx")
    if args.learn:
        return _learn(photos, classifier, as_json=args.json)
    scores = [score_photo(photo, locator, classifier) for photo in photos]
    figures = summary(scores)
    hashes = {
        "locator": locator.sha256[:12],
        "pieces": "+".join(part[:12] for part in classifier.sha256.split("+")),
    }
    if args.log:
        with args.log.open("a", encoding="utf-8") as log:
            log.write(_log_line(args.date, hashes, figures))
    if args.json:
        rows = [asdict(score) | {"found": score.found} for score in scores]
        print(json.dumps({"models": hashes, "summary": figures, "photos": rows}))
        return 0
    for score in scores:
        corner = "no board" if score.corner_cells is None else f"{score.corner_cells:.3f} cells off"
        print(
            f"{score.file:<10} {score.tier}  of {score.points}: raw {score.raw}, decoded {score.decoded}, "
            f"? {score.open}, wrong {score.wrong}, sure {score.sure}, sure and wrong {score.sure_wrong}, "
            f"unaided {score.unaided}; {corner}; {score.verdict}"
        )
    print(_log_line("summary", hashes, figures), end="")
    return 0


def _learn(photos: list["LabelledPhoto"], classifier: "Classifier", *, as_json: bool) -> int:
    from dataclasses import asdict

    from tools.errors import BadInputError
    from tools.photo_learning import learned_scores

    scores = list(learned_scores(photos, classifier))
    if not scores:
        raise BadInputError("no source has two photographs of which one shows a set to learn from")
    if as_json:
        print(json.dumps({"photos": [asdict(score) for score in scores]}))
        return 0
    for score in scores:
        (right, then_right), (unknown, then_unknown) = score.right, score.open
        print(
            f"{score.file:<10} of {score.points}: right {right}, learned {then_right}; ? {unknown}, learned "
            f"{then_unknown}; learned from {score.teacher}"
        )
    return 0


def _log_line(date: str, hashes: dict[str, str], figures: dict[str, float]) -> str:
    names = ["raw_tier_a", "decoded_tier_a", "decoded_all", "unaided_all", "wrong_all", "open_all"]
    names += ["sure_all", "sure_wrong_all", "decoded_by_source"]
    rates = " | ".join(f"{100 * figures[name]:.1f} %" for name in names)
    pairs = (("found", "photos"), ("perfect", "full"), ("ok_wrong", "ok"))
    counts = [(figures[some], figures[of]) for some, of in pairs]
    shares = " | ".join(f"{some:.0f}/{of:.0f}" for some, of in counts)
    by_source = " | ".join(f"{100 * figures[name]:.1f} %" for name in ("wrong_by_source", "open_by_source"))
    return f"| {date} | {hashes['locator']} | {hashes['pieces']} | {rates} | {shares} | {by_source} |\n"
