import json

import pytest

from tools.cli import main


def test_the_campaign_reports_its_sums(capsys, tmp_path):
    assert main(["faults", "--seeds", "7:10", "--plies", "4", "--out", str(tmp_path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["games"] == 3
    assert report["moves"] == 12
    assert report["failed"] == []
    assert {path.name for path in tmp_path.iterdir()} == {"7.jsonl", "8.jsonl", "9.jsonl"}


@pytest.mark.parametrize("seeds", ["7", "9:9", "b:c", "0:99999999", "-1:4"])
def test_seeds_that_are_no_range_are_refused_in_one_sentence(seeds, capsys):
    assert main(["faults", f"--seeds={seeds}"]) == 2
    said = capsys.readouterr().err
    assert seeds in said
    assert said.count("\n") == 1


def test_a_game_of_no_plies_is_refused(capsys):
    assert main(["faults", "--plies", "0"]) == 2
    assert "outside 1 to 300" in capsys.readouterr().err
