"""`qiyou look` end to end, with the real models, on pictures drawn for the test: no photograph, no camera."""

import json
from contextlib import redirect_stdout
from io import StringIO

import cv2
import numpy as np
import pytest

from engine import Position
from host.arm.robot import load as load_robot
from host.twin.pictures import board_picture, board_size, face_picture, table_picture
from tools.cli import main
from vision.geometry import homography_from_corners, project
from vision.reading import board_to_fen_order

START = Position.start()
TRUTH = board_to_fen_order(START.board)
CORNERS = np.array([[330.0, 120.0], [850.0, 128.0], [890.0, 700.0], [300.0, 690.0]])
SIZE = (1200, 820)


def drawn_board(labels: str) -> tuple[np.ndarray, np.ndarray]:
    """A board with flat faces seen from straight above (BGR), and its pixels of a9, i9, i0, a0."""
    robot, rng = load_robot(None), np.random.default_rng(5)
    picture = board_picture(robot, "kai", rng)
    pixels = picture.shape[1] / board_size(robot)[0]
    pitch = robot.board.pitch * pixels
    margin = (picture.shape[1] - 8 * pitch) / 2
    side = round(robot.piece.diameter * pixels)
    disc = np.zeros((side, side), np.uint8)
    cv2.circle(disc, (side // 2, side // 2), side // 2 - 1, 255, -1)
    for point, label in enumerate(labels):
        if label != ".":
            x, y = (round(margin + at * pitch - side / 2) for at in (point % 9, point // 9))
            face = cv2.resize(face_picture(label, "kai", rng), (side, side), interpolation=cv2.INTER_AREA)
            np.copyto(picture[y : y + side, x : x + side], face, where=disc[..., None] > 0)
    far, low = margin + 8 * pitch, margin + 9 * pitch
    return picture, np.array([[margin, margin], [far, margin], [far, low], [margin, low]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The start as seen by a camera, the same upside down, in the dark, and a table without a board."""
    path = tmp_path_factory.mktemp("pictures")
    board, own_corners = drawn_board(TRUTH)
    table = cv2.resize(table_picture(np.random.default_rng(6)), SIZE)
    tilt = cv2.getPerspectiveTransform(own_corners.astype(np.float32), CORNERS.astype(np.float32))
    seen = cv2.warpPerspective(board, tilt, SIZE, table.copy(), cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    seen = cv2.GaussianBlur(seen, (0, 0), 0.7)
    cv2.imwrite(str(path / "start.png"), seen)
    cv2.imwrite(str(path / "upside-down.png"), cv2.rotate(seen, cv2.ROTATE_180))
    cv2.imwrite(str(path / "night.png"), (seen * 0.04).astype(np.uint8))
    cv2.imwrite(str(path / "table.png"), table)
    return path


@pytest.fixture(scope="module")
def readings(folder):
    """Every picture of the folder as `qiyou look DIR` reads it, by name."""
    out = StringIO()
    with redirect_stdout(out):
        code = main(["look", str(folder)])
    assert code in (0, 1)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return {line["file"]: line for line in lines}


def test_the_board_is_found_to_a_tenth_of_a_cell(readings) -> None:
    found = np.array(readings["start.png"]["corners"])
    lattice = project(homography_from_corners(CORNERS), [[0, 0], [1, 0]])
    cell = np.linalg.norm(lattice[1] - lattice[0])
    assert np.abs(found - CORNERS).max() < 0.1 * cell


@pytest.mark.parametrize("name", ["start.png", "upside-down.png"])
def test_what_is_said_with_confidence_is_true(readings, name) -> None:
    reading = readings[name]
    points = zip(reading["points"], TRUTH, strict=True)
    sure = [(point["label"], true) for point, true in points if point["confidence"] > 0.9]
    assert len(sure) > 45
    assert all(label == true for label, true in sure)
    assert reading["fen"] in (None, START.placement())


def test_red_is_found_at_whichever_end_it_sits(readings) -> None:
    straight, turned = (np.array(readings[name]["corners"]) for name in ("start.png", "upside-down.png"))
    mirrored_pixel = np.array(SIZE) - 1 - turned
    assert np.abs(straight - mirrored_pixel).max() < 5


@pytest.mark.parametrize(
    ("name", "verdicts", "reasons"),
    [
        ("night.png", {"no-board", "unsure"}, {"too-dark"}),
        ("table.png", {"no-board"}, {"not-xiangqi", "blurred"}),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(readings, name, verdicts, reasons) -> None:
    assert readings[name]["verdict"] in verdicts
    assert readings[name]["reason"] in reasons
    assert readings[name]["fen"] is None


def test_the_same_picture_is_read_the_same_and_corners_can_be_given(folder, capsys) -> None:
    words = ["look", str(folder / "start.png"), "--json"]
    given = [*words, "--corners", ",".join(str(value) for value in CORNERS.ravel())]
    outputs = []
    for command in (words, words, given):
        main(command)
        outputs.append(json.loads(capsys.readouterr().out))
    for output in outputs:
        output.pop("ms")
    assert outputs[0] == outputs[1]
    assert np.allclose(outputs[2]["corners"], CORNERS, atol=0.01)
