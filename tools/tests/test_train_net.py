"""From self-play records to a net that the core reads."""

import hashlib
import json

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (the `train` extra)")

import torch

from engine import Net as CoreNet
from engine import Position
from engine.selfplay import selfplay
from tools.errors import BadInputError
from tools.train_net.export import INPUT_SCALE, OUTPUT_SCALE, export_net, import_net
from tools.train_net.features import (
    INPUTS,
    OUTPUTS,
    TACTICS,
    mirrored,
    output_bucket,
    tactical_views,
    views,
)
from tools.train_net.model import Net
from tools.train_net.records import CAPTURED, read_records, split_by_game
from tools.train_net.training import Recipe, train

SLOTS = "KAABBNNRRCCPPPPPkaabbnnrrccppppp"
SCALE = 400
WIDTH = 128


@pytest.fixture(scope="module")
def records_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("records") / "1.bin"
    path.write_bytes(selfplay(11, 12, 100))
    return path


@pytest.fixture(scope="module")
def records(records_file):
    return read_records([records_file])


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(7)
    net = Net(WIDTH)
    with torch.no_grad():
        net.bucketed.normal_(std=0.08)
        net.tactics.normal_(std=0.05)
        net.output.weight.normal_(std=0.3)
    net.clip()
    return net


@pytest.fixture(scope="module")
def exported(net, tmp_path_factory):
    path = tmp_path_factory.mktemp("net") / "random.nnue"
    digest = export_net(net, SCALE, path)
    return path, digest


def position_of(record):
    board = ["."] * 90
    for man, square in enumerate(record["squares"]):
        if square != CAPTURED:
            board[square] = SLOTS[man]
    return Position.from_board("".join(board), "black" if record["side"] else "red")


def integer_score(path, inputs, tactics, bucket):
    """The score by the layout in export.py, in whole numbers, from the features of Python."""
    body = path.read_bytes()
    half = WIDTH * 2
    bias = np.frombuffer(body, "<i2", WIDTH, 28).astype(np.int64)
    columns = np.frombuffer(body, "<i2", WIDTH * INPUTS, 28 + half).reshape(INPUTS, WIDTH)
    at = 28 + half * (1 + INPUTS)
    tactical = np.frombuffer(body, "<i2", WIDTH * TACTICS, at).reshape(TACTICS, WIDTH)
    at += half * TACTICS
    outputs = np.frombuffer(body, "<i2", 2 * WIDTH * OUTPUTS, at).reshape(OUTPUTS, 2 * WIDTH)
    output_bias = np.frombuffer(body, "<i4", OUTPUTS, at + half * 2 * OUTPUTS)
    halves = [
        bias + columns[seen[seen != INPUTS]].sum(axis=0) + tactical[done[done != TACTICS]].sum(axis=0)
        for seen, done in zip(inputs, tactics, strict=True)
    ]
    hidden = np.clip(np.concatenate(halves), 0, INPUT_SCALE) ** 2
    total = int(hidden @ outputs[bucket].astype(np.int64)) + int(output_bias[bucket])
    score = abs(total) * SCALE // (INPUT_SCALE**2 * OUTPUT_SCALE)
    return score if total >= 0 else -score


