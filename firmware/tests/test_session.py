"""Two ends over a bad line: everything reliable arrives once and in order, nothing stale is believed."""

from firmware.wire import cobs, packet
from firmware.wire.session import ACK_DELAY_US, QUEUE, RETRY_US, WINDOW, Session

NONCE = 0x12345678


class End:
    """A session with its framer; `got` collects payloads by kind."""

    def __init__(self):
        self.session = Session()
        self.framer = cobs.Framer()
        self.got = []

    def hear(self, frame, now):
        kind = -1
        self.framer.begin()
        while (n := self.framer.take(frame, len(frame))) >= 0:
            kind = self.session.receive(self.framer.buffer, n, now)
            if kind in (packet.RELIABLE, packet.DATAGRAM):
                payload = bytes(self.framer.buffer[packet.HEADER_SIZE : n - packet.CRC_SIZE])
                if payload:
                    self.got.append(payload)
        return kind


class Noise:
    """Loses one frame in `period`, at pseudo-random places (a strict rhythm could lock to the window)."""

    def __init__(self, period):
        self.period = period
        self.state = 12345

    def __call__(self, _):
        self.state = (self.state * 1103515245 + 12345) % 2147483648
        return (self.state >> 16) % self.period == 0


def pair():
    a, b = End(), End()
    a.session.open(NONCE)
    b.session.open(NONCE)
    return a, b


def exchange(a, b, duration_us, lose, begin=0, step=1000):
    """Pass frames both ways for a time; `lose(i)` tells whether the i-th frame gets lost."""
    count = 0
    for now in range(begin, begin + duration_us, step):
        for source, target in ((a, b), (b, a)):
            while True:
                frame = source.session.poll(now)
                if frame is None:
                    break
                count += 1
                if not lose(count):
                    target.hear(frame, now)
    return count


def test_a_good_line_delivers_in_order():
    a, b = pair()
    sent = [bytes([i]) for i in range(30)]
    for payload in sent:
        assert a.session.send(payload)
    exchange(a, b, 200000, lambda i: False)
    assert b.got == sent
    assert a.session.unacknowledged == 0
    assert a.session.retries == 0


def test_a_bad_line_delivers_in_order_and_once():
    for period in (2, 3, 5, 7):
        a, b = pair()
        sent = [bytes([i, period]) for i in range(40)]
        for payload in sent:
            assert a.session.send(payload)
        exchange(a, b, 20000000, Noise(period), step=2000)
        assert b.got == sent
        assert a.session.unacknowledged == 0
        assert a.session.retries > 0


def test_a_long_exchange_stays_in_order():
    a, b = pair()
    for round_trip in range(3):
        for i in range(50):
            a.session.send(bytes([round_trip, i]))
        exchange(a, b, 3000000, Noise(4), begin=round_trip * 3000000)
    assert len(b.got) == 150


def test_the_window_bounds_what_is_under_way():
    a, _ = pair()
    for i in range(WINDOW + 5):
        a.session.send(bytes([i]))
    frames = 0
    while a.session.poll(0) is not None:
        frames += 1
    assert frames == WINDOW
    assert a.session.poll(RETRY_US - 1) is None
    assert a.session.next_due_us(RETRY_US - 1) == 1
    assert a.session.poll(RETRY_US) is not None
    assert a.session.retries == 1


def test_an_acknowledgement_after_a_retry_counts():
    a, b = pair()
    a.session.send(b"x")
    frame = a.session.poll(0)
    again = a.session.poll(RETRY_US)
    assert frame is not None
    assert again is not None
    b.hear(frame, RETRY_US)
    answer = b.session.poll(RETRY_US + ACK_DELAY_US)
    a.hear(answer, RETRY_US + ACK_DELAY_US)
    assert a.session.unacknowledged == 0


def test_a_full_queue_says_so():
    a, _ = pair()
    for _ in range(QUEUE):
        assert a.session.send(b"x")
    assert not a.session.send(b"x")
    assert a.session.lost == 1
    assert not a.session.send(bytes(packet.MAX_PAYLOAD + 1))


def test_nothing_goes_out_without_a_session():
    session = Session()
    assert not session.send(b"x")
    assert session.datagram(b"x") is None
    assert session.poll(0) is None
    assert session.next_due_us(0) is None


def test_a_replayed_packet_is_dropped():
    a, b = pair()
    a.session.send(b"once")
    frame = a.session.poll(0)
    assert b.hear(frame, 0) == packet.RELIABLE
    assert b.hear(frame, 1) == -1
    datagram = a.session.datagram(b"now")
    assert b.hear(datagram, 2) == packet.DATAGRAM
    assert b.hear(datagram, 3) == -1
    assert b.got == [b"once", b"now"]


def test_an_older_datagram_is_dropped():
    a, b = pair()
    first = a.session.datagram(b"1")
    second = a.session.datagram(b"2")
    assert b.hear(second, 0) == packet.DATAGRAM
    assert b.hear(first, 0) == -1


def test_a_packet_of_another_session_is_dropped():
    a, b = pair()
    a.session.send(b"old")
    old = a.session.poll(0)
    a.session.open(NONCE + 1)
    b.session.open(NONCE + 1)
    assert b.hear(old, 0) == -1
    b.session.close()
    a.session.send(b"new")
    assert b.hear(a.session.poll(0), 0) == -1
    assert b.got == []


def test_greetings_pass_without_a_session():
    a, b = End(), End()
    frame = a.session.greeting(9, b"hi")
    assert b.hear(frame, 0) == packet.GREETING


def test_an_unknown_kind_is_dropped():
    _, b = pair()
    assert b.hear(cobs.encode(packet.build(NONCE, 3, 0, 0, b"")), 0) == -1
    assert b.session.dropped == 1


def test_acknowledgements_ride_on_datagrams():
    a, b = pair()
    a.session.send(b"x")
    b.hear(a.session.poll(0), 0)
    a.hear(b.session.datagram(b"status"), 1)
    assert a.session.unacknowledged == 0
    assert b.session.poll(2 * ACK_DELAY_US) is None


def test_a_bare_acknowledgement_comes_soon():
    a, b = pair()
    a.session.send(b"x")
    b.hear(a.session.poll(0), 0)
    assert b.session.poll(ACK_DELAY_US - 1) is None
    assert b.session.next_due_us(0) == ACK_DELAY_US
    a.hear(b.session.poll(ACK_DELAY_US), ACK_DELAY_US)
    assert a.session.unacknowledged == 0
    assert a.got == []


def test_frames_in_place_are_those_that_are_kept():
    ends = [Session(), Session(in_place=True)]
    for end in ends:
        end.open(NONCE)
    for payload in (b"", b"status", b"\0" * 40, b"status"):
        kept, held = (end.datagram(payload) for end in ends)
        assert bytes(held) == kept
