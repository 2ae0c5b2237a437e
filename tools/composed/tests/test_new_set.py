"""A set learned from one picture of the opening is read better, and nothing that is no opening is learned."""

import json

import cv2
import numpy as np
import pytest

from engine import Position
from tools.cli import main
from tools.composed.looks import FACE_PIXELS, Look, printed_look
from tools.composed.stage import Man, Stage, men_of
from tools.composed.view import look_at_board
from vision.classify import Classifier
from vision.decode import decode
from vision.errors import NewSetError
from vision.new_set import AdaptedReader, learn_set, load_set, save_set
from vision.reading import SQUARES, board_to_fen_order

START = board_to_fen_order(Position.start().board)
LATER = board_to_fen_order(
    Position.from_fen("r1bakab1r/9/1cn4c1/p1p1p1p1p/4n4/2P6/P3P1P1P/1C2C1N2/9/RNBAKAB1R w - - 0 1").board
)


def runes(seed: int = 1) -> Look:
    """A set whose signs no net has seen: a few strokes for each label, the same ink on both sides but
    lighter.
    """
    look = printed_look(seed)
    faces = {}
    for number, label in enumerate("KABNRCPkabnrcp"):
        rng = np.random.default_rng([number, 5])
        face = np.full((FACE_PIXELS, FACE_PIXELS, 3), (0.6, 0.75, 0.85), np.float32)
        ink = (0.1, 0.1, 0.5) if label.isupper() else (0.15, 0.15, 0.15)
        for _ in range(4):
            ends = (rng.uniform(0.25, 0.75, (2, 2)) * FACE_PIXELS).astype(int)
            cv2.line(face, ends[0].tolist(), ends[1].tolist(), ink, 7, cv2.LINE_AA)
        cv2.circle(face, (64, 64), 54, ink, 3, cv2.LINE_AA)
        faces[label] = face
    return Look(**{**vars(look), "faces": faces, "name": "runes"})


@pytest.fixture(scope="module")
def reader() -> Classifier:
    return Classifier()


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage(runes(), look_at_board((960, 720), tilt=0.25, fill=0.85), 3)


def shot(stage: Stage, labels: str, seed: int, frame: int = 0) -> np.ndarray:
    return stage.picture(list(men_of(labels, np.random.default_rng(seed)).values()), frame=frame)


@pytest.fixture(scope="module")
def known(stage, reader):
    return learn_set(shot(stage, START, 1), stage.ground, reader)


def test_an_unknown_set_is_read_after_one_picture_of_its_opening(stage, reader, known) -> None:
    picture = shot(stage, LATER, 2, 1)
    before = decode(reader.classify(picture, stage.ground)).labels
    after = decode(AdaptedReader(reader, known).classify(picture, stage.ground)).labels
    assert sum(a != b for a, b in zip(before, LATER, strict=True)) > 5
    assert "".join(after) == LATER


def test_a_board_with_another_set_is_read_as_if_none_had_been_learned(stage, reader, known) -> None:
    other = Stage(printed_look(4), look_at_board((960, 720), tilt=0.25, fill=0.85), 3)
    adapted, picture = AdaptedReader(reader, known), shot(other, LATER, 2, 1)
    assert "".join(decode(adapted.classify(picture, other.ground)).labels) == LATER
    assert adapted.another_set
    adapted.classify(shot(stage, LATER, 2, 1), stage.ground)
    assert not adapted.another_set


def test_a_disc_of_another_set_is_something_unknown(stage, reader, known) -> None:
    men = men_of(LATER, np.random.default_rng(2))
    point = SQUARES.index("e4")
    x, y = point % 9, point // 9
    men[point] = Man("?", float(x), float(y), 0.0, (0.2, 0.4, 0.7))
    scores = AdaptedReader(reader, known).classify(stage.picture(list(men.values())), stage.ground)
    assert decode(scores).labels[point] == "?"


def test_a_known_set_survives_its_file(tmp_path, stage, reader, known) -> None:
    save_set(known, tmp_path / "set.npz")
    assert (tmp_path / "set.npz").stat().st_size < 200_000
    again = load_set(tmp_path / "set.npz")
    picture = shot(stage, LATER, 2, 1)
    labels = decode(AdaptedReader(reader, again).classify(picture, stage.ground)).labels
    assert "".join(labels) == LATER


def test_files_that_are_no_known_set_are_refused(tmp_path, reader, known) -> None:
    path = tmp_path / "set.npz"
    for content in (b"", b"PK\x03\x04", b"hello"):
        path.write_bytes(content)
        with pytest.raises(NewSetError, match=r"set\.npz"):
            load_set(path)
    np.savez(path, templates=np.zeros((2, 3)), side=np.zeros(8), facts=np.zeros(3, np.uint8))
    with pytest.raises(NewSetError, match="not a learned set"):
        load_set(path)
    save_set(type(known)(**{**vars(known), "labels": "XX"}), path)
    with pytest.raises(NewSetError, match="do not fit together"):
        load_set(path)


def test_a_set_learned_with_other_nets_is_refused(reader, known) -> None:
    with pytest.raises(NewSetError, match="other models"):
        AdaptedReader(reader, type(known)(**{**vars(known), "model": "others"}))


@pytest.mark.parametrize(("square", "label", "said"), [("h9", ".", "h9"), ("e5", "P", "e5 should be empty")])
def test_a_picture_that_is_no_opening_is_not_learned(stage, reader, square, label, said) -> None:
    labels = list(START)
    labels[SQUARES.index(square)] = label
    with pytest.raises(NewSetError, match=said):
        learn_set(shot(stage, "".join(labels), 1), stage.ground, reader)


def test_the_verbs_learn_a_set_and_read_with_it(tmp_path, stage, capsys) -> None:
    cv2.imwrite(str(tmp_path / "opening.png"), shot(stage, START, 1))
    cv2.imwrite(str(tmp_path / "later.png"), shot(stage, LATER, 2, 1))
    corners = ",".join(f"{value:.2f}" for value in stage.view.corners.ravel())
    kept = tmp_path / "set.npz"
    assert main(["learn-set", str(tmp_path / "opening.png"), "--corners", corners, "--out", str(kept)]) == 0
    capsys.readouterr()
    words = ["look", str(tmp_path / "later.png"), "--corners", corners, "--set", str(kept), "--json"]
    assert main(words) in {0, 1}  # a point or two may be told with little confidence
    points = json.loads(capsys.readouterr().out)["points"]
    assert "".join(point["label"] for point in points) == LATER
    other = Stage(printed_look(4), look_at_board((960, 720), tilt=0.25, fill=0.85), 3)
    cv2.imwrite(str(tmp_path / "other.png"), shot(other, LATER, 2, 1))
    main(["look", str(tmp_path / "other.png"), "--corners", corners, "--set", str(kept)])
    assert "not those of" in capsys.readouterr().err
    assert main(["learn-set", str(tmp_path / "later.png"), "--corners", corners, "--out", str(kept)]) == 2
    assert "not the opening position" in capsys.readouterr().err
