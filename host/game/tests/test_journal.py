"""The journal keeps what was written, survives any cut, and says clearly what is wrong otherwise."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.game import journal as journal_module
from host.game.errors import JournalError, JournalWriteError
from host.game.journal import Journal, read_journal

START = {"format": 1, "fen": "x", "seed": 1, "robot": "red", "plies": 4, "rules": "wxf", "versions": {}}


def _write(path, count):
    with Journal.create(path) as journal:
        journal.append("start", START)
        for number in range(count):
            journal.append("resumed", {"ply": number, "note": '马"\\' * number})
        return list(journal.entries)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    return _write(path, 6), path.read_bytes()


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_journal_cut_at_any_byte_is_a_prefix_and_can_go_on(whole, data):
    entries, raw = whole
    cut = data.draw(st.integers(0, len(raw)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(raw[:cut])
        kept = read_journal(path)
        assert kept == entries[: len(kept)]
        assert len(kept) == raw[:cut].count(b"\n")
        with Journal.reopen(path) as journal:
            if kept:
                journal.append("resumed", {"ply": 99})
        assert read_journal(path)[: len(kept)] == kept


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_changed_byte_is_found_and_its_line_named(whole, data):
    entries, raw = whole
    at = data.draw(st.integers(0, len(raw) - 1))
    new = data.draw(st.integers(0, 255).filter(lambda value: value != raw[at]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(raw[:at] + bytes([new]) + raw[at + 1 :])
        if at == len(raw) - 1:  # the last newline: the line was torn
            assert read_journal(path) == entries[:-1]
            return
        with pytest.raises(JournalError, match=r"line \d+: "):
            read_journal(path)


def test_lost_and_doubled_lines_are_found(whole, tmp_path):
    _, raw = whole
    lines = raw.splitlines(keepends=True)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(JournalError, match="line 3: "):
        read_journal(path)
    path.write_bytes(b"".join(lines[:2] + lines[1:]))
    with pytest.raises(JournalError, match="line 3: "):
        read_journal(path)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_refused_in_one_sentence(raw):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(raw)
        if raw.count(b"\n") == 0:
            assert read_journal(path) == []
            return
        with pytest.raises(JournalError) as caught:
            read_journal(path)
        assert "\n" not in str(caught.value)


def test_the_lines_are_plain_json(whole):
    _, raw = whole
    assert [json.loads(line)["n"] for line in raw.splitlines()] == list(range(7))


def test_a_line_is_synced_before_append_returns(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(journal_module.os, "fsync", lambda fd: synced.append(os.fstat(fd).st_size))
    with Journal.create(tmp_path / "journal.jsonl") as journal:
        journal.append("start", START)
        assert synced[-1] == (tmp_path / "journal.jsonl").stat().st_size


def test_a_full_disk_loses_nothing(tmp_path):
    path = tmp_path / "journal.jsonl"
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from host.game.errors import JournalWriteError\n"
        "from host.game.journal import Journal\n"
        f"path = Path({str(path)!r})\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))\n"
        "journal = Journal.create(path)\n"
        f"journal.append('start', {START!r})\n"
        "try:\n"
        "    for ply in range(100):\n"
        "        journal.append('resumed', {'ply': ply})\n"
        "except JournalWriteError as error:\n"
        "    print(len(journal.entries), error)\n"
    )
    root = Path(__file__).resolve().parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root, timeout=120
    )
    count, sentence = ran.stdout.split(maxsplit=1)
    assert "nothing is lost" in sentence
    assert len(read_journal(path)) == int(count) > 1
    assert path.read_bytes().endswith(b"\n")


def test_a_write_error_keeps_the_lines_before(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    with Journal.create(path) as journal:
        journal.append("start", START)
        write = os.write

        def half(descriptor, data):
            write(descriptor, bytes(data)[:10])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(journal_module.os, "write", half)
        with pytest.raises(JournalWriteError, match="No space left"):
            journal.append("resumed", {"ply": 1})
        monkeypatch.undo()
        journal.append("resumed", {"ply": 2})
    assert [entry.get("ply") for entry in read_journal(path)] == [None, 2]


def test_two_games_cannot_share_a_journal(tmp_path):
    path = tmp_path / "journal.jsonl"
    with Journal.create(path) as journal:
        journal.append("start", START)
        with pytest.raises(JournalError, match="still running"):
            Journal.reopen(path)
    with pytest.raises(FileExistsError):
        Journal.create(path)
