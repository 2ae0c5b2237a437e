"""The installation of a bare Pico, emulated, at its own prompt. Needs an image: QIYOU_RP2_UF2."""

import pytest

from hil_tests.controller import Controller, NoDeviceError, pico_image
from hil_tests.devices.served import ServedBoard
from host.arm.robot import load
from host.link import bundle
from safety import states
from tools.flash.bare import install, machine_of, prompt


@pytest.fixture
def image():
    try:
        return pico_image()
    except NoDeviceError as error:
        pytest.skip(str(error))


@pytest.mark.timeout(600)
def test_mpremote_puts_the_firmware_on_a_bare_board_which_then_starts(image):
    from hil_tests.devices.emulated import EmulatedPico

    robot = load()
    board = EmulatedPico(image, "arm", robot, bare=True)
    board.advance_us(2_000_000)
    with ServedBoard(board) as served, prompt(served.port) as transport:
        assert "RP2040" in machine_of(transport)
        firmware = bundle.build(bundle.PICO, robot.limits.as_dict())
        install(transport, firmware, "arm", force=False, progress=lambda *_: None)
    board.restart()
    controller = Controller(board, robot)
    controller.make_ready()
    assert controller.until(lambda _: True)["state"] == states.READY
    controller.check_after()
    board.close()
