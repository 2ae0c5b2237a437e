"""Updates over the wire, cut at every stage: whatever happens, the board starts from one whole firmware."""

import contextlib
import dataclasses
import json
import random
import shutil

import pytest

from firmware.board import lockstep as pins
from firmware.version import FIRMWARE
from firmware.wire import messages
from hil_tests.devices.device import DeviceLine
from hil_tests.devices.virtual import VirtualBoard
from host.arm.robot import load as load_robot
from host.link import bundle
from host.link.errors import ServiceError
from host.link.service import ServiceLink
from host.link.update import Result, update
from safety import reasons, states

ROBOT = load_robot(None)
LIMITS = ROBOT.limits.as_dict()
NOW = bundle.build(bundle.VIRTUAL, LIMITS)


def release(number, **changed):
    """This firmware as release `number`, its trials 8 s instead of two minutes, some files changed."""
    service = NOW.files["firmware/service.py"].replace(b"TRIAL_US = 120000000", b"TRIAL_US = 8000000", 1)
    files = {
        **NOW.files,
        "firmware/version.py": b"FIRMWARE = %d\n" % number,
        "firmware/service.py": service,
        **changed,
    }
    return dataclasses.replace(NOW, release=number, files=files)


NEXT = release(FIRMWARE + 1)


def quiet(*_):
    pass


@pytest.fixture
def board(tmp_path):
    board = VirtualBoard(tmp_path, "arm", ROBOT, hangs_s=20.0)
    board.advance_us(3_000_000)
    yield board
    board.close()


def run(board, what, **options):
    return update(DeviceLine(board), what, ROBOT.limits.hash(), progress=quiet, seed=1, **options)


def who(board):
    identity = ServiceLink(DeviceLine(board), 2).who(3_000_000)
    assert identity is not None, board.errors
    return identity


def settle(board):
    """Plug everything in again and let the board come up."""
    board.plug_in()
    board.advance_us(3_000_000)


def test_an_update_goes_into_the_other_slot_is_tried_out_and_confirmed(board):
    (board.flash / "calibration.json").write_text("kept")
    outcome = run(board, NEXT)
    assert outcome.result is Result.DONE
    assert (outcome.identity.release, outcome.identity.slot) == (FIRMWARE + 1, 1)
    assert not outcome.identity.trial
    assert (board.flash / "calibration.json").read_text() == "kept"
    assert json.loads((board.flash / "role.json").read_text()) == {"role": "arm"}
    for name, data in NEXT.in_order():
        assert (board.flash / "b" / name).read_bytes() == data


def test_the_update_after_it_goes_back_into_the_first_slot_and_removes_what_it_does_not_list(board):
    run(board, NEXT)
    (board.flash / "a" / "firmware" / "leftover.py").write_text("raise ValueError")
    outcome = run(board, release(FIRMWARE + 2))
    assert (outcome.result, outcome.identity.slot) == (Result.DONE, 0)
    assert not (board.flash / "a" / "firmware" / "leftover.py").exists()


def test_a_board_that_runs_it_already_is_left_alone(board):
    starts = board.starts
    outcome = run(board, NOW)
    assert (outcome.result, outcome.sent) == (Result.CURRENT, 0)
    assert board.starts == starts
    assert who(board).state == states.SAFE


def test_other_limits_alone_are_an_update(board):
    limits = {**LIMITS, "point_mm_s": LIMITS["point_mm_s"] - 1}
    slower = bundle.build(bundle.VIRTUAL, limits)
    from safety.limits import Limits

    outcome = update(DeviceLine(board), slower, Limits(limits).hash(), progress=quiet, seed=1)
    assert outcome.result is Result.DONE
    assert outcome.identity.limits_hash == Limits(limits).hash()


def test_an_older_release_is_refused_unless_forced(board):
    run(board, NEXT)
    outcome = run(board, NOW)
    assert outcome.result is Result.REFUSED
    assert "--force" in outcome.sentence
    assert who(board).release == FIRMWARE + 1
    assert run(board, NOW, force=True).identity.release == FIRMWARE


