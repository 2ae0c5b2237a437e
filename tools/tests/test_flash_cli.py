"""`qiyou flash` as support staff use it, against virtual boards on real pseudo-terminals."""

import hashlib
import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from firmware.version import FIRMWARE
from hil_tests.devices.served import ServedBoard
from hil_tests.devices.virtual import VirtualBoard
from host.arm.robot import load as load_robot
from host.link import bundle
from tools import verb_flash
from tools.cli import main
from tools.errors import BadInputError
from tools.flash import bare, boards, uf2
from tools.flash.bar import Bar

ROBOT = load_robot(None)
MICROPYTHON = Path(sys.executable).parent / "micropython"


@pytest.fixture
def served(tmp_path):
    board = VirtualBoard(tmp_path, "arm", ROBOT, hangs_s=60.0)
    board.advance_us(2_500_000)
    with ServedBoard(board) as served:
        yield served
    board.close()


def flash(capsys, *words):
    code = main(["flash", "--json", *words])
    out = capsys.readouterr()
    return code, json.loads(out.out), out.err


def make_older(board):
    """Let the running slot call itself an older release."""
    (board.flash / "a" / "firmware" / "version.py").write_text(f"FIRMWARE = {FIRMWARE - 1}\n")
    board.restart()
    board.advance_us(2_500_000)


def test_a_board_that_is_up_to_date_is_left_alone(served, capsys):
    code, report, _ = flash(capsys, "--port", served.port)
    assert (code, report["boards"][0]["result"]) == (0, "current")


def test_an_older_board_is_updated_with_progress_on_standard_error(tmp_path, capsys):
    board = VirtualBoard(tmp_path, "hand", ROBOT, hangs_s=60.0)
    make_older(board)
    with ServedBoard(board) as served:
        code, report, err = flash(capsys, "--port", served.port, "--dry-run")
        assert (code, report["boards"][0]["result"]) == (0, "dry run")
        assert f"release {FIRMWARE - 1} would become {FIRMWARE}" in report["boards"][0]["sentence"]
        code, report, err = flash(capsys, "--port", served.port)
        row = report["boards"][0]
        assert (code, row["result"]) == (0, "done")
        assert (row["before"]["slot"], row["after"]["slot"]) == (0, 1)
        assert row["after"]["release"] == FIRMWARE
        assert "50 %" in err or "75 %" in err
    board.close()


def test_the_wrong_role_is_refused(served, capsys):
    code, report, _ = flash(capsys, "--port", served.port, "--role", "hand")
    assert code == 1
    assert "arm controller, not the hand" in report["boards"][0]["sentence"]


def test_a_newer_board_is_refused_without_force(tmp_path, capsys):
    board = VirtualBoard(tmp_path, "arm", ROBOT, hangs_s=60.0)
    (board.flash / "a" / "firmware" / "version.py").write_text("FIRMWARE = 9999\n")
    board.restart()
    board.advance_us(2_500_000)
    with ServedBoard(board) as served:
        code, report, _ = flash(capsys, "--port", served.port)
        assert code == 1
        assert "--force" in report["boards"][0]["sentence"]
    board.close()


def test_a_port_that_is_not_there_is_one_sentence(capsys):
    assert main(["flash", "--port", "/dev/no-such-port"]) == 2
    assert "/dev/no-such-port" in capsys.readouterr().err


def test_a_silent_port_says_what_to_do(capsys):
    import os
    import pty

    outer, inner = pty.openpty()
    try:
        code, report, _ = flash(capsys, "--port", os.ttyname(inner))
    finally:
        os.close(outer)
        os.close(inner)
    assert code == 1
    assert "--bare" in report["boards"][0]["sentence"]


def test_without_a_board_and_with_too_many_it_asks(monkeypatch, capsys):
    monkeypatch.setattr(boards, "find", list)
    assert main(["flash"]) == 2
    assert "--port" in capsys.readouterr().err
    monkeypatch.setattr(boards, "find", lambda: [boards.Board("/dev/x"), boards.Board("/dev/y")])
    assert main(["flash"]) == 2
    assert "--all" in capsys.readouterr().err


