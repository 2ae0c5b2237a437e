import pytest

from tools.cli import main


def test_threads_and_settings_are_compared_with_the_first_line(capsys):
    words = ["depth", "--depth", "4", "--positions", "2", "--threads", "1", "2", "--set", "null_move=0"]
    assert main(words) == 0
    said = capsys.readouterr().out.splitlines()
    names = [line.split(":")[0].strip() for line in said]
    assert names == ["1 thread(s)", "2 thread(s)", "1 thread(s) null_move=0"]
    assert "(x 1.000)" in said[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--depth", "0"], "--depth is 0"),
        (["--threads", "99"], "threads 99 is outside 1 to 16"),
        (["--set", "nonsense=1"], "the search has no 'nonsense'"),
    ],
)
def test_nonsense_is_refused_with_one_sentence(words, said, capsys):
    assert main(["depth", "--positions", "1", *words]) == 2
    assert said in capsys.readouterr().err
