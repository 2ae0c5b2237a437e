"""The inspection attacks what is shipped, and a release check reads its card."""

import json

import numpy as np
import pytest

from tools.cli import main
from tools.errors import BadInputError
from tools.inspect_model.card import Line, check_card, load_card, save_card
from tools.inspect_model.foreign import KINDS, foreign_picture
from tools.inspect_model.trials import Bench, Puppet, swapped, with_face
from tools.verb_inspect_model import SECTION_NAMES
from vision.classify import Classifier
from vision.locate import Locator
from vision.look import Looker
from vision.model_files import MODELS, listed_hashes, load_model
from vision.reading import Frame

MODEL_HASHES = {"a.onnx": "1" * 64}
GOOD = [Line(section, "wrong acts", 0, 8, 0) for section in SECTION_NAMES]


@pytest.fixture(scope="module")
def nets() -> tuple[Locator, Classifier]:
    return Locator(), Classifier()


def test_a_card_survives_its_file_and_passes_when_all_lines_hold(tmp_path) -> None:
    path = tmp_path / "card.json"
    save_card(path, MODEL_HASHES, GOOD)
    assert load_card(path) == (MODEL_HASHES, GOOD)
    assert check_card(path, MODEL_HASHES, SECTION_NAMES) == []


def test_a_card_of_other_models_or_with_a_gap_or_a_broken_line_stops_a_release(tmp_path) -> None:
    path = tmp_path / "card.json"
    save_card(path, MODEL_HASHES, [*GOOD[1:], Line("lamps", "no board", 0.97, 50, 0.98, "at_least")])
    faults = check_card(path, {"a.onnx": "2" * 64}, SECTION_NAMES)
    assert len(faults) == 3
    assert "other models" in faults[0]
    assert "section white box is missing" in faults[1]
    assert "0.97 where 0.98" in faults[2]


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
