import json

import pytest

from tools.cli import main

pytest.importorskip("pyffish")


def test_moves_agree_with_an_independent_program(capsys):
    assert main(["compare", "--positions", "2500", "--seed", "11", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)["moves"]
    assert answer["positions"] == 2500
    assert answer["checks"] > 50
    assert answer["differences"] == []


def test_judges_agree_on_random_repetitions(capsys):
    assert main(["compare", "--positions", "0", "--repetitions", "1500", "--seed", "3", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)["judges"]
    assert answer["repetitions"] == 1500
    assert answer["decided"] > 5


def test_senseless_counts_are_refused(capsys):
    assert main(["compare", "--positions", "-1"]) == 2
    assert "outside 0 to" in capsys.readouterr().err
