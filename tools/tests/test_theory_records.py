"""Records of proven endings: what they say is what the proof says."""

import numpy as np
import pytest

from engine import Position
from engine.theory import EndingTheory, points_of
from tools.errors import BadInputError
from tools.train_net.records import CAPTURED, read_records
from tools.train_net.theory import main, materials, score_of, theory_records

SLOTS = "KAABBNNRRCCPPPPP"


def position_of(record):
    board = ["."] * 90
    for letter, square in zip(SLOTS + SLOTS.lower(), record["squares"], strict=True):
        if square != CAPTURED:
            board[square] = letter
    return Position.from_board("".join(board), "black" if record["side"] else "red")


@pytest.mark.parametrize("letters", ["KRka", "KPAk", "KCAk"])
def test_every_record_carries_its_proof_whichever_colour_is_strong(letters):
    theory = EndingTheory()
    rows = np.concatenate(list(theory_records(letters, 25, 3, 100)))
    assert len(rows) == 25
    assert rows["game"].tolist() == list(range(100, 125))
    assert set(rows["side"]) == {0, 1}
    strong = {position_of(row).board.count(letters[1]) for row in rows}
    assert strong == {0, 1}  # in some records the colours are changed
    for row in rows:
        position = position_of(row)
        proof = theory.prove(position)
        outcome = 0 if proof.winner is None else 1 if proof.winner == position.side else -1
        assert row["result"] == outcome
        assert not position.is_check
        if outcome:
            assert proof.plies >= 7
            assert row["score"] == score_of(outcome, proof.plies, 0)
        else:
            assert abs(row["score"]) <= 125


def test_a_nearer_win_counts_for_more_and_any_win_for_more_than_a_draw():
    wins = [score_of(1, plies, 0) for plies in range(7, 120)]
    assert wins == sorted(wins, reverse=True)
    assert min(wins) > max(score_of(0, 0, searched) for searched in (-5000, 0, 5000))
    assert score_of(-1, 20, 300) == -score_of(1, 20, -300)


def test_soldiers_keep_to_their_files_until_they_cross():
    assert {square % 9 for square in points_of("P") if square < 45} == {0, 2, 4, 6, 8}
    assert len(points_of("P")) == 55
    assert {89 - square for square in points_of("p")} == set(points_of("P"))


def test_materials_are_told_once_the_smallest_first():
    found = materials()
    assert len(set(found)) == len(found)
    assert found[0] == "KPk"
    assert "KRCkr" in found


def test_a_broken_run_goes_on_and_gives_the_same_file(tmp_path, capsys):
    def run(name):
        return main(["--out", str(tmp_path / name), "--each", "3", "--states", "30000", "--also", "KRka"])

    assert run("a.bin") == 0
    whole = (tmp_path / "a.bin").read_bytes()
    assert (tmp_path / "a.bin.KRka").exists()
    (tmp_path / "a.bin.KPk").unlink()
    assert run("a.bin") == 0
    assert (tmp_path / "a.bin").read_bytes() == whole
    assert len(read_records([tmp_path / "a.bin"])) * 40 == len(whole)
    with pytest.raises(BadInputError, match="--also KQk"):
        main(["--out", str(tmp_path / "b.bin"), "--also", "KQk"])
