"""What the shipped vision models may cost at most."""

import pytest

from tools.vision_speed import multiply_adds_a_frame
from vision.model_files import MODELS


def test_the_models_together_stay_under_six_megabytes():
    assert sum(path.stat().st_size for path in MODELS.glob("*.onnx")) < 6_000_000


def test_a_frame_of_a_full_board_stays_under_the_multiplications_promised():
    assert multiply_adds_a_frame() < 0.6e9


def test_what_the_manifest_says_a_net_costs_is_what_it_costs():
    pytest.importorskip("torch", reason="counting needs torch (the `train` extra)")
    import json

    from tools.train_vision.cost import multiply_adds
    from tools.train_vision.glyph_net import GlyphNet
    from tools.train_vision.nets import LocatorNet, PieceNet

    models = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))["models"]
    shapes = {"locator": (320, 320, 3), "pieces": (264, 240, 3), "glyphs": (48, 48, 3)}
    for name, net in (("locator", LocatorNet()), ("pieces", PieceNet()), ("glyphs", GlyphNet())):
        assert models[f"{name}.onnx"]["multiply_adds"] == multiply_adds(net, shapes[name])
