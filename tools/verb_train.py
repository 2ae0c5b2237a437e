"""`qiyou train`: trains the learned parts again from nothing."""

import argparse
import json
import sys
from pathlib import Path

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "trains the vision models on synthetic pictures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's arguments."""
    parser.add_argument("subject", choices=["vision"], help="what to train")
    parser.add_argument("--seed", type=int, default=1, help="seed of pictures and weights (default 1)")
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures, models and figures")
    parser.add_argument("--fonts", type=Path, action="append", default=[], help="a further folder of fonts")
    parser.add_argument("--pieces", type=Path, help="a folder of photographed faces (index.json and sheets)")
    parser.add_argument("--start", type=Path, help="the folder of an earlier run or of models, to go on from")
    parser.add_argument("--threads", type=int, default=2, help="threads for training (default 2)")
    parser.add_argument("--tiny", action="store_true", help="a run of seconds that only shows that it works")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the verb; 0 done, 2 bad input."""
    from tools.errors import BadInputError

    try:
        import torch
    except ImportError as error:
        raise BadInputError("training needs torch: pip install 'qiyou[train]'") from error
    import cv2

    from tools.train_vision.run import FULL, TINY, train

    if args.seed < 0 or args.threads < 1:
        raise BadInputError("the seed must be 0 or more and the threads 1 or more")
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    figures = train(
        args.out,
        args.seed,
        TINY if args.tiny else FULL,
        lambda line: print(line, file=sys.stderr, flush=True),
        fonts=tuple(args.fonts),
        photographs=args.pieces,
        start=args.start,
    )
    if args.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:<24} {value:.4g}")
    return 0
