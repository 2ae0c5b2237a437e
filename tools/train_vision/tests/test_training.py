import json

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the pictures are drawn with Pillow (the `train` extra)")
pytest.importorskip("torch", reason="training needs torch (the `train` extra)")
pytest.importorskip("onnx", reason="the models are written with onnx (the `train` extra)")

import torch

from tools.cli import main
from tools.train_vision.nets import LocatorNet, PieceNet
from tools.train_vision.targets import locator_loss, locator_targets, piece_loss
from vision.model_files import MODELS


def test_a_tiny_run_goes_from_nothing_to_judged_models_and_leaves_ours_alone(tmp_path, capsys):
    before = {path.name: path.read_bytes() for path in MODELS.iterdir()}
    assert main(["train", "vision", "--seed", "7", "--out", str(tmp_path), "--tiny", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["boards"] + figures["pictures_without_board"] == 4
    assert 0 <= figures["kind_accuracy"] <= 1
    assert {path.name for path in tmp_path.glob("*.onnx")} == {"locator.onnx", "pieces.onnx", "glyphs.onnx"}
    assert {path.name: path.read_bytes() for path in MODELS.iterdir()} == before


def test_the_targets_of_a_board_and_of_its_half_turn_are_the_same():
    board = np.array([[20.0, 3, 60], [-2, 21, 70], [1e-4, 2e-4, 1]])
    turned = board @ np.array([[-1.0, 0, 8], [0, -1, 9], [0, 0, 1]])
    (one, other), present = locator_targets(torch.from_numpy(np.stack([board, turned])))
    assert present.all()
    assert torch.allclose(one, other, atol=1e-4)


def test_the_targets_have_their_peaks_on_the_crossings():
    board = np.array([[24.0, 0, 61.5], [0, 24.0, 49.5], [0, 0, 1]])
    targets, _ = locator_targets(torch.from_numpy(board[None]))
    assert targets[0, 0, 12, 15] == pytest.approx(1.0)
    assert targets[0, 0, 12 + 54, 15 + 48] == pytest.approx(1.0)
    assert (targets[0, 0] > 0.99).sum() == 90


def test_a_picture_without_a_board_asks_for_empty_maps():
    targets, present = locator_targets(torch.zeros(1, 3, 3, dtype=torch.float64))
    assert not present.any()
    assert not targets.any()


def test_perfect_maps_lose_less_than_empty_ones():
    board = np.array([[24.0, 0, 61.5], [0, 24.0, 49.5], [0, 0, 1]])
    targets, _ = locator_targets(torch.from_numpy(board[None]))
    perfect = targets.clone()
    perfect[:, :2] = torch.logit(targets[:, :2].clamp(1e-4, 1 - 1e-4))
    assert locator_loss(perfect, targets) < 0.5 * locator_loss(torch.zeros_like(targets), targets)


def test_the_ink_embedding_is_paid_for_parting_the_sides_of_one_scene_only():
    kind = torch.zeros(4, dtype=torch.long)
    red = torch.tensor([1, 1, 0, 0])
    parted = torch.zeros(4, 16)
    parted[:2, 10] = 3.0
    mixed = torch.zeros(4, 16)
    mixed[::2, 10] = 3.0
    one, apart = torch.zeros(4, dtype=torch.long), torch.arange(4)
    offset = torch.zeros(4, 2)
    assert piece_loss(parted, kind, red, offset, one) < piece_loss(mixed, kind, red, offset, one)
    assert piece_loss(parted, kind, red, offset, apart) == piece_loss(mixed, kind, red, offset, apart)


def test_the_nets_keep_the_promised_shapes():
    with torch.no_grad():
        assert LocatorNet()(torch.zeros(1, 320, 320, 3)).shape == (1, 5, 80, 80)
        assert PieceNet()(torch.zeros(3, 48, 48, 3)).shape == (3, 16)
