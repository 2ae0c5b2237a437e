import json

import pytest

from tools.cli import main


def test_motifs_are_counted_with_their_false_alarms(capsys):
    assert main(["motifs", "--games", "1", "--level", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["moves"] > 10
    for count in found["motifs"].values():
        assert 0 <= count["false"] <= count["judged"] <= count["named"]
    assert found["motifs"]["check"]["false"] == found["motifs"]["mate"]["false"] == 0


@pytest.mark.parametrize(
    ("words", "named"),
    [(["--games", "0"], "--games"), (["--level", "27"], "level 27"), (["--show", "luck"], "luck")],
)
def test_bad_input_is_one_sentence(words, named, capsys):
    assert main(["motifs", *words]) == 2
    assert named in capsys.readouterr().err
