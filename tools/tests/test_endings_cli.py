import json

from tools import endings
from tools.cli import main


def test_the_endings_are_counted_and_the_missed_ones_named(capsys, monkeypatch):
    two = endings.load_endings()[:2]
    monkeypatch.setattr(endings, "load_endings", lambda: two)
    code = main(["endings", "--nodes", "500", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["kept"] + len(answer["missed"]) == 2
    assert code == (1 if answer["missed"] else 0)
    assert [row["name"] for row in answer["endings"]] == [ending.name for ending in two]


def test_senseless_nodes_are_refused(capsys):
    assert main(["endings", "--nodes", "0"]) == 2
    assert "--nodes 0 is outside" in capsys.readouterr().err


def test_a_constant_that_is_not_there_is_refused(capsys):
    assert main(["endings", "--set", "magic=1"]) == 2
    assert "'magic'" in capsys.readouterr().err
