"""The figures of the model card stand between its marks and nowhere else."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the pictures are drawn with Pillow (the `train` extra)")

from tools.errors import BadInputError
from tools.train_vision.calibrate import Readings
from tools.train_vision.card import figures, with_figures
from tools.train_vision.judge import Judgement
from vision.confidence import our_calibration
from vision.model_files import MODELS

CARD = "# Title\n<!-- figures begin -->\nold\n<!-- figures end -->\nrest\n"


def test_only_what_stands_between_the_marks_is_replaced():
    assert with_figures(CARD, "new") == CARD.replace("old", "new")
    with pytest.raises(BadInputError, match="figures begin"):
        with_figures("no marks", "new")


def test_the_reliability_table_counts_every_point_once():
    nats = np.linspace(-5, 12, 500)
    third = np.arange(500) % 3 == 0
    readings = Readings(np.arange(500) // 90, nats, nats > 1, third, nats, nats > 1, third, nats)
    judgement = Judgement(9, 8, 7, float("nan"), 3, 0, 810, 0.9, 0.8, 0.7, 0.02, 0.06)
    text = figures(MODELS, judgement, readings, our_calibration(), "qiyou judge-vision")
    rows = [line for line in text.splitlines() if "█" in line or "·" in line]
    assert sum(int(row.split("|")[3].replace(",", "")) for row in rows) == 500
    assert "7 of 9" in text


def test_what_is_left_open_and_what_is_told_wrongly_are_shares_of_all_points():
    nats = np.array([-5.0] * 30 + [20.0] * 70)
    right = np.arange(100) >= 35  # five of the sure ones are wrong
    pieces = np.ones(100, bool)
    readings = Readings(np.zeros(100, int), nats, right, pieces, nats, right, pieces, nats)
    judgement = Judgement(9, 8, 7, 0.1, 3, 0, 810, 0.9, 0.8, 0.7, 0.02, 0.06)
    text = figures(MODELS, judgement, readings, our_calibration(), "qiyou judge-vision")
    assert "30.00 % are left open (`?`), 5.00 % told wrongly" in text
