import os
import random

from host.twin.serialport import Cable, SerialLine


def test_bytes_reach_the_other_terminal_and_are_counted():
    line = SerialLine(1)
    try:
        os.write(line.controller.slave, b"\x00\x03\r\nstatus")
        assert line.controller_wrote(10, 0) == b"\x00\x03\r\nstatus"
        line.deliver(0, 1000, host_listens=True)
        assert line.host.written_total == 10
        assert os.read(line.host.slave, 100) == b"\x00\x03\r\nstatus"
        os.write(line.host.slave, b"\x03go")
        line.host_wrote(3, 0)
        line.deliver(0, 1000, host_listens=True)
        assert os.read(line.controller.slave, 100) == b"\x03go"
    finally:
        line.close()


def test_only_announced_bytes_are_taken():
    line = SerialLine(1)
    try:
        os.write(line.controller.slave, b"abcdef")
        assert line.controller_wrote(4, 0) == b"abcd"
        assert line.controller_wrote(6, 0) == b"ef"
    finally:
        line.close()


def test_what_a_controller_says_before_the_port_is_open_is_lost():
    line = SerialLine(1)
    try:
        os.write(line.controller.slave, b"early")
        line.controller_wrote(5, 0)
        line.deliver(0, 1000, host_listens=False)
        assert line.host.written_total == 0
    finally:
        line.close()


def test_a_cut_cable_hangs_up_the_links_end_and_silences_the_other():
    line = SerialLine(1)
    try:
        fd = os.open(line.host_path, os.O_RDWR | os.O_NOCTTY)
        line.cut()
        assert not line.connected
        os.write(line.controller.slave, b"anyone?")
        line.controller_wrote(7, 0)
        line.deliver(0, 1000, host_listens=True)
        try:
            gone = os.read(fd, 10) == b""
        except OSError:
            gone = True
        assert gone
        os.close(fd)
    finally:
        line.close()


def test_a_cable_delays_drops_and_corrupts_as_told_and_repeatably():
    def run():
        cable = Cable(seed=7)
        cable.faults.delay_us = 3000
        cable.faults.drop = 0.1
        cable.faults.corrupt = 0.1
        cable.push(bytes(1000), 0)
        assert cable.pull(2999, 5000) == b""
        return cable.pull(3000, 5000)

    out = run()
    assert 850 < len(out) < 950
    assert 50 < sum(byte != 0 for byte in out) < 150
    assert run() == out


def test_a_cable_carries_no_more_than_its_rate_and_keeps_the_order():
    cable = Cable(seed=1)
    data = random.Random(1).randbytes(2500)
    cable.push(data, 0)
    parts = [cable.pull(0, 1000) for _ in range(4)]
    assert [len(part) for part in parts] == [1000, 1000, 500, 0]
    assert b"".join(parts) == data
    assert cable.idle


def test_a_controller_that_reads_nothing_holds_nobody_up_and_loses_nothing():
    line = SerialLine(1)
    sent = bytes(range(1, 201)) * 1000  # more than any terminal holds
    try:
        for start in range(0, len(sent), 500):
            os.write(line.host.slave, sent[start : start + 500])
            line.host_wrote(start + 500, 0)
            line.deliver(0, 1000, host_listens=True)
        assert line.controller.written_total < len(sent)
        got = b""
        while len(got) < len(sent):
            got += os.read(line.controller.slave, 4096)
            line.deliver(0, 1000, host_listens=True)
        assert got == sent
    finally:
        line.close()


def test_what_is_sent_to_a_dead_controller_vanishes():
    line = SerialLine(1)
    try:
        line.controller_gone()
        for count in range(1, 40):
            os.write(line.host.slave, b"x" * 500)
            line.host_wrote(500 * count, 0)
            line.deliver(0, 1000, host_listens=True)
        assert line.controller.written_total == 0
        assert line.to_controller.idle
    finally:
        line.close()
