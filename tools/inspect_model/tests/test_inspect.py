"""The inspection attacks what is shipped, and a release check reads its card."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tools.cli import main
from tools.errors import BadInputError
from tools.inspect_model.card import load_card, save_card
from tools.inspect_model.foreign import KINDS, foreign_picture
from tools.inspect_model.pass_lines import PASS_LINES, SECTION_NAMES, faults_of, line_of
from tools.inspect_model.trials import Bench, Puppet, swapped, with_face
from vision.classify import Classifier, board_canvas
from vision.locate import Locator
from vision.look import Looker
from vision.model_files import MODELS, listed_hashes, load_model
from vision.reading import Frame

MODEL_HASHES = {"a.onnx": "1" * 64}
GOOD = [line_of(line.section, line.name, line.bound, line.trials) for line in PASS_LINES]


@pytest.fixture(scope="module")
def nets() -> tuple[Locator, Classifier]:
    return Locator(), Classifier()


def test_a_card_survives_its_file_and_passes_when_all_lines_hold(tmp_path) -> None:
    path = tmp_path / "card.json"
    save_card(path, MODEL_HASHES, GOOD)
    assert load_card(path) == (MODEL_HASHES, GOOD)
    assert faults_of(GOOD) == []


def test_a_section_or_a_pass_line_that_is_missing_stops_a_release() -> None:
    assert faults_of(GOOD[1:]) == ["the section white box is missing"]
    assert faults_of(GOOD[:-1]) == ["other things, taken for a game: the line is missing"]
    assert len(faults_of([])) == len(SECTION_NAMES)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"value": 0.97}, "0.97 where 0.98 is the bound"),
        ({"value": 0.6, "bound": 0.5}, "the card's bound is not 0.98"),
        ({"bound": None}, "the card's bound is not 0.98"),
        ({"value": 0.97, "kind": "at_most"}, "the card's bound is not 0.98"),
        ({"count": 49}, "49 trials where 50 are the least"),
    ],
)
def test_a_line_that_does_not_hold_or_holds_too_easily_stops_a_release(changed, fault) -> None:
    lines = [replace(line, **changed) if line.name == "no board" else line for line in GOOD]
    told = faults_of(lines)
    assert len(told) == 1
    assert told[0].startswith(f"other things, no board: {fault}")


def test_what_is_no_card_is_refused(tmp_path) -> None:
    path = tmp_path / "card.json"
    for content in ("", "[]", "{}", '{"format": 9, "models": {}, "lines": []}'):
        path.write_text(content)
        with pytest.raises(BadInputError, match=r"card\.json"):
            load_card(path)


def test_the_check_reads_the_card_and_measures_nothing(tmp_path, capsys) -> None:
    path = tmp_path / "card.json"
    save_card(path, listed_hashes(), GOOD)
    assert main(["inspect-model", "--card", str(path), "--check"]) == 0
    capsys.readouterr()
    save_card(path, MODEL_HASHES, GOOD)
    assert main(["inspect-model", "--card", str(path), "--check", "--json"]) == 1
    assert "other models" in json.loads(capsys.readouterr().out)["faults"][0]
    assert main(["inspect-model", "--card", str(path), "--section", "magic"]) == 2


def test_the_card_that_is_shipped_is_about_the_models_that_are_shipped_and_holds() -> None:
    assert main(["inspect-model", "--check"]) == 0


def test_there_are_many_kinds_of_other_things_and_each_picture_comes_again() -> None:
    assert len(KINDS) * 3 >= 50
    for kind in KINDS:
        picture = foreign_picture(kind, 1)
        assert picture.shape == (720, 960, 3)
        assert np.array_equal(picture, foreign_picture(kind, 1))


@pytest.mark.parametrize("kind", ["chess", "go 9", "sudoku", "face", "table"])
def test_other_things_are_no_board(kind, nets) -> None:
    looker = Looker(locator=nets[0], classifier=nets[1])
    assert looker.look(Frame(foreign_picture(kind, 0), 0, kind)).verdict == "no-board"


def test_a_reader_in_an_attackers_hands_makes_no_move_where_nothing_moved(nets) -> None:
    puppet = Puppet(nets[1])
    bench = Bench(1, nets[0], puppet)
    move = bench.position.legal_moves()[3]
    board = bench.position.after(move).board
    claimed = "".join(board[rank * 9 : rank * 9 + 9] for rank in range(9, -1, -1))
    outcome = bench.play(bench.shots(bench.men.values()), lambda: setattr(puppet, "labels", claimed))
    assert not outcome.acted


def test_a_disc_with_another_face_and_two_exchanged_discs_are_asked_about(nets) -> None:
    bench = Bench(2, *nets)
    rook, horse = bench.labels.index("R"), bench.labels.index("N")
    for men in (with_face(bench.men, rook, "P"), swapped(bench.men, rook, horse)):
        outcome = bench.play(bench.shots(men.values()))
        assert not outcome.acted
        assert outcome.asked


def test_the_twin_of_every_net_says_what_the_net_says() -> None:
    torch = pytest.importorskip("torch", reason="torch is there only with the train extra")
    from tools.inspect_model.twin import TorchTwin

    for name in listed_hashes():
        if not name.endswith(".onnx"):
            continue
        model = load_model(MODELS / name, 1)
        height, width = model.session.get_inputs()[0].shape[1:3]
        pictures = np.random.default_rng(1).uniform(0, 255, (2, height, width, 3)).astype(np.float32)
        told = TorchTwin(MODELS / name)(torch.from_numpy(pictures)).numpy()
        assert np.abs(told - model.run(pictures)).max() < 1e-3


def test_attacks_stay_within_their_bounds_and_more_steps_mislead_more() -> None:
    torch = pytest.importorskip("torch", reason="torch is there only with the train extra")
    from tools.inspect_model.attacks import fgsm, pgd, square_search
    from tools.inspect_model.twin import TorchTwin

    twin = TorchTwin(MODELS / "pieces.onnx")
    pictures = np.random.default_rng(2).uniform(60, 200, (2, 264, 240, 3)).astype(np.float32)

    def aim(scores):
        return scores[:, :, 0]

    def value(changed) -> float:
        with torch.no_grad():
            return float(aim(twin(torch.from_numpy(changed))).sum())

    one, many = fgsm(twin, pictures, aim, 4), pgd(twin, pictures, aim, 4, 8, np.random.default_rng(3))
    for changed in (one, many):
        assert np.abs(changed - pictures).max() <= 4.001
    assert value(many) > value(one) > value(pictures)
    picture = pictures[0].astype(np.uint8)
    darker = square_search(picture, lambda image: float(image.mean()), 6, 30, np.random.default_rng(4))
    assert darker.mean() < picture.mean()
    assert np.abs(darker.astype(int) - picture).max() <= 6


def test_a_stranger_learns_to_see_men_and_is_misled_along_its_own_gradients(nets) -> None:
    torch = pytest.importorskip("torch", reason="torch is there only with the train extra")
    from tools.inspect_model.attacks import pgd
    from tools.inspect_model.stranger import trained_stranger

    stranger, bench = trained_stranger(1), Bench(0, *nets)
    pictures = board_canvas(bench.clean(), bench.stage.ground)[None].astype(np.float32)
    standing = np.array([label != "." for label in bench.labels])
    sign = torch.from_numpy(np.where(standing, 1.0, -1.0).astype(np.float32))

    def right(seen) -> int:
        with torch.no_grad():
            scores = stranger(torch.from_numpy(seen))[0].numpy()
        assert scores.shape == (90, 3)
        return int(((scores.argmax(axis=1) == 0) == standing).sum())

    attacked = pgd(
        stranger, pictures, lambda s: sign * (s[0, :, 1] - s[0, :, 0]), 8, 10, np.random.default_rng(1)
    )
    assert right(pictures) > 80
    assert right(attacked) < 45
