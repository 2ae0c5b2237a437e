import cv2
import numpy as np
import pytest

pytest.importorskip("PIL", reason="the pictures are drawn with Pillow (the `train` extra)")

from tools.errors import BadInputError
from tools.train_vision.bends import draw_bend
from tools.train_vision.fonts import HELD_OUT, KIND_GLYPHS, families, has_glyph
from tools.train_vision.pieces import draw_style
from tools.train_vision.placing import KINDS, place
from tools.train_vision.samples import (
    EMPTY,
    UNKNOWN,
    canvas_sample,
    close_up_sample,
    locator_sample,
    point_labels,
)
from tools.train_vision.scene import draw_empty_scene, draw_scene
from tools.train_vision.shards import close_ups_of, load_columns, make_shard, scene_of
from vision.geometry import LATTICE, is_mirrored, project
from vision.glyphs import GLYPHS, KIND_OF_GLYPH

FACES = families()


def scenes(count):
    return [draw_scene(np.random.default_rng([5, seed]), FACES) for seed in range(count)]


def test_the_same_seed_draws_the_same_picture_and_another_seed_another():
    first, again, other = (scene_of(seed, 3, FACES, None, held_out=False)[0] for seed in (1, 1, 2))
    assert np.array_equal(first.image, again.image)
    assert first.pieces == again.pieces
    assert first.image.shape != other.image.shape or not np.array_equal(first.image, other.image)


def test_a_folder_of_fonts_that_is_missing_is_named(tmp_path):
    with pytest.raises(BadInputError, match="absent is no folder"):
        families((tmp_path / "absent",))


def test_held_out_fonts_never_meet_the_others():
    assert HELD_OUT & {face.family for face in FACES}, "fonts-cns11643-kai is needed to judge"
    assert {face.family for face in FACES} - HELD_OUT


def test_every_font_has_a_glyph_for_every_kind_and_side():
    for face in FACES:
        for red, black in KIND_GLYPHS.values():
            assert any(has_glyph(face, text) for text in red), face.family
            assert any(has_glyph(face, text) for text in black), face.family


def test_light_writing_is_never_on_clear_discs():
    light = clear = 0
    for seed in range(400):
        style = draw_style(np.random.default_rng([9, seed]), FACES)
        same_ink = np.array_equal(*style.ink)
        light, clear = light + same_ink, clear + (style.clearness > 0)
        assert not (same_ink and style.clearness)
    assert light > 10
    assert clear > 10


def test_no_view_is_mirrored_and_the_board_is_mostly_inside_the_picture():
    for scene in scenes(20):
        assert not is_mirrored(scene.homography)
        height, width = scene.image.shape[:2]
        spots = project(scene.homography, LATTICE)
        inside = ((spots >= 0) & (spots < (width, height))).all(axis=1)
        assert inside.mean() > 0.7


def test_an_uncovered_piece_on_its_point_is_labelled_with_its_kind_side_and_place():
    checked = 0
    for scene in scenes(12):
        labels = point_labels(scene, scene.homography)
        for piece in scene.pieces:
            off = np.hypot(*(LATTICE - (piece.x, piece.y)).T)
            index = int(off.argmin())
            if off[index] > 0.3 or labels.kind[index] in {EMPTY, UNKNOWN}:
                continue
            assert KINDS[labels.kind[index]] == piece.kind
            assert bool(labels.red[index]) == piece.red
            # The label's plane is a typical piece's top; the rest is parallax, and the bend of a sheet.
            allowed = 0.2 if scene.bend is None else 0.55
            assert np.hypot(*(labels.offset[index] - ((piece.x, piece.y) - LATTICE[index]))) < allowed
            checked += 1
    assert checked > 60


