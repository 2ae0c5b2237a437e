"""The models that come with the program, judged on pictures and fonts they have never seen."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the pictures are drawn with Pillow (the `train` extra)")

from tools.train_vision.camera import Camera
from tools.train_vision.fonts import HELD_OUT, families
from tools.train_vision.judge import corner_error_cells, judge
from tools.train_vision.positions import played_letters
from tools.train_vision.samples import point_labels
from tools.train_vision.scene import draw_empty_scene
from tools.train_vision.shards import scene_of
from vision.classify import KIND_COLUMNS, Classifier
from vision.geometry import BOARD_CORNERS, homography_from_corners, is_mirrored, pitch_pixels, project
from vision.locate import Locator

SEED = 31
# Floors a little under what the models of this version reach (vision/models/README.md).
FLOOR_KIND, FLOOR_PIECE, FLOOR_SIDE = 0.87, 0.60, 0.76
FACES = families()

pytestmark = pytest.mark.skipif(
    not HELD_OUT & {face.family for face in FACES}, reason="no held-out font here (fonts-cns11643-kai)"
)


@pytest.fixture(scope="module")
def locator():
    return Locator()


@pytest.fixture(scope="module")
def classifier():
    return Classifier()


@pytest.fixture(scope="module")
def judgement(locator, classifier):
    return judge(locator, classifier, FACES, SEED, 40)


def test_most_boards_are_found_where_they_are_though_folded_shaded_or_half_hidden(judgement):
    assert judgement.boards >= 30
    assert judgement.boards_found_well >= 0.75 * judgement.boards


def test_a_picture_without_a_board_shows_none(locator):
    pictures = [draw_empty_scene(np.random.default_rng([SEED, seed]), FACES).image for seed in range(24)]
    assert sum(locator.locate(picture) is not None for picture in pictures) <= 1


def test_pieces_of_an_unseen_font_are_read(judgement):
    assert judgement.piece_accuracy >= FLOOR_PIECE
    assert judgement.kind_accuracy >= FLOOR_KIND
    assert judgement.side_accuracy >= FLOOR_SIDE


def test_pieces_are_placed_within_a_twentieth_of_a_cell(judgement):
    assert judgement.offset_error_median <= 0.03
    assert judgement.offset_error_p95 <= 0.12


def test_the_grid_found_is_never_mirrored_and_starts_at_its_upper_end(locator):
    for index in range(10):
        scene, _ = scene_of(SEED, index, FACES, None, held_out=True)
        located = locator.locate(scene.image)
        if located is None or scene.camera is None:
            continue
        assert not is_mirrored(located.homography)
        assert located.corners[:2, 1].mean() <= located.corners[2:, 1].mean()
        assert pitch_pixels(located.homography) == pytest.approx(pitch_pixels(scene.homography), rel=0.1)


def test_turning_the_picture_turns_the_lattice(locator):
    scene = next(
        scene
        for scene in (scene_of(SEED, index, FACES, None, held_out=True)[0] for index in range(20))
        if scene.camera is not None and not scene.cover.any()
    )
    for _ in range(4):
        located = locator.locate(scene.image)
        assert located is not None
        assert corner_error_cells(located, scene) < 0.25
        width, height = scene.camera.size
        quarter = np.array([[0.0, 1, 0], [-1, 0, width - 1], [0, 0, 1]])
        camera = Camera(quarter @ scene.camera.matrix, (height, width))
        scene = replace(scene, image=np.ascontiguousarray(np.rot90(scene.image)), camera=camera)


def test_corners_a_fifth_of_a_cell_off_are_made_good_by_the_men_on_the_board(classifier):
    """Told right of all points: with true corners, and with the corners moved."""
    rng = np.random.default_rng(SEED)
    true, moved, least = 0, 0, 0
    for index in range(30):
        scene, _ = scene_of(SEED, index, FACES, None, held_out=True, letters=played_letters(rng))
        if scene.camera is None or scene.bend is not None:
            continue
        labels = point_labels(scene, scene.homography)
        wrong = homography_from_corners(project(scene.homography, BOARD_CORNERS + np.array([0.22, -0.2])))
        # a board that is turned or stretched besides
        wrong = wrong @ np.array([[1.01, 0.01, 0.0], [-0.01, 1.0, 0.0], [0.0, 0.0, 1.0]])
        told = [classifier.classify(scene.image, way).kind_logp for way in (scene.homography, wrong)]
        right = [((one.argmax(axis=1) == labels.kind) & labels.learn).sum() for one in told]
        true, moved, least = true + right[0], moved + right[1], least + labels.learn.sum()
    assert true > 0.9 * least
    assert moved > 0.98 * true


def test_scores_are_log_probabilities_for_ninety_points(classifier):
    scene, _ = scene_of(SEED, 0, FACES, None, held_out=True)
    scores = classifier.classify(scene.image, np.array([[40.0, 0, 90], [0, 40, 60], [0, 0, 1]]))
    assert scores.kind_logp.shape == (90, len(KIND_COLUMNS))
    assert np.allclose(np.exp(scores.kind_logp).sum(axis=1), 1, atol=1e-4)
    assert scores.red_logit.shape == (90,)
    assert scores.ink.shape == (90, 8)
    assert scores.offset_cells.shape == (90, 2)
