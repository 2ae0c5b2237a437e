"""`qiyou judge-vision`: the vision models on drawn pictures in fonts and faces that training never saw."""

import argparse
from pathlib import Path

from vision.errors import VisionError

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "judges the vision models on held-out drawn pictures and fills in the model card"
BAD_INPUT: tuple[type[Exception], ...] = (VisionError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's arguments."""
    parser.add_argument("--models", type=Path, help="folder of other models than the program's own")
    parser.add_argument("--seed", type=int, default=5, help="seed of the pictures (default 5)")
    parser.add_argument("--boards", type=int, default=60, help="how many pictures of each sort (default 60)")
    parser.add_argument("--fonts", type=Path, action="append", default=[], help="a further folder of fonts")
    parser.add_argument("--pieces", type=Path, help="a folder of photographed faces (index.json and sheets)")
    parser.add_argument("--card", type=Path, help="a model card whose figures are replaced")


def run(args: argparse.Namespace) -> int:
    """Run the verb; 0 done, 2 bad input."""
    from tools.errors import BadInputError
    from tools.train_vision.calibrate import read_held_out
    from tools.train_vision.card import figures, with_figures
    from tools.train_vision.fonts import families
    from tools.train_vision.judge import judge
    from tools.train_vision.photographed import load_photographs
    from vision.classify import Classifier
    from vision.confidence import TABLE, load_calibration
    from vision.locate import Locator
    from vision.model_files import MODELS

    if args.boards < 1 or args.seed < 0:
        raise BadInputError("--boards must be 1 or more and --seed 0 or more")
    try:
        card = args.card.read_text(encoding="utf-8") if args.card else None
    except OSError as error:
        raise BadInputError(f"the card {args.card} cannot be read ({error.strerror})") from error
    folder = args.models or MODELS
    faces = families(tuple(args.fonts))
    aside = load_photographs(args.pieces, held_out=True) if args.pieces else None
    classifier = Classifier(folder / "pieces.onnx")
    judgement = judge(Locator(folder / "locator.onnx"), classifier, faces, args.seed, args.boards)
    readings = read_held_out(classifier, faces, aside, args.seed + 1, args.boards)
    command = f"qiyou judge-vision --seed {args.seed} --boards {args.boards}"
    text = figures(folder, judgement, readings, load_calibration(folder / TABLE), command)
    if card is None:
        print(text)
    else:
        args.card.write_text(with_figures(card, text), encoding="utf-8")
    return 0