def test_bare_needs_a_role(capsys):
    assert main(["flash", "--bare"]) == 2
    assert "--role" in capsys.readouterr().err


class Port:
    def __init__(self, device, vid, pid, serial_number="E66", product=None):
        self.device, self.vid, self.pid = device, vid, pid
        self.serial_number, self.product = serial_number, product


def test_boards_are_found_by_their_usb_identity(monkeypatch):
    ports = [Port("/dev/b", 0x2E8A, 5), Port("/dev/a", 0x2E8A, 5), Port("/dev/c", 0x1A86, 0x7523)]
    monkeypatch.setattr(boards.list_ports, "comports", lambda: ports)
    assert [board.port for board in boards.find()] == ["/dev/a", "/dev/b"]
    with pytest.raises(boards.PortError, match="1a86:7523"):
        boards.at_port("/dev/c")
    assert boards.at_port("/dev/a").serial_number == "E66"


# --- an empty board -------------------------------------------------------------------------------


class FolderBoard:
    """What mpremote's transport does, on a folder; its code is run by a real MicroPython."""

    def __init__(self, folder, machine="Raspberry Pi Pico with RP2040", cut_after=None):
        self.folder, self.machine, self.cut_after = folder, machine, cut_after
        self.written = 0
        self.was_reset = False

    def exec(self, command):
        if "_machine" in command:
            return f"rp2 | {self.machine}\r\n".encode()
        return subprocess.run(
            [str(MICROPYTHON), "-c", command], cwd=self.folder, capture_output=True, check=True
        ).stdout

    def exec_raw_no_follow(self, command):
        assert "reset" in command
        self.was_reset = True

    def fs_exists(self, src):
        return (self.folder / src).exists()

    def fs_mkdir(self, path):
        (self.folder / path).mkdir()

    def fs_readfile(self, src):
        return (self.folder / src).read_bytes()

    def fs_writefile(self, dest, data):
        if self.cut_after is not None and self.written + len(data) > self.cut_after:
            (self.folder / dest).write_bytes(data[: self.cut_after - self.written])
            raise OSError("the cable is out")
        self.written += len(data)
        (self.folder / dest).write_bytes(data)

    def fs_hashfile(self, path, algo):
        return hashlib.new(algo, (self.folder / path).read_bytes()).digest()

    def fs_rmfile(self, path):
        (self.folder / path).unlink()


FOR_UNIX = bundle.build(bundle.VIRTUAL, ROBOT.limits.as_dict())


def install(board, role="hand", force=False):
    return bare.install(board, FOR_UNIX, role, force=force, progress=lambda *_: None)


def starts(folder, tmp_path):
    """Whether the firmware that lies in `folder` starts and is well."""
    board = VirtualBoard(tmp_path, "hand", ROBOT, keep_flash=True, hangs_s=60.0)
    try:
        board.advance_us(2_500_000)
        from hil_tests.devices.device import DeviceLine
        from host.link.service import ServiceLink

        identity = ServiceLink(DeviceLine(board), 1).who()
        return identity is not None and identity.well
    finally:
        board.close()


def test_an_empty_board_gets_everything_and_starts(tmp_path):
    folder = tmp_path / "hand" / "flash"
    folder.mkdir(parents=True)
    board = FolderBoard(folder)
    assert "Pico" in install(board)
    assert board.was_reset
    assert json.loads((folder / "role.json").read_text()) == {"role": "hand"}
    assert starts(folder, tmp_path)


def test_what_an_earlier_firmware_left_in_the_slot_is_removed_and_settings_are_kept(tmp_path):
    (tmp_path / "a" / "firmware").mkdir(parents=True)
    (tmp_path / "a" / "firmware" / "old.py").touch()
    (tmp_path / "calibration.json").touch()
    (tmp_path / "maintenance").touch()
    install(FolderBoard(tmp_path))
    assert not (tmp_path / "a" / "firmware" / "old.py").exists()
    assert not (tmp_path / "maintenance").exists()
    assert (tmp_path / "calibration.json").exists()


