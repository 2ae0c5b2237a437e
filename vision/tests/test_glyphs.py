"""A look reads at most 63 close-ups; what its men leave over is spent on the doubtful ones. The form of a
character says something of its side, and so does its colour.
"""

import cv2
import numpy as np
import pytest

from vision.geometry import LATTICE
from vision.glyphs import GLYPHS, GlyphReader, cut_close_up

PLANE = np.array([[40.0, 0, 40], [0, 40.0, 40], [0, 0, 1]])
PICTURE = np.full((460, 420, 3), 128, np.uint8)


@pytest.mark.parametrize(("men", "most"), [(4, 16), (20, 63), (32, 63), (70, 70)])
def test_doubtful_faces_are_read_again_only_within_the_budget(men, most, monkeypatch):
    reader, read = GlyphReader(threads=1), []

    def run(crops):
        read.append(len(crops))
        return np.zeros((len(crops), 25), np.float32)  # the net cannot tell any of them

    monkeypatch.setattr(reader, "_model", type("Net", (), {"run": staticmethod(run)}))
    told = reader.read(PICTURE, PLANE, LATTICE[:men])
    assert sum(read) == most
    assert np.allclose(np.exp(told.logp).sum(axis=1), 1.0)
    assert np.abs(told.form_logit).max() < 0.5


def test_a_doubtful_face_is_looked_at_again_turned_about_its_centre():
    speckled = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 255, PICTURE.shape, np.uint8), (0, 0), 3)
    straight = cut_close_up(speckled, PLANE, LATTICE[40])
    for quarters in (1, 2, 3):
        turned = cut_close_up(speckled, PLANE, LATTICE[40], quarters * np.pi / 2)
        assert np.abs(turned.astype(int) - np.rot90(straight, quarters)).max() <= 2
    between = cut_close_up(speckled, PLANE, LATTICE[40], np.pi / 8)
    assert np.abs(between.astype(int) - straight)[:10].mean() > 5
    assert np.abs(between.astype(int) - straight)[23:25, 23:25].mean() < 3


def test_a_narrower_look_shows_the_middle_of_the_cell_larger():
    smooth = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 255, PICTURE.shape, np.uint8), (0, 0), 6)
    whole = cut_close_up(smooth, PLANE, LATTICE[40])
    near = cut_close_up(smooth, PLANE, LATTICE[40], width=0.5)
    assert np.abs(near.astype(int) - cv2.resize(whole[12:36, 12:36], (48, 48))).mean() < 2


def test_second_looks_differ_from_the_first(monkeypatch):
    reader, seen = GlyphReader(threads=1), []

    def run(crops):
        seen.extend(crops)
        return np.zeros((len(crops), 25), np.float32)

    monkeypatch.setattr(reader, "_model", type("Net", (), {"run": staticmethod(run)}))
    speckled = np.random.default_rng(3).integers(0, 255, PICTURE.shape, np.uint8)
    reader.read(speckled, PLANE, LATTICE[40:41])
    assert len(seen) == 4
    assert all(np.abs(a - b).mean() > 5 for i, a in enumerate(seen) for b in seen[:i])


def test_the_colour_of_a_face_is_told_beside_its_form(monkeypatch):
    reader = GlyphReader(threads=1)

    def run(crops):
        scores = np.zeros((len(crops), 25), np.float32)
        scores[:, 0] = 20.0  # surely 帥: no second look
        scores[:, 20:] = np.arange(5) + 1
        return scores

    monkeypatch.setattr(reader, "_model", type("Net", (), {"run": staticmethod(run)}))
    faces = reader.read(PICTURE, PLANE, LATTICE[:3])
    assert np.allclose(faces.red_logit, 1)
    assert np.allclose(faces.ink, [2, 3, 4, 5])
    assert reader.read(PICTURE, PLANE, LATTICE[:0]).ink.shape == (0, 4)


@pytest.mark.parametrize(
    ("red", "black"), [("帥", "將"), ("帅", "将"), ("仕", "士"), ("相", "象"), ("俥", "車"), ("兵", "卒")]
)
def test_the_form_of_a_character_speaks_for_a_side_but_never_settles_it(red, black, monkeypatch):
    reader = GlyphReader(threads=1)

    def run(crops):
        logits = np.zeros((len(crops), 25), np.float32)
        logits[0, GLYPHS.index(red)] = logits[1, GLYPHS.index(black)] = 20.0
        return logits

    monkeypatch.setattr(reader, "_model", type("Net", (), {"run": staticmethod(run)}))
    of_red, of_black = reader.read(PICTURE, PLANE, LATTICE[:2]).form_logit
    assert of_red > of_black
    assert of_red >= 0.9
    assert max(of_red, -of_black) < 3.5
