"""A look reads at most 63 close-ups; what its men leave over is spent on the doubtful ones. The form of a
character says something of its side.
"""

import numpy as np
import pytest

from vision.geometry import LATTICE
from vision.glyphs import GLYPHS, GlyphReader

PLANE = np.array([[40.0, 0, 40], [0, 40.0, 40], [0, 0, 1]])
PICTURE = np.full((460, 420, 3), 128, np.uint8)


@pytest.mark.parametrize(("men", "most"), [(4, 16), (20, 63), (32, 63), (70, 70)])
def test_doubtful_faces_are_read_again_only_within_the_budget(men, most, monkeypatch):
    reader, read = GlyphReader(threads=1), []

    def run(crops):
        read.append(len(crops))
        return np.zeros((len(crops), 20), np.float32)  # the net cannot tell any of them

    monkeypatch.setattr(reader, "_model", type("Net", (), {"run": staticmethod(run)}))
    told = reader.read(PICTURE, PLANE, LATTICE[:men])
    assert sum(read) == most
    assert np.allclose(np.exp(told.logp).sum(axis=1), 1.0)
    assert np.abs(told.red_logit).max() < 0.5


@pytest.mark.parametrize(
    ("red", "black"), [("帥", "將"), ("帅", "将"), ("仕", "士"), ("相", "象"), ("俥", "車"), ("兵", "卒")]
)
def test_the_form_of_a_character_speaks_for_a_side_but_never_settles_it(red, black, monkeypatch):
    reader = GlyphReader(threads=1)

    def run(crops):
        logits = np.zeros((len(crops), 20), np.float32)
        logits[0, GLYPHS.index(red)] = logits[1, GLYPHS.index(black)] = 20.0
        return logits

    monkeypatch.setattr(reader, "_model", type("Net", (), {"run": staticmethod(run)}))
    of_red, of_black = reader.read(PICTURE, PLANE, LATTICE[:2]).red_logit
    assert of_red > of_black
    assert of_red >= 0.9
    assert max(of_red, -of_black) < 3.5
