"""Close-ups as other cameras, other paint and other light would have them."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (the `train` extra)")

import torch

from tools.train_vision.restyled import restyled
from tools.train_vision.targets import ink_loss

CROP = np.random.default_rng(2).uniform(0, 255, (48, 48, 3)).astype(np.float32)
CROP[..., 2] += 0.3 * (255 - CROP[..., 2])  # redder than grey


def test_the_same_chance_changes_a_close_up_the_same_way():
    one, two = (restyled(np.random.default_rng(9), CROP.copy())[0] for _ in range(2))
    assert np.array_equal(one, two)


def test_changed_close_ups_stay_pictures_and_most_differ():
    changed = [restyled(np.random.default_rng(seed), CROP) for seed in range(300)]
    assert all(crop.shape == CROP.shape and crop.dtype == np.float32 for crop, _ in changed)
    assert all(np.isfinite(crop).all() and crop.min() >= -20 and crop.max() <= 300 for crop, _ in changed)
    assert sum(np.abs(crop - CROP).mean() > 1 for crop, _ in changed) > 200


def test_where_the_side_is_still_told_red_stays_redder():
    told = [crop for crop, told in (restyled(np.random.default_rng(s), CROP) for s in range(300)) if told]
    assert 100 < len(told) < 250
    assert all((crop[..., 2] - crop[..., 1]).mean() > 0 for crop in told)


def test_inks_of_one_side_near_and_of_two_sides_apart_cost_least():
    red = torch.tensor([[1, 1, 0, 0]])
    every = torch.ones(1, 4, dtype=torch.bool)
    apart = torch.tensor([[[2.0], [2.0], [-2.0], [-2.0]]])
    mixed = torch.tensor([[[2.0], [-2.0], [2.0], [-2.0]]])
    assert ink_loss(apart, red, every) < 0.2 < 2 < ink_loss(mixed, red, every)
    one_left_out = torch.tensor([[True, False, False, False]])
    assert ink_loss(mixed, red, one_left_out) == 0
