"""A full disk is named in one sentence, costs no more than a picture, and never the game."""

import errno
import os

import cv2
import numpy as np
import pytest

from host.game import album as album_module
from host.game import disk
from host.game.album import Album
from host.game.demo import DemoOptions, run_demo
from host.game.disk import Keepsakes, check_room, has_room, naming_what_ended_it, write_whole
from host.game.errors import DiskFullError, JournalWriteError, TwinError
from host.game.opening import Wishes, start_new
from host.game.requests import Write
from host.game.sheet import write_picture
from host.twin.lockstep import TwinGoneError
from vision.reading import Frame, Reading


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full_disk(monkeypatch):
    monkeypatch.setattr(os, "posix_fallocate", full)


def test_room_is_looked_for_where_the_folder_will_be(tmp_path, monkeypatch):
    assert has_room(tmp_path / "not" / "yet")
    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not has_room(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named_before_an_older_game_is_touched(tmp_path, full_disk):
    (tmp_path / "report.json").write_text("old")
    with pytest.raises(DiskFullError, match=r"full .*nothing is lost: make room and give the same command"):
        run_demo(DemoOptions(tmp_path, plies=2))
    assert (tmp_path / "report.json").read_text() == "old"
    with pytest.raises(DiskFullError):
        check_room(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_twin_that_could_not_write_is_a_full_disk_and_one_that_could_is_not(tmp_path, monkeypatch):
    with (
        pytest.raises(TwinError, match="no message; the game is safe in J: go on with `again`"),
        naming_what_ended_it(tmp_path, "J", "again"),
    ):
        raise TwinGoneError("no message")
    monkeypatch.setattr(os, "posix_fallocate", full)
    with (
        pytest.raises(DiskFullError, match=r"is full.*safe in J: make room and go on with `again`"),
        naming_what_ended_it(tmp_path, "J", "again"),
    ):
        raise TwinGoneError("no message")


def test_a_write_refused_for_want_of_room_is_a_full_disk_and_other_refusals_are_not(tmp_path):
    with pytest.raises(DiskFullError), naming_what_ended_it(tmp_path, "J", "again"):
        full()
    with pytest.raises(PermissionError), naming_what_ended_it(tmp_path, "J", "again"):
        raise PermissionError(errno.EACCES, "no")


def test_a_new_game_whose_first_line_is_refused_leaves_no_journal(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(JournalWriteError, match=r"nothing was started .*the same command again"):
        start_new(tmp_path, Wishes(plies=2))
    assert not (tmp_path / "journal.jsonl").exists()


def test_a_refused_file_leaves_the_older_one_whole(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    write_whole(path, b"old")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]
    assert path.read_bytes() == b"old"


def test_a_picture_is_written_in_the_format_of_its_name(tmp_path):
    picture = np.full((20, 30, 3), 90, np.uint8)
    write_picture(tmp_path / "a.png", picture)
    assert (cv2.imread(str(tmp_path / "a.png")) == picture).all()


class OneLook:
    frame = Frame(np.zeros((720, 1280, 3), np.uint8), 0, "camera")
    reading = Reading.of_labels("." * 90, frame_hash="0")


def test_a_refused_picture_costs_one_line_and_not_the_game(tmp_path, monkeypatch):
    said = []
    keepsakes = Keepsakes(said.append)
    album = Album(tmp_path / "turns", OneLook, keepsakes)
    lines = [Write("seen", {"ply": ply, "move": "b2e2", "capture": False}) for ply in (0, 1)]
    monkeypatch.setattr(album_module, "write_picture", full)
    for line in lines:
        album.note(line, None, 0.0)
    assert len(said) == 1
    assert "ply-001.jpg could not be written (No space left" in said[0]
    assert keepsakes.lost == ["ply-001.jpg", "ply-002.jpg"]
    monkeypatch.undo()
    album.note(lines[0], None, 0.0)
    assert keepsakes.lost == ["ply-002.jpg"]


def test_a_folder_that_refuses_for_another_reason_says_so(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(disk.tempfile, "TemporaryFile", refused)
    with pytest.raises(PermissionError):
        has_room(tmp_path)