@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.999])
def test_a_cut_installation_leaves_no_main_and_the_next_one_completes_it(tmp_path, part):
    (tmp_path / "main.py").write_text("of an earlier installation")
    total = FOR_UNIX.size
    with pytest.raises(OSError, match="cable"):
        install(FolderBoard(tmp_path, cut_after=int(total * part)))
    assert not (tmp_path / "main.py").exists()
    board = FolderBoard(tmp_path)
    install(board)
    assert (tmp_path / "main.py").exists()
    assert board.written < total * (1.1 - part)


def test_another_board_and_another_role_are_refused(tmp_path):
    for machine in ("Raspberry Pi Pico 2 with RP2350", "ESP32 module", ""):
        with pytest.raises(bare.PromptError, match="Pico with RP2040 would be right"):
            install(FolderBoard(tmp_path, machine=machine))
    (tmp_path / "role.json").write_text('{"role": "arm"}')
    with pytest.raises(bare.PromptError, match="arm controller, not the hand"):
        install(FolderBoard(tmp_path))
    install(FolderBoard(tmp_path), force=True)


def test_a_pico_gets_compiled_files_for_its_chip():
    firmware = bundle.build(bundle.PICO, ROBOT.limits.as_dict())
    names = set(firmware.files)
    assert "firmware/board/rp2_pio.mpy" in names
    assert not any("virtual" in name or name.endswith(".py") for name in names)
    # The header of a compiled file: M, version 6, architecture armv6m in bits 2-5 where it holds native code.
    assert firmware.files["firmware/steps.mpy"][:2] == b"M\x06"
    assert all(data[:1] == b"M" for name, data in firmware.files.items() if name.endswith(".mpy"))


# --- MicroPython itself ---------------------------------------------------------------------------


def image(blocks=4, family=uf2.RP2040, damage=None):
    data = bytearray()
    for number in range(blocks):
        head = struct.pack(
            "<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * number, 256, number, blocks, family
        )
        data += head + bytes(476) + struct.pack("<I", 0x0AB16F30)
    if damage is not None:
        data[damage] ^= 0xFF
    return bytes(data)


def test_a_whole_image_is_written_to_the_boot_loaders_disk(tmp_path):
    path = tmp_path / "pico.uf2"
    path.write_bytes(image())
    volume = tmp_path / "disk"
    volume.mkdir()
    (volume / "INFO_UF2.TXT").write_text("UF2 Bootloader v3.0\nBoard-ID: RPI-RP2\n")
    mounts = f"/dev/sda1 {volume} vfat rw 0 0\n/dev/sdb1 {tmp_path} ext4 rw 0 0\nnonsense\n"
    assert uf2.boot_volumes(mounts) == [volume]
    seen = []
    uf2.install(uf2.check(path), volume, lambda done, total: seen.append((done, total)))
    assert (volume / "micropython.uf2").read_bytes() == image()
    assert seen[-1] == (2048, 2048)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "multiple of 512"),
        (image()[:-1], "multiple of 512"),
        (image(family=0xE48BFF59), "Pico 2"),
        (image(family=7), "another chip"),
        (image(damage=0), "block 0"),
        (image(damage=512 + 508), "block 1"),
        (image(damage=1024 + 20), "damaged at block 2"),
        (image()[512:], "damaged at block 0"),
    ],
)
def test_an_image_that_is_not_whole_or_for_another_chip_is_refused(tmp_path, content, match):
    path = tmp_path / "pico.uf2"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=match):
        uf2.check(path)


def test_a_missing_image_is_one_sentence(capsys, tmp_path):
    assert main(["flash", "--uf2", str(tmp_path / "no.uf2")]) == 2
    assert "no.uf2" in capsys.readouterr().err


class Terminal:
    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_on_a_terminal_the_bar_is_redrawn_on_one_line():
    out = Terminal()
    bar = Bar(out, "arm")
    for done in range(101):
        bar("firmware/app.py", done, 100)
    bar.end()
    assert out.text.count("\n") == 1
    assert "[############################] 100 %" in out.text


def test_the_summary_is_one_line():
    assert "\n" not in verb_flash.SUMMARY
