"""The net that reads close-ups does not mind how a piece is turned."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (the `train` extra)")

import torch

from tools.train_vision.cost import multiply_adds
from tools.train_vision.glyph_net import GlyphNet, bends, moves
from tools.train_vision.nets import PieceNet

CROPS = torch.from_numpy(np.random.default_rng(3).uniform(0, 255, (16, 48, 48, 3)).astype(np.float32))


@pytest.fixture
def net():
    torch.manual_seed(1)
    made = GlyphNet()
    with torch.no_grad():
        for _ in range(30):
            made(CROPS)  # so that the normalisations fit
    return made.eval()


def read(net, crops, moved=None):
    with torch.no_grad():
        return net(crops, moved)


def test_a_face_turned_by_a_quarter_reads_the_same(net):
    straight = read(net, CROPS)
    assert straight.std(dim=0).min() > 1e-3
    for quarters in (1, 2, 3):
        assert torch.allclose(read(net, torch.rot90(CROPS, quarters, (1, 2))), straight, atol=1e-4)


def test_a_mirrored_face_reads_otherwise(net):
    assert (read(net, CROPS.flip(2)) - read(net, CROPS)).abs().max() > 1e-2


def test_looking_elsewhere_is_like_a_picture_moved_the_other_way(net):
    unmoved = torch.eye(2, 3).expand(len(CROPS), 2, 3)
    assert torch.allclose(read(net, CROPS, unmoved), read(net, CROPS), atol=1e-4)
    to_the_right = unmoved.clone()
    to_the_right[:, 0, 2] = 4 / 24  # pixels, in half close-ups
    shifted = torch.cat([CROPS[:, :, 4:], CROPS[:, :, -1:].expand(-1, -1, 4, -1)], dim=2)
    # One mean and spread for both: the pixels that went are not the pixels that came.
    a, b = read(net, CROPS, to_the_right), read(net, shifted)
    assert (a - b).abs().mean() < 0.2 * (a - read(net, CROPS)).abs().mean()


def test_training_turns_faces_by_any_angle_and_shows_most_of_them_nearly_as_they_are():
    moved = moves(np.random.default_rng(5), 2000).numpy()
    angle = np.arctan2(moved[:, 1, 0], moved[:, 0, 0])
    assert np.histogram(angle, 8, (-np.pi, np.pi))[0].min() > 180
    stretch = np.linalg.svd(moved[:, :, :2], compute_uv=False)
    assert stretch.min() > 0.75
    assert stretch.max() < 1.6
    assert 0.75 < (np.abs(np.log(stretch)) < 0.15).mean() < 0.95  # some are small in their close-up
    slip = 24 * np.abs(moved[:, :, 2])
    assert np.median(slip) < 0.8
    assert 3 < slip.max() < 12


def test_a_bend_moves_what_is_seen_by_less_than_a_stroke(net):
    bent = bends(np.random.default_rng(5), len(CROPS))
    assert bent.shape == (16, 2, 5, 5)
    assert 0.2 < 24 * bent.abs().mean() < 1
    with torch.no_grad():
        change = (net(CROPS, torch.eye(2, 3).expand(16, 2, 3), bent) - read(net, CROPS)).abs().mean()
        flat = net(CROPS, torch.eye(2, 3).expand(16, 2, 3), torch.zeros_like(bent))
    assert change > 1e-3
    assert torch.allclose(flat, read(net, CROPS), atol=1e-4)


def test_63_close_ups_and_the_other_net_stay_within_the_budget_of_a_look():
    board = multiply_adds(PieceNet(), (264, 240, 3))
    assert board + 63 * multiply_adds(GlyphNet(), (48, 48, 3)) < 0.6e9
