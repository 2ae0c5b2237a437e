"""Chinese fonts of this machine, grouped by family, and glyphs drawn from them."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tools.errors import BadInputError

__all__ = ["HELD_OUT", "KIND_GLYPHS", "Face", "families", "glyph", "has_glyph"]

#: Where distributions put fonts.
_SYSTEM = Path("/usr/share/fonts")

#: Families kept out of training, so that a whole hand-writing is new when a net is judged.
HELD_OUT = frozenset({"TW-Kai", "zcool-xiaowei"})

#: (file name prefix, family, index inside a collection, how often it is drawn). Kai styles are what
#: most real sets are cut in.
_KNOWN = (
    ("ukai.ttc", "ukai", 0, 4.0),
    ("LXGWWenKai-Bold", "wenkai-bold", 0, 4.0),
    ("LXGWWenKai-Regular", "wenkai", 0, 2.0),
    ("TW-Kai", "TW-Kai", 0, 4.0),
    ("TW-Sung", "TW-Sung", 0, 1.0),
    ("uming.ttc", "uming", 0, 1.0),
    ("HanaMinA", "hanazono", 0, 1.0),
    ("NotoSerifCJK-Bold", "noto-serif-bold", 2, 2.0),
    ("NotoSerifCJK-Regular", "noto-serif", 3, 1.0),
    ("NotoSansCJK-Bold", "noto-sans-bold", 2, 1.5),
    ("NotoSansCJK-Regular", "noto-sans", 3, 1.0),
    ("wqy-microhei", "microhei", 0, 0.7),
    ("wqy-zenhei", "zenhei", 0, 0.7),
    ("ma-shan-zheng-chinese-simplified-400-normal.woff", "ma-shan-zheng", 0, 4.0),
    ("zhi-mang-xing-chinese-simplified-400-normal.woff", "zhi-mang-xing", 0, 2.0),
    ("liu-jian-mao-cao-chinese-simplified-400-normal.woff", "liu-jian-mao-cao", 0, 1.5),
    ("long-cang-chinese-simplified-400-normal.woff", "long-cang", 0, 1.5),
    ("zcool-xiaowei-chinese-simplified-400-normal.woff", "zcool-xiaowei", 0, 1.0),
    ("AoyagiKouzanT.ttf", "aoyagi-kouzan", 0, 4.0),
    ("kouzan-mouhitsu.ttf", "kouzan-mouhitsu", 0, 4.0),
    ("kouzan-mouhitsu-gyosho.ttf", "kouzan-gyosho", 0, 2.0),
    ("KouzanBrushFontSousyo.ttf", "kouzan-sousho", 0, 0.5),
    ("aoyagi-soseki.ttf", "aoyagi-soseki", 0, 2.0),
    ("UnGungseo.ttf", "un-gungseo", 0, 4.0),
    ("cwkai.ttf", "cwtex-kai", 0, 3.0),
    ("gkai00mp.ttf", "gkai", 0, 2.0),
    ("dejima-mincho-r227.ttf", "dejima-mincho", 0, 1.5),
    ("OradanoGSRR.ttf", "oradano-mincho", 0, 1.5),
    ("setofont.ttf", "seto", 0, 1.5),
    ("kiloji_b.ttf", "kiloji-bold", 0, 1.0),
    ("UnBatangBold.ttf", "un-batang-bold", 0, 1.0),
    ("UnDotumBold.ttf", "un-dotum-bold", 0, 0.5),
    ("KleeOne-SemiBold.ttf", "klee-one", 0, 3.0),
    ("YuseiMagic-Regular.ttf", "yusei-magic", 0, 1.0),
    ("MTLmr3m.ttf", "motoya-maruberi", 0, 1.0),
    ("bsmi00lp.ttf", "mingti-big5", 0, 1.0),
    ("bkai00mp.ttf", "kaiti-big5", 0, 3.0),
    ("ReggaeOne-Regular.ttf", "reggae-one", 0, 0.7),
    ("BIZUDMincho-Regular.ttf", "biz-ud-mincho", 0, 1.0),
    ("yuji-boku-japanese-400-normal.woff", "yuji-boku", 0, 4.0),
    ("yuji-mai-japanese-400-normal.woff", "yuji-mai", 0, 3.0),
    ("yuji-syuku-japanese-400-normal.woff", "yuji-syuku", 0, 3.0),
    ("cactus-classical-serif-chinese-traditional-400-normal.woff", "cactus-classical-serif", 0, 2.0),
    ("kaisei-opti-japanese-400-normal.woff", "kaisei-opti", 0, 2.0),
    ("zcool-kuaile-chinese-simplified-400-normal.woff", "zcool-kuaile", 0, 1.0),
)

#: Characters a piece of each kind may carry, (red, black), with their weights.
KIND_GLYPHS: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "K": ({"帥": 5, "帅": 4, "將": 0.3}, {"將": 5, "将": 4, "帥": 0.3}),
    "A": ({"仕": 9, "士": 1}, {"士": 8, "仕": 2}),
    "B": ({"相": 9, "象": 1}, {"象": 9, "相": 1}),
    "N": ({"馬": 4, "傌": 3, "马": 3}, {"馬": 6, "马": 3, "傌": 1}),
    "R": ({"車": 4, "俥": 3, "车": 3}, {"車": 6, "车": 3, "俥": 1}),
    "C": ({"炮": 7, "砲": 2, "包": 0.5}, {"砲": 5, "炮": 4, "包": 1.5}),
    "P": ({"兵": 8, "卒": 2}, {"卒": 8, "兵": 2}),
}

_GLYPH_PIXELS = 112


@dataclass(frozen=True)
class Face:
    """One font file: `family` names it, `index` picks from a collection, `weight` says how often."""

    family: str
    path: Path
    index: int
    weight: float


def families(folders: tuple[Path, ...] = ()) -> list[Face]:
    """Return the known fonts found on this machine and in `folders`, in a fixed order.

    Raises `BadInputError` when there is none, or one of `folders` is missing.
    """
    for folder in folders:
        if not folder.is_dir():
            raise BadInputError(f"{folder} is no folder; one with font files would be right")
    files = [path for folder in (_SYSTEM, *folders) for path in sorted(folder.rglob("*"))]
    found = []
    for prefix, family, index, weight in _KNOWN:
        path = next((file for file in files if file.name.startswith(prefix)), None)
        if path is not None:
            found.append(Face(family, path, index, weight))
    if not found:
        raise BadInputError(
            "no Chinese font was found; the Debian packages fonts-arphic-ukai, fonts-lxgw-wenkai, "
            "fonts-cns11643-kai and fonts-noto-cjk are what the pictures are drawn with"
        )
    return found


@functools.lru_cache(maxsize=64)
def _loaded(path: Path, index: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), _GLYPH_PIXELS, index=index)


@functools.lru_cache(maxsize=2048)
def _mask(path: Path, index: int, character: str) -> NDArray[np.float32] | None:
    font = _loaded(path, index)
    left, top, right, bottom = font.getbbox(character)
    if right - left < 8 or bottom - top < 8:
        return None
    side = int(max(right - left, bottom - top)) + 4
    picture = Image.new("L", (side, side))
    at = ((side - (right - left)) / 2 - left, (side - (bottom - top)) / 2 - top)
    ImageDraw.Draw(picture).text(at, character, fill=255, font=font)
    picture = picture.resize((_GLYPH_PIXELS, _GLYPH_PIXELS), Image.Resampling.BILINEAR)
    return np.asarray(picture, dtype=np.float32) / 255.0


def has_glyph(face: Face, character: str) -> bool:
    """Whether the font draws `character` as something other than its sign for a missing glyph."""
    drawn, missing = (_mask(face.path, face.index, text) for text in (character, "\U0010fffe"))
    if drawn is None or drawn.mean() < 0.02:
        return False
    return missing is None or not np.array_equal(drawn, missing)


def glyph(face: Face, character: str) -> NDArray[np.float32]:
    """Return the character as an opacity picture (112, 112) in 0..1, filling its box."""
    mask = _mask(face.path, face.index, character)
    if mask is None:
        raise BadInputError(f"the font {face.path.name} has no glyph for {character}")
    return mask
