"""`qiyou install-service`: systemd and udev understand what it writes, and it can be taken away again."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tools.cli import main
from tools.service import files

START = Path(files.HERE) / "start.sh"


def install(root, *more):
    words = ["install-service", "--root", str(root), "--user", "pi", "--arm", "E6614C", "--hand", "E6614D"]
    return main([*words, *more])


def test_it_writes_a_unit_rules_and_the_games_folder(tmp_path):
    assert install(tmp_path) == 0
    unit = (tmp_path / files.UNIT).read_text()
    assert "User=pi\n" in unit
    assert "bin/qiyou /var/lib/qiyou" in unit
    assert "$" not in unit
    rules = (tmp_path / files.RULES).read_text()
    assert 'ATTRS{serial}=="E6614C", SYMLINK+="qiyou-arm"' in rules
    assert 'ATTRS{serial}=="E6614D", SYMLINK+="qiyou-hand"' in rules
    assert (tmp_path / "var/lib/qiyou").is_dir()


def test_removing_takes_both_files_away_and_keeps_the_games(tmp_path):
    install(tmp_path)
    (tmp_path / "var/lib/qiyou/game").mkdir()
    assert install(tmp_path, "--remove") == 0
    assert not (tmp_path / files.UNIT).exists()
    assert not (tmp_path / files.RULES).exists()
    assert (tmp_path / "var/lib/qiyou/game").exists()


def test_a_dry_run_prints_both_and_writes_nothing(tmp_path, capsys):
    assert install(tmp_path, "--dry-run") == 0
    out = capsys.readouterr().out
    assert "[Service]" in out
    assert "qiyou-arm" in out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("--user", "root"),
        ("--user", "a b"),
        ("--folder", "relative"),
        ("--folder", "/with space"),
        ("--arm", "bad serial"),
        ("--robot", "/tmp/$HOME.toml"),
    ],
)
def test_what_cannot_stand_in_a_service_is_refused(tmp_path, words, capsys):
    assert install(tmp_path, *words) == 2
    said = capsys.readouterr().err
    assert "would be" in said or "letters" in said
    assert not (tmp_path / files.UNIT).exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this computer")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path):
    install(tmp_path)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / files.UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "qiyou.service" in line]
    assert not complaints


@pytest.mark.parametrize(
    ("last", "resumes"), [(None, False), ('{"n":3,"kind":"placed"}', True), ('{"n":9,"kind":"end"}', False)]
)
def test_a_game_that_was_cut_is_gone_on_with_and_one_that_ended_is_not(tmp_path, last, resumes):
    game = tmp_path / "game"
    game.mkdir()
    if last is not None:
        (game / "journal.jsonl").write_text(f'{{"n":0,"kind":"start"}}\n{last}\n')
    program = tmp_path / "qiyou"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    done = subprocess.run(
        ["sh", str(START), str(program), str(tmp_path), "--robot", "r.toml"],
        capture_output=True,
        text=True,
        check=True,
    )
    words = done.stdout.split()
    assert words[:3] == ["play", "--out", str(game)]
    assert ("--resume" in words) is resumes
    assert words[-2:] == ["--robot", "r.toml"]
