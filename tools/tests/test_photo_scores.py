import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine import Position
from tools.cli import main
from tools.composed.looks import printed_look
from tools.composed.stage import Stage, men_of
from tools.composed.view import look_at_board
from tools.errors import BadInputError
from tools.photo_scores import PhotoScore, labelled_photos, score_photo, summary
from vision.classify import Classifier
from vision.locate import Locator
from vision.reading import board_to_fen_order

PHOTOS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "photos"
SCORES = Path(__file__).resolve().parents[2] / "docs" / "vision-scores.md"

ENTRY = {
    "file": "a.png",
    "tier": "A",
    "fen": "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR",
    "masked": ["a10", "i1"],
    "corners": [[40, 40], [280, 40], [280, 310], [40, 310]],
}


def folder_with(tmp_path, **changes):
    (tmp_path / "labels.json").write_text(json.dumps({"photos": [ENTRY | changes]}))
    cv2.imwrite(str(tmp_path / "a.png"), np.full((360, 320, 3), 90, np.uint8))
    return tmp_path


def test_masked_squares_count_ranks_from_one_to_ten(tmp_path):
    (photo,) = labelled_photos(folder_with(tmp_path))
    assert photo.masked == {0, 89}
    assert photo.labels[0] == "r"
    assert photo.labels[89] == "R"


def test_an_empty_picture_scores_the_empty_points_at_most(tmp_path):
    (photo,) = labelled_photos(folder_with(tmp_path))
    score = score_photo(photo, Locator(), Classifier())
    assert score.points == 88
    assert score.raw <= 58
    assert score.corner_cells is None
    assert not score.found
    assert score.verdict == "no-board"
    assert summary([score])["found"] == 0


def score_of(source, *, wrong, unknown):
    right = 90 - wrong - unknown
    return PhotoScore(
        file="a.png",
        tier="A",
        source=source,
        points=90,
        masked=0,
        raw=right,
        decoded=right,
        open=unknown,
        wrong=wrong,
        sure=right,
        sure_wrong=0,
        corner_cells=0.1,
        unaided=right,
        verdict="unsure",
    )


def test_a_source_with_many_photographs_weighs_no_more_than_one_with_few():
    many = [score_of("street", wrong=0, unknown=0) for _ in range(9)]
    figures = summary([*many, score_of("club", wrong=9, unknown=18)])
    assert figures["wrong_by_source"] == pytest.approx(0.05)
    assert figures["open_by_source"] == pytest.approx(0.1)
    assert figures["decoded_by_source"] == pytest.approx(0.85)


def test_the_log_line_ends_with_the_wrong_and_open_points_by_source(tmp_path, capsys):
    folder = folder_with(tmp_path)
    log = tmp_path / "log.md"
    assert main(["score-photos", "--photos", str(folder), "--log", str(log), "--date", "2026-01-02"]) == 0
    cells = [cell.strip() for cell in log.read_text().strip().strip("|").split("|")]
    assert cells[0] == "2026-01-02"
    assert all(cell.endswith(" %") for cell in cells[-2:])
    (header,) = [line for line in SCORES.read_text().splitlines() if line.startswith("| date ")]
    names = [name.strip() for name in header.strip("|").split("|")]
    assert names[-2:] == ["wrong, by source", "?, by source"]
    assert len(names) == len(cells)
    printed = capsys.readouterr().out.splitlines()[-1]
    assert printed.split("|")[2:] == log.read_text().strip().split("|")[2:]


def test_learning_a_set_is_scored_on_the_other_photographs_of_its_source(tmp_path, capsys):
    stage = Stage(printed_look(4), look_at_board((960, 720), tilt=0.3, fill=0.85), 3)
    opening = board_to_fen_order(Position.start().board)
    later = opening[:19] + "." + opening[20:]  # a cannon has been taken
    pictures = (("a.png", opening, "home"), ("b.png", later, "home"), ("c.png", opening, "club"))
    entries = []
    for frame, (name, labels, source) in enumerate(pictures):
        men = list(men_of(labels, np.random.default_rng(frame)).values())
        cv2.imwrite(str(tmp_path / name), stage.picture(men, frame=frame))
        fen = "/".join(labels[row : row + 9].replace(".", "1") for row in range(0, 90, 9))
        corners = stage.view.corners.tolist()
        entries.append({"file": name, "source_repo": source, "fen": fen, "masked": [], "corners": corners})
    (tmp_path / "labels.json").write_text(json.dumps({"photos": entries}))
    assert main(["score-photos", "--photos", str(tmp_path), "--learn", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["photos"]
    assert (told["file"], told["teacher"], told["points"]) == ("b.png", "a.png", 90)
    assert told["right"][1] == 90
    assert told["open"][1] == 0
    assert main(["score-photos", "--photos", str(tmp_path), "--learn"]) == 0
    assert "learned 90" in capsys.readouterr().out
    (tmp_path / "labels.json").write_text(json.dumps({"photos": entries[1:]}))
    assert main(["score-photos", "--photos", str(tmp_path), "--learn"]) == 2
    assert "two photographs" in capsys.readouterr().err


@pytest.mark.parametrize(
    "changes",
    [{"fen": "9/9"}, {"corners": [[0, 0]]}, {"masked": ["z3"]}, {"masked": ["a11"]}, {"file": "../a.png"}],
)
def test_a_bad_label_is_refused_with_a_sentence(tmp_path, changes):
    with pytest.raises(BadInputError):
        labelled_photos(folder_with(tmp_path, **changes))


def test_a_folder_without_labels_is_refused(tmp_path):
    with pytest.raises(BadInputError, match=r"labels\.json"):
        labelled_photos(tmp_path)


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the evaluation photographs are not here")
def test_the_labels_of_the_evaluation_photographs_can_be_read():
    photos = labelled_photos(PHOTOS)
    assert len(photos) == 15
    assert all(photo.path.is_file() for photo in photos)
