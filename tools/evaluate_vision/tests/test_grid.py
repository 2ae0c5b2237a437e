"""The grid counts what it says it counts, goes on where it stopped, and does not pass an empty cell."""

import json
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tools.cli import main
from tools.evaluate_vision.grid import Grid, Score, cell_figures, confusion, sample_of
from tools.evaluate_vision.scenarios import SCENARIOS
from tools.evaluate_vision.sheet import ContactSheet
from vision.classify import Classifier
from vision.locate import Locator
from vision.reading import Reading, Verdict

TRUTH = "r" + "." * 87 + "P_"


def score(read: str, verdict: str = "ok", *, found: bool = True, named: bool = True) -> Score:
    return Score("cell", 0, verdict, None, named, found, TRUTH, read, 10.0)


RIGHT = score(TRUTH)
WRONG = score("p" + TRUTH[1:])
DOUBTED = score("?" + TRUTH[1:], "unsure")


def test_errors_unknown_points_and_silent_boards_are_told_apart() -> None:
    assert (RIGHT.errors, RIGHT.unknown, RIGHT.silent, RIGHT.failed) == (0, 0, False, False)
    assert (WRONG.errors, WRONG.unknown, WRONG.silent, WRONG.failed) == (1, 0, True, True)
    assert (DOUBTED.errors, DOUBTED.unknown, DOUBTED.silent, DOUBTED.failed) == (0, 1, False, False)


def test_a_board_seen_from_the_wrong_end_under_ok_is_wrong_in_silence(tmp_path) -> None:
    grid = Grid(tmp_path / "scores.jsonl", Locator(), Classifier())
    plain, mirrored = (cell for cell in SCENARIOS if cell.name in {"printed kai", "mirrored"})
    sample = sample_of(plain, 0)
    corners = np.roll(sample.corners, 2, axis=0)
    for verdict, silent in (("ok", True), ("unsure", False)):
        turned = reading(verdict, sample.labels[::-1], corners)
        told = grid.score(plain, 0, turned, sample)
        assert (told.found, told.errors > 30, told.silent) == (False, True, silent)
        assert grid.score(mirrored, 0, turned, sample).silent is silent


def test_a_board_read_rightly_whose_corner_is_off_is_not_found_but_not_wrong(tmp_path) -> None:
    grid = Grid(tmp_path / "scores.jsonl", Locator(), Classifier())
    plain = next(cell for cell in SCENARIOS if cell.name == "printed kai")
    sample = sample_of(plain, 0)
    cell = (sample.corners[1] - sample.corners[0]) / 8
    for cells, found, unknown in ((0.2, True, 0), (0.3, False, 90)):
        told = grid.score(plain, 0, reading("ok", sample.labels, sample.corners + cells * cell), sample)
        assert (told.found, told.errors, told.unknown, told.silent) == (found, 0, unknown, False)


def reading(verdict: Verdict, labels: Sequence[str], corners: NDArray[np.float64]) -> Reading:
    told = Reading.of_labels(labels, verdict=verdict)
    return replace(told, corners=tuple((float(x), float(y)) for x, y in corners))


def test_the_figures_of_a_cell_follow_from_its_scores() -> None:
    figures = cell_figures([RIGHT, WRONG, DOUBTED, RIGHT])
    assert figures["count"] == 4
    assert figures["points"][0] == pytest.approx(1 - 2 / (4 * 89))
    assert figures["recall"][0] == pytest.approx(6 / 8)
    assert figures["precision"][0] == pytest.approx(6 / 7)
    assert figures["whole"][0] == pytest.approx(2 / 4)
    assert figures["at_most_one"][0] == 1
    assert figures["silent_wrong"] == 1
    low, high = figures["whole"][1:]
    assert low < 0.5 < high


def test_an_empty_cell_has_no_shares() -> None:
    assert cell_figures([])["points"] is None


def test_the_confusion_matrix_names_what_was_taken_for_what() -> None:
    table = confusion([RIGHT, WRONG, DOUBTED])
    assert table["r"] == {**dict.fromkeys(table["r"], 0), "r": 1, "p": 1, "?": 1}
    assert table["P"]["P"] == 3


def test_cells_have_names_of_their_own_and_their_pictures_come_again() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(set(names)) == len(names) >= 25
    assert {scenario.group for scenario in SCENARIOS} == {"main", "rare"}
    hand = next(scenario for scenario in SCENARIOS if scenario.name == "hand")
    first, again, other = (sample_of(hand, number) for number in (0, 0, 3))
    assert np.array_equal(first.image, again.image)
    assert not np.array_equal(first.image, other.image)
    assert len(first.labels) == 90
    assert first.masked


def test_a_set_is_read_in_the_same_pictures_before_and_after_it_is_learned() -> None:
    before, after = (s for s in SCENARIOS if s.name.startswith("new set"))
    one, other = sample_of(before, 1), sample_of(after, 1)
    assert np.array_equal(one.image, other.image)
    assert one.labels == other.labels
    assert one.opening is None
    assert other.opening is not None


def test_a_contact_sheet_is_written_page_by_page(tmp_path) -> None:
    sheet = ContactSheet(tmp_path)
    for number in range(25):
        sheet.add_picture(np.full((90, 160, 3), 9 * number, np.uint8), f"picture {number}")
    pages = sheet.close()
    assert [page.name for page in pages] == ["failures-1.png", "failures-2.png"]
    assert cv2.imread(str(pages[0])).shape == (1800, 1600, 3)


CELLS = ["--cell", "printed kai", "--cell", "hand"]


def test_the_verb_measures_goes_on_and_fails_on_an_empty_cell(tmp_path, capsys) -> None:
    words = ["evaluate-vision", "--out", str(tmp_path), *CELLS, "--json"]
    assert main([*words, "--count", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["cells"]["printed kai"]["whole"][0] == 1
    assert told["cells"]["hand"]["named"][0] == 1
    assert told["pairs"]["車 read as 卒"] == 0
    lines = (tmp_path / "scores.jsonl").read_text()
    assert main([*words, "--count", "1"]) == 0
    assert (tmp_path / "scores.jsonl").read_text() == lines
    capsys.readouterr()
    assert main([*words, "--count", "0"]) == 1
    assert json.loads(capsys.readouterr().out)["empty"] == ["printed kai", "hand"]


def test_scores_of_other_models_and_strange_lines_are_refused(tmp_path, capsys) -> None:
    entry = {"models": "others", **vars(RIGHT)}
    path = tmp_path / "scores.jsonl"
    for content, said in ((json.dumps(entry), "other models"), ("{}", "not a score")):
        path.write_text(content + "\n")
        assert main(["evaluate-vision", "--out", str(tmp_path), *CELLS]) == 2
        assert said in capsys.readouterr().err
    path.write_bytes(b"\xff\n")
    assert main(["evaluate-vision", "--out", str(tmp_path), *CELLS]) == 2
    assert "scores.jsonl is not UTF-8 text" in capsys.readouterr().err
    assert main(["evaluate-vision", "--out", str(tmp_path), "--cell", "moonlight"]) == 2
    assert "moonlight" in capsys.readouterr().err
