"""Render the piece glyphs of the twin from a font, once: the pictures are committed, the font is not."""

import argparse
from pathlib import Path

from tools.errors import BadInputError

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "render the twin's piece glyphs from a font file (developers)"
BAD_INPUT: tuple[type[Exception], ...] = ()

_CHARACTERS = {
    "traditional": {"red": "帥仕相傌俥炮兵", "black": "將士象馬車砲卒"},
    "simplified": {"red": "帅仕相马车炮兵", "black": "将士象马车炮卒"},
}
_KINDS = "kabnrcp"
_RIVER = "楚河漢界"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command line."""
    parser.add_argument("font", type=Path, help="an openly licensed font (.ttf, .otf, .ttc)")
    parser.add_argument("--index", type=int, default=0, help="face of a .ttc collection (0)")
    parser.add_argument("--characters", choices=sorted(_CHARACTERS), default="traditional")
    parser.add_argument("--size", type=int, default=128, help="edge of a picture, pixels (128)")
    parser.add_argument("--out", type=Path, required=True, help="folder for red_k.png ... river_4.png")


def run(args: argparse.Namespace) -> int:
    """Write 18 pictures, ink as white on black (8-bit grey): the twin adds the colours."""
    from PIL import Image, ImageDraw, ImageFont

    if not 32 <= args.size <= 1024:
        raise BadInputError(f"--size {args.size}: an edge of 32 to 1024 pixels would be right")
    try:
        font = ImageFont.truetype(str(args.font), size=args.size, index=args.index)
    except OSError as error:
        message = f"{args.font}: this is not a font that can be read; a .ttf, .otf or .ttc would be right"
        raise BadInputError(message) from error
    args.out.mkdir(parents=True, exist_ok=True)
    wanted = {f"river_{number}": character for number, character in enumerate(_RIVER, start=1)}
    for side, characters in _CHARACTERS[args.characters].items():
        wanted |= {f"{side}_{kind}": character for kind, character in zip(_KINDS, characters, strict=True)}
    for name, character in wanted.items():
        left, top, right, bottom = font.getbbox(character)
        picture = Image.new("L", (args.size, args.size), 0)
        # Centre the ink, not the advance box: pieces are engraved by eye.
        corner = ((args.size - left - right) / 2, (args.size - top - bottom) / 2)
        ImageDraw.Draw(picture).text(corner, character, fill=255, font=font)
        picture.save(args.out / f"{name}.png", optimize=True)
    print(f"{len(wanted)} glyphs in {args.out}")
    return 0
