"""`qiyou judge-vision`: the vision models on drawn pictures in fonts and faces that training never saw."""

import argparse
from pathlib import Path

from vision.errors import VisionError

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "judges the vision models on held-out drawn pictures and fills in the model card"
BAD_INPUT: tuple[type[Exception], ...] = (VisionError,)

_ANOTHER = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's arguments."""
    parser.add_argument("--models", type=Path, help="folder of other models than the program's own")
    parser.add_argument("--seed", type=int, default=5, help="seed of the pictures (default 5)")
    parser.add_argument("--boards", type=int, default=60, help="how many pictures of each sort (default 60)")
    parser.add_argument("--fonts", type=Path, action="append", default=[], help="a further folder of fonts")
    parser.add_argument("--pieces", type=Path, help="a folder of photographed faces (index.json and sheets)")
    parser.add_argument("--card", type=Path, help="a model card whose figures are replaced")
    parser.add_argument(
        "--calibrate",
        type=int,
        metavar="BOARDS",
        help="first measure the confidence table of the models anew, on so many boards of another seed",
    )


def run(args: argparse.Namespace) -> int:
    """Run the verb; 0 done, 2 bad input."""
    from tools.errors import BadInputError
    from tools.text_files import text_of
    from tools.train_vision.calibrate import read_held_out, write_calibration
    from tools.train_vision.card import figures, with_figures
    from tools.train_vision.fonts import families
    from tools.train_vision.judge import judge
    from tools.train_vision.photographed import load_photographs
    from vision.classify import Classifier
    from vision.confidence import TABLE, load_calibration
    from vision.locate import Locator
    from vision.model_files import MODELS

    if args.boards < 1 or args.seed < 0 or (args.calibrate is not None and args.calibrate < 1):
        raise BadInputError("--boards and --calibrate must be 1 or more and --seed 0 or more")
    try:
        card = text_of(args.card) if args.card else None
    except OSError as error:
        raise BadInputError(f"the card {args.card} cannot be read ({error.strerror})") from error
    folder = args.models or MODELS
    faces = families(tuple(args.fonts))
    aside = load_photographs(args.pieces, held_out=True) if args.pieces else None
    classifier = Classifier(folder / "pieces.onnx")
    if args.calibrate:
        # Far from the seeds that are judged below: no board may measure and be measured.
        measured = read_held_out(classifier, faces, aside, args.seed + _ANOTHER, args.calibrate)
        write_calibration(folder / TABLE, measured)
    judgement = judge(Locator(folder / "locator.onnx"), classifier, faces, args.seed, args.boards)
    readings = read_held_out(classifier, faces, aside, args.seed + 1, args.boards)
    command = f"qiyou judge-vision --seed {args.seed} --boards {args.boards}"
    command += " --fonts DIR" * bool(args.fonts) + " --pieces DIR" * bool(args.pieces)
    if args.calibrate:
        command += f" --calibrate {args.calibrate}"
    text = figures(folder, judgement, readings, load_calibration(folder / TABLE), command)
    if card is None:
        print(text)
    else:
        args.card.write_text(with_figures(card, text), encoding="utf-8")
    return 0
