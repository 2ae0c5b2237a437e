"""Tests that talk to controllers over serial ports. `--device virtual` (default) runs them in the twin."""

import pytest

from hil_tests.bench import Bench


def pytest_addoption(parser):
    parser.addoption("--device", default="virtual", help="virtual: MicroPython controllers in the twin")


@pytest.fixture
def bench(request, tmp_path):
    """Both controllers connected, in a world without physics."""
    if request.config.getoption("--device", "virtual") != "virtual":
        pytest.skip("only virtual controllers can be killed and cut off by a test")
    bench = Bench.start(tmp_path / "twin")
    yield bench
    bench.close()
