"""An exported net can be trained on: reopened, it does to pictures what its file does."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (the `train` extra)")
pytest.importorskip("onnx", reason="the models are read with onnx (the `train` extra)")

import torch

from tools.errors import BadInputError
from tools.train_vision.nets import LocatorNet, PieceNet
from tools.train_vision.reopen import begin, reopen
from vision.model_files import MODELS, load_model

PICTURES = np.random.default_rng(3).uniform(0, 255, (6, 320, 320, 3)).astype(np.float32)


def test_a_reopened_net_does_what_its_file_does():
    net = LocatorNet()
    reopen(net, MODELS / "locator.onnx", torch.from_numpy(PICTURES))
    stored = load_model(MODELS / "locator.onnx", 1).run(PICTURES[:2])
    with torch.no_grad():
        assert np.abs(net(torch.from_numpy(PICTURES[:2])).numpy() - stored).max() < 1e-2
        net.train()  # by the statistics of these pictures, which reopening has just measured
        assert np.abs(net(torch.from_numpy(PICTURES)).numpy()[:2] - stored).max() < 0.1


def test_the_file_of_another_net_is_refused():
    with pytest.raises(BadInputError, match="layer"):
        reopen(PieceNet(), MODELS / "locator.onnx", torch.from_numpy(PICTURES))


def test_training_begins_with_exported_weights_where_there_are_no_others(tmp_path):
    net, pictures = LocatorNet(), torch.from_numpy(PICTURES)
    begin(net, MODELS / "locator.pt", pictures)
    reopened = LocatorNet()
    reopen(reopened, MODELS / "locator.onnx", pictures)
    assert all(
        torch.equal(a, b)
        for a, b in zip(net.state_dict().values(), reopened.state_dict().values(), strict=True)
    )
    with pytest.raises(BadInputError, match="neither"):
        begin(net, tmp_path / "locator.pt", pictures)
