"""`qiyou look`: read pictures of a board."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import BadInputError
from vision.errors import VisionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vision.look import Looker
    from vision.new_set import AdaptedReader
    from vision.reading import Reading

SUMMARY = "read a picture of a board (or a folder of them, or a camera)"
BAD_INPUT: tuple[type[Exception], ...] = (VisionError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("photo", nargs="?", metavar="PHOTO", help="a picture, or a folder of pictures")
    parser.add_argument("--json", action="store_true", help="print the whole reading as JSON")
    parser.add_argument(
        "--corners", metavar="X,Y,X,Y,X,Y,X,Y", help="pixels of a9, i9, i0 and a0, if you know them"
    )
    parser.add_argument("--out", type=Path, metavar="PNG", help="write the picture with the reading on it")
    parser.add_argument("--free", action="store_true", help="read without the laws of the game")
    parser.add_argument(
        "--setup", action="store_true", help="say what is missing, too many or misplaced for the opening"
    )
    parser.add_argument(
        "--camera",
        nargs="?",
        const="0",
        metavar="SOURCE",
        help="read from a camera: 0, /dev/video1, pi, or files as if one had taken them (default 0)",
    )
    parser.add_argument("--set", type=Path, metavar="NPZ", help="a set of pieces kept by qiyou learn-set")
    parser.add_argument("--watch", action="store_true", help="with --camera: go on until Ctrl-C")
    parser.add_argument("--lens", type=Path, metavar="JSON", help="with --camera: undo this measured lens")


def run(args: argparse.Namespace) -> int:
    """Read what was asked for. Returns 0 if every verdict is ok, 1 if not, 2 where a picture is unusable."""
    _check_use(args)
    corners = parse_corners(args.corners) if args.corners else None
    adapted = _adapted(args.set) if args.set else None
    if args.camera is not None:
        return _camera(args, adapted, lambda: _looker(corners, adapted))
    path = Path(args.photo)
    if path.is_dir():
        return _folder(args, path, adapted, lambda: _looker(corners, adapted))
    image, load_ms = _load(path)
    reading = _look(_looker(corners, adapted), image, args, load_ms)
    _say_if_another_set(args.set, adapted)
    if args.out:
        _write_picture(args.out, image, reading)
    if args.setup:
        return _set_up(reading, as_json=args.json)
    print(json.dumps(reading.to_json()) if args.json else _in_words(reading))
    return 0 if reading.verdict == "ok" else 1


def _looker(corners: list[list[float]] | None, adapted: "AdaptedReader | None") -> "Looker":
    from vision.look import Looker

    return Looker(corners=corners, classifier=adapted)


def _adapted(known_set: Path) -> "AdaptedReader":
    from vision.classify import Classifier
    from vision.new_set import AdaptedReader, load_set

    known = load_set(known_set)
    return AdaptedReader(Classifier(), known)


def _say_if_another_set(known_set: Path | None, adapted: "AdaptedReader | None") -> None:
    if adapted is not None and adapted.another_set:
        print(
            f"The men on the board are not those of {known_set}; they were read without it. Learn it anew "
            "from a picture of its opening, or leave out --set.",
            file=sys.stderr,
        )


def _set_up(reading: "Reading", *, as_json: bool) -> int:
    """Compare with the opening position: 0 if every piece stands where it should, else 1."""
    from dataclasses import asdict

    from engine import Position
    from vision.differences import setup_differences

    found = [] if reading.corners is None else setup_differences(reading, Position.start())
    ready = reading.verdict == "ok" and not found
    if as_json:
        told = {"ready": ready, "differences": [asdict(difference) for difference in found]}
        print(json.dumps({**reading.to_json(), "setup": told}))
    elif ready:
        print("The board is set up.")
    else:
        doubt = reading.verdict + (f" ({reading.reason})" if reading.reason else "")
        print(f"The board is not set up; the picture is {doubt}.")
        for difference in found:
            print(f"- {difference.message}")
    return 0 if ready else 1


def _check_use(args: argparse.Namespace) -> None:
    if (args.photo is None) == (args.camera is None):
        raise BadInputError("name one picture or folder, or give --camera")
    if args.watch and args.camera is None:
        raise BadInputError("--watch needs --camera")
    if args.lens and args.camera is None:
        raise BadInputError("--lens needs --camera")
    if args.setup and (args.camera is not None or Path(args.photo).is_dir()):
        raise BadInputError("--setup checks one picture; name one picture file")
    if args.out and (args.camera is not None or Path(args.photo).is_dir()):
        raise BadInputError("--out draws one picture; name one picture file")
    if args.out and args.out.suffix.lower() != ".png":
        raise BadInputError(f"--out {args.out} must end in .png")


def parse_corners(text: str) -> list[list[float]]:
    """Eight comma-separated numbers → four points; what they must be is checked by the homography."""
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 8:
        raise BadInputError(f"--corners {text!r} must be eight numbers X,Y,X,Y,X,Y,X,Y for a9, i9, i0 and a0")
    return [numbers[at : at + 2] for at in range(0, 8, 2)]


def _load(path: Path) -> "tuple[NDArray[np.uint8], float]":
    from vision.files import load_picture

    start = time.perf_counter()
    image = load_picture(path)
    return image, (time.perf_counter() - start) * 1000


def _look(
    looker: "Looker", image: "NDArray[np.uint8]", args: argparse.Namespace, load_ms: float
) -> "Reading":
    """Read one picture; a set-up as a game would, since people are asked to put right what is told."""
    from dataclasses import replace

    from vision.reading import Frame

    reading = looker.look(Frame(image, 0, str(args.photo)), free=args.free, asked=not args.setup)
    return replace(reading, ms={"load": load_ms, **reading.ms})


def _folder(
    args: argparse.Namespace,
    folder: Path,
    adapted: "AdaptedReader | None",
    make_looker: "Callable[[], Looker]",
) -> int:
    """One JSON line a picture, by name; an unusable one gets its sentence on stderr and the rest goes on."""
    from vision.files import pictures_in

    code = 0
    paths = pictures_in(folder)
    looker = make_looker()
    for path in paths:
        try:
            image, load_ms = _load(path)
            reading = _look(looker, image, args, load_ms)
        except VisionError as error:
            print(f"qiyou look: {error}", file=sys.stderr)
            code = 2
            continue
        print(json.dumps({"file": path.name, **reading.to_json()}), flush=True)
        _say_if_another_set(args.set, adapted)
        if reading.verdict != "ok":
            code = max(code, 1)
    return code


def _camera(
    args: argparse.Namespace, adapted: "AdaptedReader | None", make_looker: "Callable[[], Looker]"
) -> int:
    """One look through a camera, or a stream of JSON lines with --watch; `camera` says what ails it."""
    from dataclasses import asdict

    from vision.camera import open_camera
    from vision.camera_health import CameraHealth
    from vision.lens import StraightCamera, load_lens
    from vision.observer import Observer
    from vision.reading import Frame

    camera = open_camera(args.camera)
    if args.lens:
        camera = StraightCamera(camera, load_lens(args.lens))
    health, code = CameraHealth(), 0
    still = args.watch and not args.corners and not args.free
    watch = Observer(classifier=adapted) if still else make_looker()
    try:
        while (image := camera.take()) is not None:
            start = time.perf_counter()
            frame = Frame(image, time.monotonic_ns() // 1000, camera.name)
            fault = health.judge(image)
            if isinstance(watch, Observer):
                reading = watch.look(frame)
            else:
                reading = watch.look(frame, free=args.free, asked=not args.watch)
            told = {**reading.to_json(), "camera": None if fault is None else asdict(fault)}
            print(json.dumps(told) if args.json or args.watch else _in_words(reading), flush=True)
            if not args.watch:
                _say_if_another_set(args.set, adapted)
            if fault is not None and not args.watch:
                print(fault.message, file=sys.stderr)
            print(f"{(time.perf_counter() - start) * 1000:.0f} ms", file=sys.stderr)
            code = 0 if reading.verdict == "ok" and fault is None else 1
            if not args.watch:
                break
    finally:
        camera.close()
    return code


def _write_picture(path: Path, image: "NDArray[np.uint8]", reading: "Reading") -> None:
    import cv2

    from vision.annotate import annotate

    _, png = cv2.imencode(".png", annotate(image, reading))
    path.write_bytes(png.tobytes())


def _in_words(reading: "Reading") -> str:
    """Verdict, the board as red sees it, and what is doubtful."""
    lines = [reading.verdict + (f" ({reading.reason})" if reading.reason else "")]
    if reading.corners is None:
        return lines[0]
    for row in range(10):
        lines.append(f"{9 - row}  " + " ".join(reading.labels[row * 9 : row * 9 + 9]))
    lines.append("   " + " ".join("abcdefghi"))
    if reading.fen:
        lines.append(reading.fen)
    doubtful = [f"{p.square} {p.label} {p.confidence:.2f}" for p in reading.points if p.confidence < 0.9]
    if doubtful:
        lines.append("least sure: " + ", ".join(doubtful))
    return "\n".join(lines)
