"""`qiyou learn-set`: learn an unknown set of pieces from one picture of the opening position."""

import argparse
import json
import time
from pathlib import Path

from vision.errors import VisionError

SUMMARY = "learn an unknown set of pieces from one picture of the opening"
BAD_INPUT: tuple[type[Exception], ...] = (VisionError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="a picture of the board set up for a game")
    parser.add_argument("--corners", metavar="X,Y,X,Y,X,Y,X,Y", help="pixels of a9, i9, i0 and a0, if known")
    parser.add_argument("--out", type=Path, required=True, metavar="NPZ", help="where the set is kept")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Learn and keep the set; 0 done, 2 where the picture does not show the opening."""
    from tools.verb_look import parse_corners
    from vision.classify import Classifier
    from vision.errors import NewSetError
    from vision.files import load_picture
    from vision.geometry import homography_from_corners
    from vision.look import Looker
    from vision.new_set import learn_set, save_set
    from vision.reading import Frame

    image = load_picture(args.photo)
    reader = Classifier()
    corners = parse_corners(args.corners) if args.corners else None
    if corners is None:
        found = Looker(classifier=reader).look(Frame(image, 0, str(args.photo))).corners
        if found is None:
            raise NewSetError(f"no board is found in {args.photo}; give its --corners")
        corners = [[x, y] for x, y in found]
    start = time.perf_counter()
    known = learn_set(image, homography_from_corners(corners), reader)
    save_set(known, args.out)
    seconds = time.perf_counter() - start
    if args.json:
        told = {"out": str(args.out), "pieces": len(known.labels), "seconds": seconds, "corners": corners}
        print(json.dumps(told))
    else:
        print(f"The set of {len(known.labels)} pieces is kept in {args.out} ({seconds:.1f} s).")
    return 0
