"""`qiyou look`: what it prints, what it refuses, how it exits."""

import json
from dataclasses import replace
from typing import ClassVar

import cv2
import numpy as np
import pytest

import vision.look
from engine import Position
from tools.cli import main
from vision import SQUARES, Reading
from vision.reading import board_to_fen_order

START = board_to_fen_order(Position.start().board)
PICTURE = np.full((120, 160, 3), 128, np.uint8)
CORNERS = "10,10,150,10,150,110,10,110"


class FakeLooker:
    """Reads a grey picture as the start, a black one as an open board."""

    made: ClassVar[list] = []

    def __init__(self, *, corners=None, classifier=None) -> None:
        self.corners = corners
        self.asked: list[bool] = []
        FakeLooker.made.append(self)

    def look(self, frame, prior=None, *, free=False, asked=False):
        self.asked.append(asked)
        labels = START if frame.image.mean() > 50 else "?" + START[1:]
        corners = ((10.0, 10.0), (150.0, 10.0), (150.0, 110.0), (10.0, 110.0))
        return replace(Reading.of_labels(labels, frame_hash="x"), corners=corners)


@pytest.fixture(autouse=True)
def no_models(monkeypatch):
    FakeLooker.made.clear()
    monkeypatch.setattr(vision.look, "Looker", FakeLooker)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "board.png"
    cv2.imwrite(str(path), PICTURE)
    return path


