import os
import pty
import socket

import pytest
import serial

from host.timebase import RealTime


@pytest.fixture
def ends():
    a, b = socket.socketpair()
    with a, b:
        yield a, b


def test_waiting_ends_early_when_an_inbox_has_something(ends):
    time = RealTime()
    here, there = (time.open("x", end.fileno()) for end in ends)
    there.write(b"hello")
    before = time.now_us()
    time.wait(before + 60_000_000, [here])
    assert time.now_us() < before + 30_000_000
    assert here.read() == b"hello"
    assert not here.closed


def test_waiting_lasts_until_its_time_when_nothing_comes(ends):
    time = RealTime()
    here = time.open("x", ends[0].fileno())
    until = time.now_us() + 2_000
    time.wait(until, [here])
    assert time.now_us() >= until
    assert here.read() == b""


def test_a_hang_up_is_ready_and_closes_the_stream(ends):
    time = RealTime()
    here = time.open("x", ends[0].fileno())
    ends[1].sendall(b"last words")
    ends[1].close()
    assert here.ready()
    assert here.read() == b"last words"
    time.wait(time.now_us() + 60_000_000, [here])
    assert here.read() == b""
    assert here.closed
    here.write(b"too late")


def test_more_than_the_kernel_takes_at_once_arrives_whole_and_in_order(ends):
    time = RealTime()
    here, there = (time.open("x", end.fileno()) for end in ends)
    data = bytes(range(256)) * 8000
    here.write(data)
    assert here.unsent
    got = bytearray()
    while len(got) < len(data):
        time.wait(time.now_us() + 10_000, [here, there])
        got += there.read()
    assert bytes(got) == data


def test_a_serial_port_with_nothing_to_read_is_not_closed():
    outer, inner = pty.openpty()
    with serial.Serial(os.ttyname(inner), timeout=0, exclusive=True) as port:
        time = RealTime()
        stream = time.open("port", port.fileno())
        assert stream.read() == b""
        assert not stream.closed
        os.write(outer, b"hello")
        time.wait(time.now_us() + 1_000_000, [stream])
        assert stream.read() == b"hello"
        assert not stream.closed
        os.close(outer)
        time.wait(time.now_us() + 1_000_000, [stream])
        assert stream.read() == b""
        assert stream.closed
    os.close(inner)
