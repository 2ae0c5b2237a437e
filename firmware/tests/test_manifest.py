"""What the manifest lists is all a controller needs: it starts from that alone."""

import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from firmware import manifest
from firmware.board.lockstep import DONE_SIZE, GRANT_SIZE
from safety.limits import REFERENCE

MICROPYTHON = Path(sys.executable).parent / "micropython"


def install(folder):
    for source, target in manifest.boot_files():
        shutil.copyfile(source, folder / target)
    for source, target in manifest.files():
        (folder / "a" / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / "a" / target)
    (folder / "a" / "limits.json").write_text(json.dumps(REFERENCE))
    (folder / "role.json").write_text('{"role": "hand"}')


def start(folder):
    """Run main.py with FIFOs that end at once; the controller then ends by itself."""
    for name in ("grant", "done"):
        os.mkfifo(folder / name)
    ends = [os.open(folder / name, os.O_RDWR) for name in ("grant", "done")]
    environment = {**os.environ, "QIYOU_GRANT": str(folder / "grant"), "QIYOU_DONE": str(folder / "done")}
    process = subprocess.Popen(
        [str(MICROPYTHON), "main.py"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    return process, ends


def test_every_listed_file_exists_once():
    pairs = manifest.boot_files() + manifest.files()
    assert len({target for _, target in pairs}) == len(pairs)
    assert all(source.is_file() for source, _ in pairs)
    targets = [target for _, target in pairs]
    assert "main.py" in targets
    assert not any("tests" in target for target in targets)


def test_a_controller_runs_from_the_listed_files_alone(tmp_path):
    install(tmp_path)
    process, ends = start(tmp_path)
    try:
        # One grant: the answer proves that everything was imported and the loop ran.
        os.write(ends[0], bytes(GRANT_SIZE))
        ready, _, _ = select.select([ends[1]], [], [], 60)
        assert ready
        assert len(os.read(ends[1], 1000)) == DONE_SIZE
        assert process.poll() is None
    finally:
        process.kill()
        _, errors = process.communicate()
        for end in ends:
            os.close(end)
    assert errors == b""


@pytest.mark.parametrize("missing", ["a/limits.json", "role.json"])
def test_without_its_files_a_controller_does_not_start(tmp_path, missing):
    install(tmp_path)
    (tmp_path / missing).unlink()
    process, ends = start(tmp_path)
    _, errors = process.communicate(timeout=60)
    for end in ends:
        os.close(end)
    assert process.returncode != 0
    assert "limits.json" in errors.decode() or "ENOENT" in errors.decode()


def test_a_maintenance_file_leaves_the_board_alone(tmp_path):
    install(tmp_path)
    (tmp_path / "maintenance").touch()
    process, ends = start(tmp_path)
    _, errors = process.communicate(timeout=60)
    for end in ends:
        os.close(end)
    assert process.returncode == 0
    assert errors == b""
