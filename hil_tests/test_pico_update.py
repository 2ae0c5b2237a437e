"""Updates of an emulated Pico over the wire (`--device rp2040`), also cut by the power on the way."""

import contextlib
import dataclasses
import sys
import tempfile
from pathlib import Path

import pytest

from firmware.version import FIRMWARE
from hil_tests.devices.device import DeviceLine
from host.arm.robot import load
from host.link import bundle
from host.link.errors import ServiceError
from host.link.service import ServiceLink
from host.link.update import Result, update
from safety import states

ROBOT = load()
SHARES = (0.01, 0.3, 0.6, 0.9, 0.98, 0.999)
START_US = 4_000_000


def told(line):
    sys.stderr.write(f"\n{line}\n")


@pytest.fixture
def pico(image):
    from hil_tests.devices.emulated import EmulatedPico

    board = EmulatedPico(image, "arm", ROBOT)
    board.advance_us(START_US)
    yield board
    board.close()


def next_release():
    """The firmware of this host for a Pico, calling itself the next release."""
    now = bundle.build(bundle.PICO, ROBOT.limits.as_dict())
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "version.py"
        source.write_text(f"FIRMWARE = {FIRMWARE + 1}\n")
        compiled = bundle.compiled(source, "firmware/version.py", Path(folder))
    return dataclasses.replace(
        now, release=FIRMWARE + 1, files={**now.files, "firmware/version.mpy": compiled}
    )


class Supply:
    """The board behind a supply that fails when so many bytes have been written to it."""

    def __init__(self, board, fails_after=None):
        self._board = board
        self._left = fails_after
        self.written = 0
        self.failed = False

    def __getattr__(self, name):
        return getattr(self._board, name)

    def write(self, data):
        self.written += len(data)
        if self._left is not None and self.written >= self._left and not self.failed:
            self.failed = True
            self._board.restart()
        if not self.failed:
            self._board.write(data)


def run(board, what):
    return update(DeviceLine(board), what, ROBOT.limits.hash(), progress=lambda *_: None, seed=1)


def who(board):
    identity = ServiceLink(DeviceLine(board), 2).who(3_000_000)
    assert identity is not None, "it does not answer"
    return identity


@pytest.mark.timeout(3600)
def test_an_update_goes_through_and_cut_anywhere_leaves_a_controller_that_starts(pico):
    what = next_release()
    before = pico.flash()
    whole = Supply(pico)
    outcome = run(whole, what)
    assert outcome.result is Result.DONE
    assert (outcome.identity.release, outcome.identity.slot) == (FIRMWARE + 1, 1)
    told(f"an update of {whole.written} bytes on the wire went through")
    for share in SHARES:
        pico.put_flash(before)
        pico.restart()
        pico.advance_us(START_US)
        supply = Supply(pico, int(share * whole.written))
        with contextlib.suppress(ServiceError):
            run(supply, what)
        assert supply.failed
        pico.advance_us(START_US)
        identity = who(pico)
        told(f"cut after {share:.1%}: release {identity.release} from slot {identity.slot}, {identity.state}")
        assert identity.release in (FIRMWARE, FIRMWARE + 1)
        assert identity.state == states.SAFE
    assert run(pico, what).result in (Result.DONE, Result.CURRENT)
    assert who(pico).release == FIRMWARE + 1