def test_the_wrong_role_and_the_wrong_board_are_refused(board):
    outcome = run(board, NEXT, role="hand")
    assert outcome.result is Result.REFUSED
    assert "arm controller" in outcome.sentence
    for_pico = dataclasses.replace(NEXT, platform=bundle.PICO)
    assert run(board, for_pico).result is Result.REFUSED


BROKEN = {
    "a file that does not compile": {"firmware/app.py": b"def ("},
    "a fault in its first loop": {
        "firmware/arm.py": NOW.files["firmware/arm.py"].replace(
            b"    def step(self, now_us):", b"    def step(self, now_us):\n        raise ValueError", 1
        )
    },
    "a fault a second after its start": {
        "firmware/service.py": NOW.files["firmware/service.py"].replace(
            b"    def step(self, now_us):",
            b"    def step(self, now_us):\n"
            b"        if self._began_at and ticks.diff(now_us, self._began_at) > 1000000:\n"
            b"            raise OSError",
            1,
        )
    },
    "no limits": {"limits.json": b"{}"},
}


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_a_firmware_that_does_not_run_is_left_again_by_the_board_itself(board, fault):
    outcome = run(board, release(FIRMWARE + 1, **BROKEN[fault]))
    assert outcome.result is Result.ROLLED_BACK
    assert (outcome.identity.release, outcome.identity.slot) == (FIRMWARE, 0)
    assert not outcome.identity.trial
    settle(board)
    assert who(board).well


def test_a_firmware_that_hangs_is_left_again_too(tmp_path):
    board = VirtualBoard(tmp_path, "hand", ROBOT, hangs_s=4.0)
    try:
        board.advance_us(3_000_000)
        hanging = release(FIRMWARE + 1, **{"firmware/magnet.py": b"import time\ntime.sleep(1000)\n"})
        assert run(board, hanging).result is Result.ROLLED_BACK
    finally:
        board.close()


def test_a_firmware_that_runs_but_is_not_well_is_sent_back(board):
    sick = NOW.files["firmware/arm.py"].replace(b"return 0 <= counts[0] < COUNTS and", b"return False and")
    outcome = run(board, release(FIRMWARE + 1, **{"firmware/arm.py": sick}))
    assert outcome.result is Result.ROLLED_BACK
    assert "self test" in outcome.sentence
    assert outcome.identity.release == FIRMWARE


def test_a_trial_that_no_host_confirms_is_left_after_three_starts(board):
    link = ServiceLink(DeviceLine(board), 1)
    link.open()
    link.write(NEXT, quiet)
    link.flip(NEXT)
    board.advance_us(1_000_000)
    assert who(board).trial
    starts = board.starts
    # Three trials without anybody asking.
    board.unplug()
    board.advance_us(32_000_000)
    settle(board)
    assert board.starts == starts + 3
    assert (who(board).release, who(board).trial) == (FIRMWARE, False)


def test_while_a_firmware_is_on_trial_the_one_to_fall_back_to_is_not_written(board):
    link = ServiceLink(DeviceLine(board), 1)
    link.open()
    link.write(NEXT, quiet)
    link.flip(NEXT)
    board.advance_us(1_000_000)
    link.open()
    with pytest.raises(ServiceError, match="tries a new firmware out"):
        link.write(release(FIRMWARE + 2), quiet)


def test_a_file_damaged_on_the_flash_is_never_started(board):
    link = ServiceLink(DeviceLine(board), 1)
    link.open()
    link.write(NEXT, quiet)
    victim = board.flash / "b" / "safety" / "machine.py"
    victim.write_bytes(victim.read_bytes().replace(b"STOPPED", b"MOVING", 1))
    with pytest.raises(ServiceError, match="manifest"):
        link.flip(NEXT)
    board.restart()
    settle(board)
    assert (who(board).release, who(board).slot) == (FIRMWARE, 0)


