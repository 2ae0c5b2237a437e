"""Tests that talk to controllers over serial ports.

--device virtual (default): real MicroPython on a pseudo-terminal; rp2040: an emulated Pico with the image
from QIYOU_RP2_UF2; /dev/ttyACM0: a flashed board. --allow-motion lets tests move a real arm.
"""

import sys

import pytest

from hil_tests.bench import Bench
from hil_tests.controller import Controller, NoDeviceError, open_device, pico_image
from host.arm.robot import load as load_robot

LIMIT_S = 60
# Of the emulated Pico a second takes several, and its flash is written before the first test.
EMULATED_LIMIT_S = 600


def pytest_addoption(parser):
    parser.addoption("--device", default="virtual", help="virtual, rp2040, or a serial port")
    parser.addoption("--role", default="arm", help="which controller is at that port: arm (default) or hand")
    parser.addoption("--allow-motion", action="store_true", help="tests may move a real arm")
    parser.addoption("--long", action="store_true", help="a million packets, a cut at a thousand bytes")


def is_real(config):
    return config.getoption("--device", "virtual") not in {"virtual", "rp2040"}


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long", False):
        # Nothing is missing for these but time: they are left out and counted as such, not skipped.
        out = [item for item in items if item.get_closest_marker("only_long")]
        if out:
            config.hook.pytest_deselected(items=out)
            items[:] = [item for item in items if item not in out]
    for item in items:
        if "hil_tests" not in item.path.parts:
            continue
        if not config.getoption("--long", False) and item.get_closest_marker("timeout") is None:
            emulated = config.getoption("--device", "virtual") == "rp2040"
            item.add_marker(pytest.mark.timeout(EMULATED_LIMIT_S if emulated else LIMIT_S))
        if item.get_closest_marker("needs_board") and not is_real(config):
            item.add_marker(pytest.mark.skip(reason="needs a real board: --device /dev/ttyACM0"))
        quiet = is_real(config) and not config.getoption("--allow-motion")
        if item.get_closest_marker("moves_arm") and quiet:
            item.add_marker(pytest.mark.skip(reason="moves the arm: only with --allow-motion"))


@pytest.fixture
def bench(request, tmp_path):
    """Both controllers connected, in a world without physics."""
    if request.config.getoption("--device", "virtual") != "virtual":
        pytest.skip("only virtual controllers can be killed and cut off by a test")
    bench = Bench.start(tmp_path / "twin")
    yield bench
    bench.close()


@pytest.fixture
def image(request):
    """The MicroPython image of a test that makes its own emulated Picos."""
    if request.config.getoption("--device", "virtual") != "rp2040":
        pytest.skip("only an emulated Pico shows this: --device rp2040")
    try:
        return pico_image()
    except NoDeviceError as missing:
        sys.stderr.write(f"\n{missing}\n")
        pytest.skip(str(missing))


@pytest.fixture
def long(request):
    """Whether the long form was asked for."""
    return request.config.getoption("--long", False)


def _controller(request, directory, role):
    kind = request.config.getoption("--device", "virtual")
    robot = load_robot(None)
    try:
        device = open_device(kind, role, directory, robot)
    except NoDeviceError as missing:
        sys.stderr.write(f"\n{missing}\n")
        pytest.skip(str(missing))
    try:
        controller = Controller(device, robot)
        yield controller
        controller.check_after()
    finally:
        device.close()


@pytest.fixture
def controller(request, tmp_path):
    """One controller (the arm, or what --role says); the test owns its time."""
    yield from _controller(request, tmp_path, request.config.getoption("--role", "arm"))


@pytest.fixture
def hand(request, tmp_path):
    """The hand controller of a virtual robot."""
    if is_real(request.config) and request.config.getoption("--role") != "hand":
        pytest.skip("the hand controller is not at this port: --role hand")
    yield from _controller(request, tmp_path, "hand")
