"""From a seed to a net, byte for byte."""

import json

import pytest

pytest.importorskip("torch", reason="training needs torch (the `train` extra)")

from tools.pin_training import PINS_FILE, tiny_run


def test_a_tiny_training_run_makes_the_committed_net_from_its_seed(tmp_path):
    pinned = json.loads(PINS_FILE.read_text(encoding="utf-8"))
    assert tiny_run(tmp_path) == pinned, (
        "games or training changed; when that is wanted, `python -m tools.pin_training` writes the file anew"
    )
