import os

import pytest

from host.link.client import LinkClient
from host.link.errors import PortError
from host.link.process import open_port
from host.link.session import LinkSession
from host.timebase import RealTime


@pytest.fixture
def terminal():
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(slave)
    os.close(master)


def test_a_port_opens_once_and_says_so_when_it_is_busy(terminal):
    with open_port("arm", terminal), pytest.raises(PortError, match="in use by another program"):
        open_port("hand", terminal)


def test_a_missing_port_gets_one_sentence_with_what_to_check():
    with pytest.raises(PortError, match=r"no arm controller at /dev/nowhere: check its cable"):
        open_port("arm", "/dev/nowhere")


def test_the_game_hears_that_sentence_from_the_link_process():
    time = RealTime()
    client = LinkClient(time, {"arm": "/dev/nowhere", "hand": "/dev/nowhere"}, limits_hash=1)
    client.start()
    try:
        with pytest.raises(PortError, match="no arm controller"):
            LinkSession(client, time).connect(60_000_000)
    finally:
        client.close()
        client.join()
