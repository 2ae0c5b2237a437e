"""Faces seen where it was known whose they are tell the same men apart on other points."""

import numpy as np
import pytest

from tools.composed.stage import Stage, men_of
from tools.composed.tests.test_new_set import START, runes, shot
from tools.composed.view import look_at_board
from vision.classify import Classifier
from vision.familiar import FamiliarReader
from vision.reading import SQUARES


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage(runes(), look_at_board((960, 720), tilt=0.25, fill=0.85), 3)


@pytest.fixture(scope="module")
def reader() -> Classifier:
    return Classifier()


def told(reader, stage: Stage, labels: str) -> int:
    """How many men are named right, their side aside."""
    scores = reader.classify(shot(stage, labels, 5, frame=7), stage.ground)
    men = [point for point, label in enumerate(labels) if label != "."]
    kinds = scores.kind_logp[men, :7].argmax(axis=1)
    right = [labels[point].upper() == "KABNRCP"[kind] for kind, point in zip(kinds, men, strict=True)]
    return sum(right)


def test_signs_no_net_knows_are_told_better_once_they_were_seen(stage, reader):
    familiar = FamiliarReader(reader)
    familiar.remember(shot(stage, START, 1), stage.ground, START)
    assert told(familiar, stage, START) >= told(reader, stage, START) + 8


def test_before_anything_was_seen_and_where_nobody_asks_it_reads_as_ever(stage, reader):
    familiar, picture = FamiliarReader(reader), shot(stage, START, 5)
    plain = reader.classify(picture, stage.ground).kind_logp
    assert np.array_equal(familiar.classify(picture, stage.ground).kind_logp, plain)
    familiar.remember(shot(stage, START, 1), stage.ground, START)
    asked = np.array([square == "b9" for square in SQUARES])
    familiar.attend(asked)
    now = familiar.classify(picture, stage.ground).kind_logp
    assert np.array_equal(now[~asked], plain[~asked])
    assert not np.array_equal(now[asked], plain[asked])


def test_a_board_of_few_men_is_not_learned_from(stage, reader):
    few = "".join(label if label in "kK" else "." for label in START)
    familiar = FamiliarReader(reader)
    picture = stage.picture(list(men_of(few, np.random.default_rng(1)).values()))
    familiar.remember(picture, stage.ground, few)
    plain = reader.classify(picture, stage.ground).kind_logp
    assert np.array_equal(familiar.classify(picture, stage.ground).kind_logp, plain)
