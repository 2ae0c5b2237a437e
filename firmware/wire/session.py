"""One end of a session: reliable packets in order with a small window, and datagrams beside them.

Sans-I/O: bytes and the time go in, frames (COBS, closed by 0x00) come out. Times are ticks of
`safety.ticks`; any microsecond count may be given, it is taken modulo 2^30.

Reliable packets are numbered modulo 2^16, delivered once and in order; up to `WINDOW` are under way and
all of them are sent again (go-back-N) when the oldest stays unacknowledged for `RETRY_US`. Datagrams are
sent once; one that arrives after a newer one is dropped. Packets of another nonce are dropped and counted.

The host opens with `hello`; the controller answers with `welcome` and both call `open` with the nonce of
that answer. A greeting is the only packet that may pass without a session.
"""

from firmware.wire import cobs, packet
from safety import ticks

WINDOW = 8
RETRY_US = 30000
ACK_DELAY_US = 5000
QUEUE = 64

_MASK16 = 0xFFFF


class Session:
    """State of one end. `retries`, `dropped` and `lost` count for diagnosis.

    `dropped`: packets refused (no CRC, wrong nonce, out of order, stale). `lost`: messages not accepted
    by `send` because the queue was full.
    """

    def __init__(self):
        self.nonce = None
        self.retries = 0
        self.dropped = 0
        self.lost = 0
        self._packet = bytearray(packet.MAX_PACKET)
        self._frame = bytearray(packet.MAX_PACKET + 4)
        self._reset()

    def _reset(self):
        self._waiting = []
        self._first = 0
        self._sent = 0
        self._ever_sent = 0
        self._sent_at = 0
        self._datagram = 0
        self._expect = 0
        self._last_datagram = None
        self._ack_due = None

    def open(self, nonce):
        """Begin a session; everything of an earlier one is forgotten."""
        self._reset()
        self.nonce = nonce

    def close(self):
        """End the session; only greetings pass from here on."""
        self._reset()
        self.nonce = None

    @property
    def unacknowledged(self):
        """Reliable packets waiting or under way."""
        return len(self._waiting)

    def send(self, payload):
        """Queue a reliable packet; False (and counted as lost) without a session or with a full queue."""
        if self.nonce is None or len(self._waiting) >= QUEUE or len(payload) > packet.MAX_PAYLOAD:
            self.lost += 1
            return False
        self._waiting.append(payload)
        return True

    def datagram(self, payload):
        """The frame of a datagram, to be written at once; None without a session."""
        if self.nonce is None:
            return None
        self._datagram = (self._datagram + 1) & _MASK16
        return self._build(self.nonce, packet.DATAGRAM, self._datagram, payload)

    def greeting(self, nonce, payload):
        """The frame of a greeting (HELLO of the host, WELCOME of the controller)."""
        return self._build(nonce, packet.GREETING, 0, payload)

    def poll(self, now_us):
        """The next frame that is due (new, repeated or a bare acknowledgement), or None; call until None."""
        if self.nonce is None:
            return None
        waiting = len(self._waiting)
        if self._sent and ticks.diff(now_us, self._sent_at) >= RETRY_US:
            self._sent = 0
            self.retries += 1
        if self._sent < min(waiting, WINDOW):
            if self._sent == 0:
                self._sent_at = now_us
            number = (self._first + self._sent) & _MASK16
            payload = self._waiting[self._sent]
            self._sent += 1
            self._ever_sent = max(self._ever_sent, self._sent)
            return self._build(self.nonce, packet.RELIABLE, number, payload)
        if self._ack_due is not None and ticks.diff(now_us, self._ack_due) >= 0:
            return self.datagram(b"")
        return None

    def next_due_us(self, now_us):
        """Microseconds from `now_us` until `poll` has something to send (0 = now), or None."""
        if self.nonce is None:
            return None
        if self._sent < min(len(self._waiting), WINDOW):
            return 0
        due = None
        if self._sent:
            due = max(0, RETRY_US - ticks.diff(now_us, self._sent_at))
        if self._ack_due is not None:
            ack = max(0, ticks.diff(self._ack_due, now_us))
            due = ack if due is None else min(due, ack)
        return due

    def receive(self, buffer, n, now_us):
        """Take a decoded frame `buffer[:n]`; returns the kind of packet to act on, or -1.

        `packet.GREETING` (any nonce), `packet.RELIABLE` and `packet.DATAGRAM` (this session's, new):
        the messages stand in `buffer[packet.HEADER_SIZE : n - packet.CRC_SIZE]`.
        """
        if not packet.intact(buffer, n):
            self.dropped += 1
            return -1
        nonce, kind, number, ack = packet.header(buffer)
        if kind == packet.GREETING:
            return kind
        if self.nonce is None or nonce != self.nonce:
            self.dropped += 1
            return -1
        if kind == packet.RELIABLE:
            self._ack_in(ack, now_us)
            if self._ack_due is None:
                self._ack_due = now_us + ACK_DELAY_US
            if number != self._expect:
                self.dropped += 1
                return -1
            self._expect = (number + 1) & _MASK16
            return kind
        if kind == packet.DATAGRAM:
            last = self._last_datagram
            if last is not None and not 0 < ((number - last) & _MASK16) < 0x8000:
                self.dropped += 1
                return -1
            self._last_datagram = number
            self._ack_in(ack, now_us)
            return kind
        self.dropped += 1
        return -1

    def _ack_in(self, ack, now_us):
        done = (ack - self._first) & _MASK16
        if 0 < done <= self._ever_sent:
            del self._waiting[:done]
            self._first = ack
            self._sent = max(0, self._sent - done)
            self._ever_sent -= done
            self._sent_at = now_us

    def _build(self, nonce, kind, number, payload):
        n = packet.build_into(self._packet, nonce, kind, number, self._expect, payload)
        self._ack_due = None
        n = cobs.encode_into(self._packet, n, self._frame)
        self._frame[n] = 0
        return bytes(memoryview(self._frame)[: n + 1])