def test_on_some_boards_all_men_stand_off_their_points_and_none_in_another():
    careless = 0
    for seed in range(40):
        men = place(np.random.default_rng([7, seed]), 1.0, 1.0, dict.fromkeys(range(0, 90, 2), "p"))
        off = [np.hypot(*(LATTICE - (man.x, man.y)).T).min() for man in men]
        careless += bool(np.median(off) > 0.12)
        for number, man in enumerate(men):
            reach = 2 * man.radius
            assert all(np.hypot(man.x - other.x, man.y - other.y) > reach for other in men[:number])
    assert 4 <= careless <= 20


def test_a_covered_point_cannot_be_told():
    for seed in range(6):
        scene = draw_scene(np.random.default_rng([6, seed]), FACES)
        scene.cover[:] = 1.0
        assert (point_labels(scene, scene.homography).kind == UNKNOWN).all()


def test_a_picture_without_a_board_has_no_homography():
    scene = draw_empty_scene(np.random.default_rng(1), FACES)
    assert scene.camera is None
    _, lattice = locator_sample(np.random.default_rng(1), scene)
    assert not lattice.any()
    assert not len(close_up_sample(np.random.default_rng(1), scene).kind)


def test_the_locators_sample_carries_the_lattice_along():
    rng = np.random.default_rng(2)
    for scene in scenes(6):
        square, lattice = locator_sample(rng, scene)
        assert square.shape == (320, 320, 3)
        matrix, _ = cv2.findHomography(scene.lattice, lattice, 0)
        assert np.abs(project(matrix, scene.lattice) - lattice).max() < 0.01
        assert not is_mirrored(cv2.findHomography(LATTICE, lattice, 0)[0])


def test_a_bent_board_has_its_lattice_where_the_bend_brings_it():
    rng = np.random.default_rng(9)
    bend = draw_bend(rng, (400, 300), 30.0)
    spots = rng.uniform((60, 60), (340, 240), (20, 2))
    picture = np.zeros((300, 400), np.float32)
    for x, y in spots[:1]:
        cv2.circle(picture, (round(x * 16), round(y * 16)), 64, 1.0, -1, cv2.LINE_AA, 4)
    bent = bend.applied(picture)
    rows, columns = np.nonzero(bent > 0.5)
    assert np.abs(bend.moved(spots[:1])[0] - (columns.mean(), rows.mean())).max() < 1.0


def test_close_ups_are_cut_on_the_pieces_and_say_what_is_written_there():
    count = 0
    for scene in scenes(4):
        part = close_up_sample(np.random.default_rng(1), scene)
        assert part.pictures.shape[1:] == (48, 48, 3)
        for glyph, kind, red in zip(part.glyph, part.kind, part.red, strict=True):
            assert (kind == 7) == (glyph == len(GLYPHS)) == (red < 0)
            assert glyph < 0 or kind == 7 or KIND_OF_GLYPH[glyph] == kind
            count += 1
    assert count > 20


def test_a_shard_is_drawn_once_and_read_back(tmp_path):
    path = tmp_path / "a.npz"
    make_shard(path, 4, range(4), FACES)
    stamp = path.stat().st_mtime_ns
    make_shard(path, 4, range(4), FACES)
    assert path.stat().st_mtime_ns == stamp
    squares, lattices, kind = load_columns([path, path], ("squares", "lattices", "kind"))
    assert squares.shape == (8, 320, 320, 3)
    assert len(kind) == 2 * int((np.abs(lattices[:4]).sum(axis=(1, 2)) > 0).sum())
    glyph, red, of_scene = load_columns([close_ups_of(path)], ("glyph", "red", "scene"))
    assert len(glyph) == len(red) == len(of_scene) > 0
    assert set(of_scene) == set(range(len(kind) // 2))


def test_canvas_labels_name_ninety_points():
    canvas, labels = canvas_sample(np.random.default_rng(3), scenes(1)[0])
    assert canvas.shape == (264, 240, 3)
    assert labels.kind.shape == labels.red.shape == labels.learn.shape == (90,)
    assert ((labels.red >= 0) == (labels.kind < EMPTY)).all()