def test_the_motors_have_no_power_while_it_is_written(board):
    gates = []
    before = set()

    def watch(*_):
        gates.append(board.outputs & pins.OUT_GATE)

    link = ServiceLink(DeviceLine(board), 1)
    link.open()
    link.write(NEXT, watch)
    before.update(gates)
    assert len(before) == 1
    board.advance_us(100_000)
    identity = who(board)
    assert (identity.state, identity.reason) == (states.STOPPED, reasons.UPDATE)


def test_asking_who_it_is_disturbs_nothing(board):
    board.advance_us(100_000)
    identity = who(board)
    assert (identity.state, identity.reason, identity.role_name) == (states.SAFE, reasons.NONE, "arm")
    assert who(board)._replace(heap_free_kb=0) == identity._replace(heap_free_kb=0)


class Cuts:
    """A board that runs one release from slot b; slot a is empty, so that every byte of an update is sent."""

    def __init__(self, directory):
        self.board = VirtualBoard(directory / "cut", "arm", ROBOT, hangs_s=60.0)
        self.board.frame_us = 4000
        self.board.advance_us(3_000_000)
        assert run(self.board, NEXT).result is Result.DONE
        self.new = release(FIRMWARE + 2)
        self.board.power_off()
        self.before = directory / "before"
        shutil.copytree(self.board.flash, self.before)
        shutil.rmtree(self.before / "a")
        self.again()
        begin = self.board.delivered
        assert run(self.board, self.new).result is Result.DONE
        self.total = self.board.delivered - begin
        """Bytes to the board in the whole update."""

    def again(self):
        """Back to before the update."""
        self.board.power_off()
        shutil.rmtree(self.board.flash)
        shutil.copytree(self.before, self.board.flash)
        self.board.plug_in()
        self.board.advance_us(3_000_000)

    def points(self, count, seed=3):
        """The first and last packets, and random places."""
        dice = random.Random(seed)
        points = {1, 40, 121, *(self.total - left for left in (400, 200, 90, 40, 1))}
        while len(points) < count:
            points.add(dice.randrange(1, self.total))
        return sorted(points)

    def cut(self, at, *, power):
        """Cut the update after its byte `at`: whatever was reached, one of the two runs, whole and well."""
        self.again()
        board = self.board
        board.cut_after(at, power=power)
        with contextlib.suppress(ServiceError):
            run(board, self.new)
        assert not board.plugged
        settle(board)
        identity = who(board)
        assert identity.release in (NEXT.release, self.new.release)
        assert identity.well, board.errors
        if identity.trial:
            board.advance_us(32_000_000)
            assert not who(board).trial


@pytest.mark.parametrize("power", [False, True], ids=["cable", "power"])
@pytest.mark.timeout(7200)
def test_a_cut_at_any_byte_leaves_a_board_that_starts_and_can_be_updated(tmp_path, power, long):
    cuts = Cuts(tmp_path)
    try:
        for at in cuts.points(500 if long else 8):
            cuts.cut(at, power=power)
        assert run(cuts.board, release(FIRMWARE + 3)).result is Result.DONE
    finally:
        cuts.board.close()


def test_what_stands_already_after_a_cut_is_not_sent_again(board):
    total = NEXT.size
    board.cut_after(total * 3 // 4, power=True)
    with pytest.raises(ServiceError):
        run(board, NEXT)
    settle(board)
    outcome = run(board, NEXT)
    assert outcome.result is Result.DONE
    assert outcome.sent < total // 2


def test_a_board_in_maintenance_starts_nothing_until_the_flag_is_taken_away(board):
    link = ServiceLink(DeviceLine(board), 1)
    link.open()
    link.restart(messages.RESTART_MAINTENANCE)
    board.advance_us(2_000_000)
    assert ServiceLink(DeviceLine(board), 2).who(500_000) is None
    assert board.outputs == 0
    (board.flash / "maintenance").unlink()
    board.restart()
    settle(board)
    assert who(board).well