def refused(capsys, *words) -> str:
    assert main(["look", *map(str, words)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("qiyou look: ")
    assert output.err.count("\n") == 1
    return output.err


def test_json_is_one_object_with_the_promised_form(photo, capsys) -> None:
    assert main(["look", str(photo), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == ["verdict", "reason", "fen", "corners", "points", "raw", "ms"]
    assert shown["fen"] == Position.start().placement()
    assert [point["square"] for point in shown["points"]] == list(SQUARES)
    assert "load" in shown["ms"]


def test_a_verdict_other_than_ok_exits_with_one(tmp_path, capsys) -> None:
    path = tmp_path / "dark.png"
    cv2.imwrite(str(path), PICTURE * 0)
    assert main(["look", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "unsure"


def test_without_json_the_board_is_shown_in_words(photo, capsys) -> None:
    assert main(["look", str(photo)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok"
    assert lines[1] == "9  r n b a k a b n r"
    assert lines[11:] == ["   a b c d e f g h i", Position.start().placement()]


def test_a_folder_streams_one_line_a_picture_and_goes_on_after_a_bad_one(tmp_path, capsys) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), PICTURE)
    (tmp_path / "b.png").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "c.png"), PICTURE * 0)
    assert main(["look", str(tmp_path)]) == 2
    output = capsys.readouterr()
    lines = [json.loads(line) for line in output.out.splitlines()]
    assert [(line["file"], line["verdict"]) for line in lines] == [("a.png", "ok"), ("c.png", "unsure")]
    assert "b.png" in output.err
    assert len(FakeLooker.made) == 1


def test_a_set_up_is_checked_against_the_opening(photo, capsys) -> None:
    assert main(["look", str(photo), "--setup"]) == 0
    assert capsys.readouterr().out == "The board is set up.\n"


def test_what_is_wrong_with_a_set_up_is_named(tmp_path, capsys) -> None:
    path = tmp_path / "dark.png"
    cv2.imwrite(str(path), PICTURE * 0)
    assert main(["look", str(path), "--setup"]) == 1
    said = "a9 cannot be made out; it should carry the black chariot"
    assert said in capsys.readouterr().out
    assert main(["look", str(path), "--setup", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["setup"]
    assert told["ready"] is False
    assert [difference["message"] for difference in told["differences"]] == [said]


def test_a_picture_is_told_at_its_likeliest_and_a_set_up_as_it_looks(photo) -> None:
    main(["look", str(photo)])
    main(["look", str(photo), "--setup"])
    main(["look", "--camera", str(photo.parent)])
    main(["look", "--camera", str(photo.parent), "--watch", "--corners", CORNERS])
    assert [looker.asked for looker in FakeLooker.made] == [[True], [False], [True], [False]]


def test_a_set_up_is_checked_in_one_picture_only(tmp_path, capsys) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    assert "--setup" in refused(capsys, tmp_path, "--setup")


def test_corners_reach_the_looker_in_order(photo) -> None:
    assert main(["look", str(photo), "--corners", CORNERS]) == 0
    assert FakeLooker.made[0].corners == [[10, 10], [150, 10], [150, 110], [10, 110]]


def test_a_corner_may_lie_beyond_the_left_edge(photo) -> None:
    assert main(["look", str(photo), "--corners", "-10.5,10,150,10,150,110,-10,110"]) == 0
    assert main(["look", str(photo), "--corners=-.5,-1e1,150,10,150,110,10,110"]) == 0
    assert FakeLooker.made[0].corners == [[-10.5, 10], [150, 10], [150, 110], [-10, 110]]
    assert FakeLooker.made[1].corners == [[-0.5, -10], [150, 10], [150, 110], [10, 110]]


@pytest.mark.parametrize("corners", ["1,2,3", "a,b,c,d,e,f,g,h", CORNERS + ",9"])
def test_corners_that_are_not_eight_numbers_are_refused(photo, corners, capsys) -> None:
    assert "eight numbers" in refused(capsys, photo, "--corners", corners)


def test_bad_pictures_are_refused_by_name(tmp_path, capsys) -> None:
    assert "nowhere.png" in refused(capsys, tmp_path / "nowhere.png")
    (tmp_path / "text.png").write_text("hello")
    assert "text.png" in refused(capsys, tmp_path / "text.png", "--json")
    (tmp_path / "empty").mkdir()
    assert "holds no pictures" in refused(capsys, tmp_path / "empty")


def test_the_annotated_picture_is_a_png_of_the_same_size(photo, tmp_path) -> None:
    out = tmp_path / "seen.png"
    assert main(["look", str(photo), "--out", str(out)]) == 0
    assert cv2.imread(str(out)).shape == PICTURE.shape


def test_options_that_make_no_sense_together_are_refused(photo, tmp_path, capsys) -> None:
    assert "one picture" in refused(capsys)
    assert "--camera" in refused(capsys, photo, "--camera", "0")
    assert "--watch needs" in refused(capsys, photo, "--watch")
    assert "must end in .png" in refused(capsys, photo, "--out", tmp_path / "seen.jpg")
    assert "--out" in refused(capsys, tmp_path, "--out", tmp_path / "seen.png")


def test_a_missing_camera_is_one_sentence(capsys) -> None:
    assert "there is no camera 93" in refused(capsys, "--camera", "93")


def test_help_names_every_option(capsys) -> None:
    assert main(["look", "--help"]) == 0
    text = capsys.readouterr().out
    for option in ("--json", "--corners", "--out", "--free", "--camera", "--watch"):
        assert option in text


def test_a_folder_serves_as_a_camera_and_its_health_is_told(tmp_path, capsys) -> None:
    for name in "abcde":
        cv2.imwrite(str(tmp_path / f"{name}.png"), PICTURE)
    words = ["look", "--camera", str(tmp_path), "--watch", "--corners", CORNERS]
    assert main(words) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 5
    assert [line["camera"]["kind"] for line in lines] == ["covered-lens"] * 3 + ["frozen"] * 2
    assert {line["verdict"] for line in lines} == {"ok"}


def test_a_lens_that_was_not_measured_is_refused(tmp_path, capsys) -> None:
    (tmp_path / "lens.json").write_text("{}")
    cv2.imwrite(str(tmp_path / "a.png"), PICTURE)
    source = tmp_path / "a.png"
    assert "lens.json" in refused(capsys, "--camera", source, "--lens", tmp_path / "lens.json")
    assert "--lens needs --camera" in refused(capsys, source, "--lens", tmp_path / "lens.json")
