import json

import pytest

from tools.cli import main

START = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1"


def ask(capsys, fen, moves="", *more):
    code = main(["rules", "--fen", fen, "--moves", moves, "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_a_position_is_described_in_full(capsys):
    code, answer = ask(capsys, START, "b2e2 h9g7")
    assert code == 0
    assert list(answer) == [
        "legal",
        "illegal_ply",
        "fen",
        "state",
        "reason",
        "offender",
        "offence_plies",
        "check",
        "moves",
        "offences",
    ]
    assert answer["legal"] is True
    assert answer["illegal_ply"] is None
    assert answer["fen"].endswith(" w - - 2 2")
    assert (answer["state"], answer["reason"], answer["offender"]) == ("ongoing", None, None)
    assert answer["check"] is False
    assert "e2e6" in answer["moves"]


def test_an_illegal_move_is_named_and_the_position_before_it_shown(capsys):
    code, answer = ask(capsys, START, "b2e2 a9a5 h9g7")
    assert code == 1
    assert answer["legal"] is False
    assert answer["illegal_ply"] == 1
    assert answer["fen"].endswith(" b - - 1 1")
    assert answer["state"] == "ongoing"
    assert "h9g7" in answer["moves"]


def test_a_perpetual_check_loses_and_its_plies_are_listed(capsys):
    dance = "e5d5 d9e9 d5e5 e9d9 " * 2
    code, answer = ask(capsys, "3k5/9/9/9/4R4/9/9/9/9/5K3 w", dance)
    assert code == 0
    assert answer["state"] == "black-wins"
    assert answer["reason"] == "perpetual-check"
    assert answer["offender"] == "red"
    assert answer["offence_plies"] == [0, 2, 4, 6]
    assert answer["offences"][0] == {"ply": 0, "act": "check", "threats": ["d5d9"]}


def test_moves_after_the_decision_are_refused(capsys):
    dance = "e5d5 d9e9 d5e5 e9d9 " * 3
    code, answer = ask(capsys, "3k5/9/9/9/4R4/9/9/9/9/5K3 w", dance)
    assert code == 1
    assert answer["legal"] is False
    assert answer["illegal_ply"] == 8
    assert answer["reason"] == "game-over"
    assert answer["state"] == "black-wins"


def test_the_mainland_rules_forbid_more(capsys):
    fen, dance = "3k5/9/c8/9/R8/9/9/9/9/5K3 w", "a5d5 d9e9 d5a5 e9d9 " * 2
    assert ask(capsys, fen, dance)[1]["state"] == "draw"
    assert ask(capsys, fen, dance, "--rules", "cxa")[1]["state"] == "black-wins"


def test_mate_is_told_with_no_moves_left(capsys):
    code, answer = ask(capsys, "3k5/3PP4/9/9/9/9/9/9/9/4K4 b")
    assert code == 0
    assert (answer["state"], answer["reason"], answer["check"], answer["moves"]) == (
        "red-wins",
        "checkmate",
        True,
        [],
    )


@pytest.mark.parametrize(
    ("fen", "moves", "named"),
    [
        ("4k4/9/9/9/9/9/9/9/9/4K4 w", "", "face each other"),
        ("nonsense", "", "--fen"),
        (START, "b2e2 knight", "ply 1"),
        (START, "b2e2 " * 3000, "at most"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_two(capsys, fen, moves, named):
    assert main(["rules", "--fen", fen, "--moves", moves]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("qiyou rules: ")
    assert named in err
    assert err.count("\n") == 1


def test_without_json_people_are_told_the_same(capsys):
    assert main(["rules", "--fen", START, "--moves", "b2e2 b2e2"]) == 1
    out = capsys.readouterr().out
    assert "ply 1: b2e2 was not played" in out
    assert "state: ongoing" in out
