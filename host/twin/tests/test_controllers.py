"""A virtual controller: started from its flash directory, in lock step from the first grant."""

import os
import pty
import tty
from pathlib import Path

import pytest

from host.arm import robot
from host.twin.controllers import Controller, install


@pytest.fixture
def terminal():
    outer, inner = pty.openpty()
    tty.setraw(inner)
    yield inner
    os.close(inner)
    os.close(outer)


@pytest.mark.parametrize("directory", ["twin", "absolute"])
def test_a_controller_answers_its_first_grant_from_any_way_to_name_its_directory(
    tmp_path, monkeypatch, terminal, directory
):
    monkeypatch.chdir(tmp_path)
    where = tmp_path / "twin" if directory == "absolute" else Path(directory)
    install("arm", where, {"limits": robot.load(None).limits.as_dict()})
    controller = Controller("arm", where, terminal)
    try:
        controller.grant(1000, 0, 0, (700, 3100), (0, 0, 0), 0)
        assert controller.collect() is not None
    finally:
        controller.close()
