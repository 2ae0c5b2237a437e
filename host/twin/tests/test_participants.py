import os
import socket
import threading
from contextlib import ExitStack

import pytest

from host.twin import lockstep
from host.twin.client import TwinTime
from host.twin.lockstep import Channel, Now, TwinGoneError, Wait
from host.twin.participants import Exchange, Participant


class Twin:
    """An exchange with two participants and no serial lines, stepped by the test's main thread."""

    def __init__(self, pair):
        pairs = {name: pair() for name in ("game", "link")}
        self.exchange = Exchange([Participant(name, Channel(pair[0])) for name, pair in pairs.items()], {})
        self.times = {name: TwinTime(pair[1], name) for name, pair in pairs.items()}
        self.gone = []
        self.now = 0

    def frames(self, count):
        self.collect()
        for _ in range(count):
            self.now += 1000
            self.exchange.grant(self.now)
            self.collect()
            self.exchange.deliver(self.now, 1000)

    def collect(self):
        self.exchange.collect(lambda *_: None, lambda each: self.gone.append(each.name))


@pytest.fixture
def pair():
    """Makes connected sockets and closes them after the test."""
    with ExitStack() as opened:
        yield lambda: tuple(opened.enter_context(end) for end in socket.socketpair())


def in_thread(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_participant_sleeps_until_its_time_and_wakes_for_input_in_the_next_frame(pair):
    twin = Twin(pair)
    a, b = pair()
    heard = []

    def game():
        time = twin.times["game"]
        stream = time.open("link", a.fileno())
        time.wait(5000, [stream])
        assert time.now_us() == 5000
        stream.write(b"hello")
        time.wait(50_000, [stream])
        heard.append((time.now_us(), stream.read()))
        time.close()

    def link():
        time = twin.times["link"]
        stream = time.open("game", b.fileno())
        time.wait(1_000_000, [stream])
        heard.append((time.now_us(), stream.read()))
        stream.write(b"yes")
        time.wait(time.now_us() + 1, [stream])
        time.close()

    threads = [in_thread(game), in_thread(link)]
    twin.frames(20)
    for thread in threads:
        thread.join(10)
    assert heard == [(6000, b"hello"), (7000, b"yes")]
    assert sorted(twin.gone) == ["game", "link"]


def test_bytes_that_were_not_announced_are_not_seen(pair):
    twin = Twin(pair)
    a, b = pair()
    seen = []

    def game():
        time = twin.times["game"]
        stream = time.open("link", a.fileno())
        time.wait(3000, [stream])
        seen.append(stream.read())
        time.close()

    def link():
        time = twin.times["link"]
        time.open("game", b.fileno())
        os.write(b.fileno(), b"early")
        time.wait(9000, [])
        time.close()

    threads = [in_thread(game), in_thread(link)]
    twin.frames(12)
    for thread in threads:
        thread.join(10)
    assert seen == [b""]


def test_the_death_of_one_closes_its_stream_for_the_other(pair):
    twin = Twin(pair)
    a, b = pair()
    seen = []

    def game():
        time = twin.times["game"]
        stream = time.open("link", a.fileno())
        time.wait(1_000_000, [stream])
        seen.append((stream.read(), stream.closed))
        time.close()

    def link():
        time = twin.times["link"]
        time.open("game", b.fileno())
        time.wait(2000, [])
        time._channel.close()

    threads = [in_thread(game), in_thread(link)]
    twin.frames(5)
    for thread in threads:
        thread.join(10)
    assert seen == [(b"", True)]
    assert twin.gone[0] == "link"


def test_a_participant_learns_that_the_twin_has_gone(pair):
    mine, theirs = pair()
    theirs.close()
    with pytest.raises(TwinGoneError):
        TwinTime(mine, "game").wait(1000, [])


def test_streams_cannot_join_after_the_first_wait(pair):
    mine, theirs = pair()
    twin = Channel(theirs)
    twin.send(lockstep.WELCOME)
    twin.send(lockstep.NOW, lockstep.pack_now(Now(1000, ())))
    time = TwinTime(mine, "game")
    time.wait(1000, [])
    with pytest.raises(RuntimeError):
        time.open("late", mine.fileno())


def test_messages_come_back_as_they_went():
    wait, now = Wait(-5, (0, 7, 1 << 40)), Now(1 << 50, ((3, True), (0, False)))
    assert lockstep.unpack_wait(lockstep.pack_wait(wait)) == wait
    assert lockstep.unpack_now(lockstep.pack_now(now)) == now
