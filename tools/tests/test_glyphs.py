from pathlib import Path

import cv2
import pytest

from tools.cli import main

FONTS = [
    Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf"),
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc"),
]


@pytest.fixture
def font():
    pytest.importorskip("PIL")
    found = next((path for path in FONTS if path.exists()), None)
    if found is None:
        pytest.skip("no Chinese font of Debian here; fonts-lxgw-wenkai would do")
    return found


def test_eighteen_centred_glyphs_come_out(font, tmp_path):
    assert main(["glyphs", str(font), "--size", "64", "--out", str(tmp_path)]) == 0
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) == 18
    for path in pictures:
        glyph = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert glyph.shape == (64, 64)
        x, y, width, height = cv2.boundingRect(cv2.findNonZero(glyph))
        assert abs(x + width / 2 - 32) <= 2
        assert abs(y + height / 2 - 32) <= 2
        assert 0.05 < (glyph > 128).mean() < 0.7


def test_what_is_no_font_is_refused_in_one_sentence(tmp_path, capsys):
    pytest.importorskip("PIL")
    bad = tmp_path / "bad.ttf"
    bad.write_bytes(b"not a font")
    assert main(["glyphs", str(bad), "--out", str(tmp_path)]) == 2
    assert "not a font that can be read" in capsys.readouterr().err


def test_an_absurd_size_is_refused(tmp_path, capsys):
    pytest.importorskip("PIL")
    assert main(["glyphs", "x.ttf", "--size", "5", "--out", str(tmp_path)]) == 2
    assert "32 to 1024" in capsys.readouterr().err
