import json

import pytest

from tools.cli import main


def _row(name, fen, moves):
    return {"id": name, "fen": fen, "tier": "A", "engine": {"mate_in_moves": moves}}


# Two chariots: one mate at once, one in two.
AT_ONCE = _row("one", "4k4/R8/1R7/9/9/9/9/9/9/3K5 w - - 0 1", 1)
IN_TWO = _row("two", "4k4/9/R8/1R7/9/9/9/9/9/3K5 w - - 0 1", 2)
# Nobody can mate here.
NEVER = _row("bare", "4k4/9/9/9/9/9/9/9/4A4/3K5 w - - 0 1", 1)


def _file(tmp_path, *rows):
    path = tmp_path / "mates.json"
    path.write_text(json.dumps({"positions": rows}))
    return str(path)


@pytest.mark.parametrize("more", [[], ["--mirrored"], ["--set", "null_move=0"]])
def test_mates_that_are_found_are_counted_and_their_lines_replayed(tmp_path, capsys, more):
    assert main(["mates", _file(tmp_path, AT_ONCE, IN_TWO), "--nodes", "3000", *more]) == 0
    said = capsys.readouterr().out
    assert said.startswith("2 of 2 solved, 2 in no more moves than known, 2 with the whole line")


def test_a_mate_that_is_not_found_is_named_and_the_verb_says_that_it_did_not_hold(tmp_path, capsys):
    assert main(["mates", _file(tmp_path, AT_ONCE, NEVER), "--nodes", "500"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("bare: mate in 1 not seen")
    assert said[1].startswith("1 of 2 solved")


def test_longer_mates_and_other_tiers_are_left_out(tmp_path, capsys):
    other = {**AT_ONCE, "tier": "B"}
    assert main(["mates", _file(tmp_path, AT_ONCE, IN_TWO, other), "--nodes", "500", "--longest", "1"]) == 0
    assert capsys.readouterr().out.startswith("1 of 1 solved")


@pytest.mark.parametrize(
    "content",
    ["nonsense", '{"positions": [{}]}', "[]"],
)
def test_what_is_no_list_of_endgames_is_refused_with_a_sentence(tmp_path, capsys, content):
    path = tmp_path / "mates.json"
    path.write_text(content)
    assert main(["mates", str(path), "--nodes", "500"]) == 2
    assert "no such list of endgames" in capsys.readouterr().err


def test_a_limit_is_needed(tmp_path, capsys):
    assert main(["mates", _file(tmp_path, AT_ONCE)]) == 2
    assert "--ms or --nodes" in capsys.readouterr().err
