"""The command line: verbs are found, refusals are one sentence, exit codes are as promised."""

import subprocess
import sys

import pytest

from tools import cli


def test_the_overview_names_every_verb(capsys):
    assert cli.main([]) == 0
    text = capsys.readouterr().out
    for verb in ("demo", "look", "rules", "engine", "score-photos"):
        assert f"  {verb} " in text


def test_an_unknown_verb_is_one_sentence_and_exit_code_2(capsys):
    assert cli.main(["juggle"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "juggle" in err


@pytest.mark.parametrize("argv", [["rules"], ["rules", "--fen"], ["demo", "--plies", "many"]])
def test_missing_or_wrong_arguments_give_exit_code_2(argv, capsys):
    assert cli.main(argv) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("verb", cli._verbs())
def test_every_verb_has_a_summary_and_help(verb, capsys):
    assert cli.main([verb, "--help"]) == 0
    assert "usage" in capsys.readouterr().out


def test_the_referee_does_not_load_what_it_does_not_need():
    script = (
        "import sys; from tools import cli; cli.main(['rules', '--fen', 'startpos-is-not-a-fen']);"
        "print(sorted({'numpy', 'cv2', 'mujoco', 'onnxruntime'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
