"""A look reads at most 33 close-ups; what few men leave over is spent on the doubtful ones."""

import numpy as np
import pytest

from vision.geometry import LATTICE
from vision.glyphs import GlyphReader

PLANE = np.array([[40.0, 0, 40], [0, 40.0, 40], [0, 0, 1]])


@pytest.mark.parametrize(("men", "most"), [(4, 16), (20, 33), (33, 33), (40, 40)])
def test_doubtful_faces_are_read_again_only_within_the_budget(men, most, monkeypatch):
    reader, read = GlyphReader(threads=1), []

    def run(crops):
        read.append(len(crops))
        return np.zeros((len(crops), 20), np.float32)  # the net cannot tell any of them

    monkeypatch.setattr(reader, "_model", type("Net", (), {"run": staticmethod(run)}))
    told = reader.read(np.full((460, 420, 3), 128, np.uint8), PLANE, LATTICE[:men])
    assert sum(read) == most
    assert np.allclose(np.exp(told).sum(axis=1), 1.0)
