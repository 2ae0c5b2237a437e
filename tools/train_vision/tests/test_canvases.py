"""Rectified boards, varied for training: what is true of their points goes along."""

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (the `train` extra)")

from tools.train_vision.canvases import varied
from vision.classify import CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS
from vision.geometry import LATTICE, project
from vision.rectify import canvas_from_board

TO_CANVAS = canvas_from_board(CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS)
MEN = np.array([3, 17, 40, 58, 86])  # no two points alike in a mirror
KIND = np.full(90, 7)
KIND[MEN] = [0, 1, 2, 3, 6]
RED = np.full(90, -1)
RED[MEN] = [1, 0, 1, 0, 1]
OFFSET = np.zeros((90, 2), np.float32)
OFFSET[MEN] = [[0.1, -0.05], [0, 0.2], [-0.15, 0], [0.05, 0.05], [0, -0.1]]
LEARN = np.ones(90, np.bool_)


def board_with_white_men():
    canvas = np.full((264, 240, 3), 60, np.uint8)
    for x, y in project(TO_CANVAS, LATTICE[MEN] + OFFSET[MEN]):
        cv2.circle(canvas, (round(x * 16), round(y * 16)), 4 * 16, (230, 230, 230), -1, cv2.LINE_AA, 4)
    return canvas


def boards(count: int):
    return [
        varied(np.random.default_rng(seed), board_with_white_men(), KIND, RED, OFFSET, LEARN)
        for seed in range(count)
    ]


def test_the_same_chance_varies_a_board_the_same_way():
    (one, first), (two, second) = boards(1) + boards(1)
    assert np.array_equal(one, two)
    assert np.array_equal(first.offset, second.offset)


def test_each_man_is_where_the_truth_says_however_the_board_is_moved():
    errors = []
    for canvas, truth in boards(120):
        assert sorted(truth.kind[truth.kind < 7]) == [0, 1, 2, 3, 6]
        grey = cv2.GaussianBlur(canvas.mean(axis=2), (0, 0), 1.5)
        men = truth.learn & (truth.kind < 7)
        for x, y in project(TO_CANVAS, LATTICE[men] + truth.offset[men]):
            left, top = max(round(x) - 10, 0), max(round(y) - 10, 0)
            patch = grey[top : top + 21, left : left + 21]
            stands_out = np.abs(patch - np.median(patch))
            rows, columns = np.nonzero(stands_out > 0.6 * stands_out.max())
            errors.append(np.hypot(left + columns.mean() - x, top + rows.mean() - y))
    assert np.quantile(errors, 0.9) < 1.5  # pixels of 24 a cell; a few are lost at the edge of a shade


def test_sides_are_learnt_only_where_colours_tell_them():
    truths = [truth for _, truth in boards(300)]
    alone = sum((truth.red >= 0).any() for truth in truths)
    beside = sum((truth.compared >= 0).any() for truth in truths)
    assert 150 < alone < beside < 300
    assert all((truth.red[truth.red >= 0] == truth.compared[truth.red >= 0]).all() for truth in truths)


def test_men_between_the_points_are_not_learnt_from():
    for _, truth in boards(300):
        far = (truth.kind < 7) & (np.hypot(*truth.offset.T) > 0.47)
        assert not truth.learn[far].any()
