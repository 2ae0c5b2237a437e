"""`qiyou play` says in one sentence what is missing or wrong, exits 2, and touches nothing."""

import re
from pathlib import Path

import pytest

import tools
from host.arm.robot import DEFAULT_FILE
from tools.cli import main


def refused(capsys, *words):
    assert main(["play", *map(str, words)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("qiyou play: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    return said.err


@pytest.fixture
def out(tmp_path):
    yield tmp_path / "game"
    assert not (tmp_path / "game").exists()


def changed(folder, old, new):
    text = DEFAULT_FILE.read_text()
    assert old in text
    path = folder / "mine.toml"
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize("world", [[], ["--twin"]])
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('pitch = "40mm"', "pitch = 40", "pitch.*unit"),
        ('pitch = "40mm"', 'pitch = "40mm"\nwheels = 4', "wheels"),
        ('pitch = "40mm"', 'pitch = "4km"', "pitch"),
    ],
)
def test_a_bad_robot_file_is_named_before_anything_starts(capsys, tmp_path, out, world, old, new, said):
    file = changed(tmp_path, old, new)
    sentence = refused(capsys, "--robot", file, "--out", out, *world)
    assert "mine.toml" in sentence
    assert re.search(said, sentence)


@pytest.mark.parametrize("world", [[], ["--twin"]])
def test_a_robot_file_that_is_not_there_is_named(capsys, tmp_path, out, world):
    assert "none.toml" in refused(capsys, "--robot", tmp_path / "none.toml", "--out", out, *world)


def test_missing_controllers_are_named(capsys, out):
    assert "no arm controller at" in refused(capsys, "--out", out)


@pytest.mark.parametrize("wrong", [["--level", 0], ["--level", 27], ["--seed", -1], ["--camera", 64]])
def test_numbers_out_of_range_are_refused(capsys, out, wrong):
    assert "outside" in refused(capsys, *wrong, "--out", out)


@pytest.mark.parametrize("world", [[], ["--twin"]])
def test_nothing_to_resume_is_said(capsys, out, world):
    assert "no game to go on with" in refused(capsys, "--resume", "--out", out, *world)


def test_no_message_sends_a_person_to_a_verb_that_does_not_exist():
    folder = Path(tools.__file__).parent
    verbs = {path.stem.removeprefix("verb_").replace("_", "-") for path in folder.glob("verb_*.py")}
    sources = [*folder.glob("*.py"), *(folder.parent / "host" / "game").glob("*.py")]
    named = {verb for path in sources for verb in re.findall(r"`qiyou ([a-z][a-z-]*)", path.read_text())}
    assert {"demo", "play"} <= named
    assert named <= verbs
