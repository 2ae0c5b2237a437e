import contextlib
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the pictures are drawn with Pillow (the `train` extra)")
pytest.importorskip("torch", reason="training needs torch (the `train` extra)")
pytest.importorskip("onnx", reason="the models are written with onnx (the `train` extra)")

import torch
from torch import nn

from tools.cli import main
from tools.train_vision.descent import descend
from tools.train_vision.glyph_net import GlyphNet
from tools.train_vision.nets import LocatorNet, PieceNet
from tools.train_vision.targets import locator_loss, locator_targets, piece_loss
from vision.confidence import TABLE, load_calibration
from vision.geometry import LATTICE, project
from vision.model_files import MODELS

NETS = {"locator.onnx", "pieces.onnx", "glyphs.onnx"}


def tiny_run(seed: int, out: Path) -> dict[str, str]:
    """Train from nothing; the hashes of what came of it, by file."""
    arguments = ["--seed", str(seed), "--out", str(out), "--tiny", "--threads", "1", "--json"]
    assert main(["train", "vision", *arguments]) == 0
    made = [path for path in out.iterdir() if path.suffix in {".onnx", ".json"}]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made}


@pytest.fixture(scope="module")
def of_seed_7(tmp_path_factory):
    return tiny_run(7, tmp_path_factory.mktemp("first"))


def test_a_tiny_run_goes_from_nothing_to_judged_models_and_leaves_ours_alone(tmp_path, capsys):
    before = {path.name: path.read_bytes() for path in MODELS.iterdir()}
    assert set(tiny_run(6, tmp_path)) > NETS
    figures = json.loads(capsys.readouterr().out)
    assert figures["boards"] + figures["pictures_without_board"] == 4
    assert 0 <= figures["kind_accuracy"] <= 1
    assert {path.name: path.read_bytes() for path in MODELS.iterdir()} == before


def test_the_same_seed_gives_the_same_files_byte_for_byte(of_seed_7, tmp_path):
    # On one number of threads: another one adds in another order.
    assert tiny_run(7, tmp_path) == of_seed_7


def test_another_seed_gives_other_nets(of_seed_7, tmp_path):
    other = tiny_run(8, tmp_path)
    assert all(other[name] != of_seed_7[name] for name in NETS)


def test_the_confidence_table_is_measured_anew_only_where_that_was_asked(tmp_path, capsys):
    folder = tmp_path / "models"
    shutil.copytree(MODELS, folder)
    kept = (folder / TABLE).read_bytes()
    arguments = ["judge-vision", "--models", str(folder), "--seed", "3", "--boards", "2"]
    assert main(arguments) == 0
    assert (folder / TABLE).read_bytes() == kept
    assert "`qiyou judge-vision --seed 3 --boards 2`" in capsys.readouterr().out
    assert main([*arguments, "--calibrate", "3"]) == 0
    assert "--boards 2 --calibrate 3`" in capsys.readouterr().out
    assert 0 < json.loads((folder / TABLE).read_text())["points"] <= 3 * 90
    load_calibration(folder / TABLE)
    assert main([*arguments, "--calibrate", "0"]) == 2


def lattice(matrix):
    return torch.from_numpy(project(np.array(matrix), LATTICE)[None])


FLAT = [[24.0, 0, 61.5], [0, 24.0, 49.5], [0, 0, 1]]


def test_the_targets_of_a_board_and_of_its_half_turn_are_the_same():
    board = lattice([[20.0, 3, 60], [-2, 21, 70], [1e-4, 2e-4, 1]])
    (one, other), present = locator_targets(torch.cat([board, board.flip(1)]))
    assert present.all()
    assert torch.allclose(one, other, atol=1e-4)


def test_the_targets_have_their_peaks_on_the_crossings():
    targets, _ = locator_targets(lattice(FLAT))
    assert targets[0, 0, 12, 15] == pytest.approx(1.0)
    assert targets[0, 0, 12 + 54, 15 + 48] == pytest.approx(1.0)
    assert (targets[0, 0] > 0.99).sum() == 90


def test_the_crossings_of_a_bent_board_are_where_it_is_bent_to():
    bent = lattice(FLAT)
    bent[0, 40] += 8.0
    targets, _ = locator_targets(bent)
    x, y = ((bent[0, 40] - 1.5) / 4).round().long()
    assert targets[0, 0, y, x] > 0.99


def test_a_picture_without_a_board_asks_for_empty_maps():
    targets, present = locator_targets(torch.zeros(1, 90, 2, dtype=torch.float64))
    assert not present.any()
    assert not targets.any()


def test_perfect_maps_lose_less_than_empty_ones():
    targets, _ = locator_targets(lattice(FLAT))
    perfect = targets.clone()
    perfect[:, :2] = torch.logit(targets[:, :2].clamp(1e-4, 1 - 1e-4))
    assert locator_loss(perfect, targets) < 0.5 * locator_loss(torch.zeros_like(targets), targets)


def test_the_ink_embedding_is_paid_for_parting_the_sides_of_one_board_only():
    kind, red = torch.zeros(2, 90, dtype=torch.long), torch.ones(2, 90, dtype=torch.long)
    red[:, ::2] = 0
    learn, offset = torch.ones(2, 90, dtype=torch.bool), torch.zeros(2, 90, 2)
    parted, mixed, swapped = (torch.zeros(2, 90, 10) for _ in range(3))
    parted[:, ::2, 4] = 3.0
    mixed[:, :45, 4] = 3.0
    swapped[0, ::2, 4] = swapped[1, 1::2, 4] = 3.0

    def loss(scores):
        return float(piece_loss(scores, kind, red, offset, learn))

    assert loss(parted) < loss(mixed)
    assert loss(parted) == pytest.approx(loss(swapped))


def test_points_that_are_a_matter_of_taste_cost_nothing():
    kind, red = torch.zeros(1, 90, dtype=torch.long), torch.ones(1, 90, dtype=torch.long)
    learn, offset = torch.ones(1, 90, dtype=torch.bool), torch.zeros(1, 90, 2)
    learn[0, 7] = False
    scores = torch.zeros(1, 90, 10)
    other = scores.clone()
    other[0, 7] = 5.0
    assert piece_loss(scores, kind, red, offset, learn) == piece_loss(other, kind, red, offset, learn)


def test_a_descent_that_was_broken_off_ends_like_one_that_was_not(tmp_path):
    def run(checkpoint, *parts):
        for steps in parts:
            torch.manual_seed(0)
            net = nn.Linear(3, 1)

            def loss_of_step(step, net=net, steps=steps):
                chance = torch.from_numpy(np.random.default_rng(step).normal(size=(8, 3))).float()
                if step >= steps:
                    raise KeyboardInterrupt
                return (net(chance) - chance.sum(dim=1, keepdim=True)).square().mean()

            with contextlib.suppress(KeyboardInterrupt):
                descend(net, loss_of_step, 200, 0.1, "line", lambda _: None, checkpoint)
        return net.weight

    assert torch.equal(run(tmp_path / "a", 200), run(tmp_path / "b", 100, 150, 200))


def test_the_nets_keep_the_promised_shapes():
    with torch.no_grad():
        assert LocatorNet()(torch.zeros(1, 320, 320, 3)).shape == (1, 5, 80, 80)
        assert PieceNet()(torch.zeros(3, 264, 240, 3)).shape == (3, 90, 10)
        assert GlyphNet()(torch.zeros(3, 48, 48, 3)).shape == (3, 25)