def sample(records):
    return records[:: max(1, len(records) // 300)]


def test_the_core_sees_the_features_that_training_sees(records, exported):
    path, digest = exported
    core = CoreNet.load(path)
    assert core.sha256 == digest
    chosen = sample(records)
    own, other = views(chosen["squares"], chosen["side"])
    own_tactics, other_tactics = tactical_views(chosen)
    buckets = output_bucket(chosen["squares"])
    assert len(set(buckets)) > 2
    for i, record in enumerate(chosen):
        tactics = own_tactics[i], other_tactics[i]
        expected = integer_score(path, (own[i], other[i]), tactics, buckets[i])
        assert core.evaluate(position_of(record)) == expected


def test_the_integer_net_stays_close_to_the_float_net(records, net, exported):
    core = CoreNet.load(exported[0])
    chosen = sample(records)
    inputs = [torch.from_numpy(side) for side in views(chosen["squares"], chosen["side"])]
    tactics = [torch.from_numpy(side) for side in tactical_views(chosen)]
    bucket = torch.from_numpy(output_bucket(chosen["squares"]))
    with torch.no_grad():
        logits = net(inputs, tactics, bucket).numpy()
    scores = np.array([core.evaluate(position_of(record)) for record in chosen])
    assert np.std(scores) > 100
    assert np.max(np.abs(scores - SCALE * logits)) < 0.15 * np.std(scores)


def test_a_mirrored_position_has_the_same_men_on_the_other_files(records):
    chosen = sample(records)
    flipped = mirrored(chosen["squares"])
    assert (mirrored(flipped) == chosen["squares"]).all()
    for squares, record in zip(flipped, chosen, strict=True):
        board = position_of(record).board
        for man, square in enumerate(squares):
            assert square == CAPTURED or board[square - square % 9 + 8 - square % 9] == SLOTS[man]


def test_games_are_numbered_through_and_held_out_whole(records_file):
    twice = read_records([records_file, records_file])
    assert len(set(twice["game"])) == 24
    training, validation = split_by_game(twice, every=5)
    assert len(training) + len(validation) == len(twice)
    assert not set(training["game"]) & set(validation["game"])


def test_a_file_cut_short_is_refused_by_name(records_file, tmp_path):
    cut = tmp_path / "cut.bin"
    cut.write_bytes(records_file.read_bytes()[:-1])
    with pytest.raises(BadInputError, match=r"cut\.bin"):
        read_records([cut])


def test_other_bytes_are_refused(tmp_path):
    other = tmp_path / "other.bin"
    other.write_bytes(b"\xc8" * 400)
    with pytest.raises(BadInputError, match="not such records"):
        read_records([other])


def test_training_lowers_the_loss_and_resumes_where_it_stopped(records, tmp_path):
    recipe = Recipe(width=16, epochs=3, batch=256, threads=1)
    whole = train(records, records[:100], recipe, tmp_path / "whole")
    curve = [json.loads(line) for line in (tmp_path / "whole" / "curve.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in curve] == [1, 2, 3]
    assert curve[-1]["loss"] < curve[0]["loss"]
    again = train(records, records[:100], recipe, tmp_path / "whole")
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))
    assert len((tmp_path / "whole" / "curve.jsonl").read_text().splitlines()) == 3


def test_the_same_seed_trains_the_same_net(records, tmp_path):
    recipe = Recipe(width=16, epochs=1, batch=256, threads=1)
    nets = [train(records, records[:100], recipe, tmp_path / name) for name in ("a", "b")]
    first, second = (export_net(net, SCALE, tmp_path / "net") for net in nets)
    assert first == second


def test_an_exported_net_goes_on_learning_from_what_it_was(exported, net, tmp_path):
    path, digest = exported
    again = import_net(path)
    assert export_net(again, SCALE, tmp_path / "again.nnue") == digest
    assert torch.max(torch.abs(again.columns() - net.columns())) < 1 / INPUT_SCALE


def test_an_older_net_without_tactics_begins_with_none(exported, tmp_path):
    body = exported[0].read_bytes()[:-32]
    tactical = 28 + 2 * WIDTH * (1 + INPUTS)
    shape = body[8:16] + body[20:28]
    old = b"QIYOUNN1" + shape + body[28:tactical] + body[tactical + 2 * WIDTH * TACTICS :]
    path = tmp_path / "old.nnue"
    path.write_bytes(old + hashlib.sha256(old).digest())
    net = import_net(path)
    assert not net.tactics.any()
    assert torch.equal(net.columns(), import_net(exported[0]).columns())
    assert torch.equal(net.output.weight, import_net(exported[0]).output.weight)


def test_an_altered_net_is_not_learnt_from(exported, tmp_path):
    path = tmp_path / "altered.nnue"
    path.write_bytes(exported[0].read_bytes()[:-1] + b"x")
    with pytest.raises(BadInputError, match=r"altered\.nnue"):
        import_net(path)
