"""One end of a session: reliable packets in order with a small window, and datagrams beside them.

Sans-I/O: bytes and the time go in, frames (COBS, closed by 0x00) come out. Times are ticks of
`safety.ticks`; any microsecond count may be given, it is taken modulo 2^30.

Reliable packets are numbered modulo 2^16, delivered once and in order; up to `WINDOW` are under way and
all of them are sent again (go-back-N) when the oldest stays unacknowledged for `RETRY_US`. Datagrams are
sent once; one that arrives after a newer one is dropped. Packets of another nonce are dropped and counted.

The host opens with `hello`; the controller answers with `welcome` and both call `open` with the nonce of
that answer. A greeting is the only packet that may pass without a session.
"""

from array import array

from firmware.wire import cobs, packet
from safety import ticks

WINDOW = 8
# A Pico reads and checks what is under way in 40 ms, a collection in between included; sent again sooner, it
# would have to read everything twice.
RETRY_US = 60000
# So long an acknowledgement waits for a packet to ride on; in motion a report goes out every 20 ms.
ACK_DELAY_US = 15000
QUEUE = 64

_MASK16 = 0xFFFF


class Session:
    """State of one end. `retries`, `dropped` and `lost` count for diagnosis.

    `dropped`: packets refused (no CRC, wrong nonce, out of order, stale). `lost`: messages not accepted
    by `send` because the queue was full. `in_place`: a frame that is returned holds until the next one is
    made, and no memory is taken for it.
    """

    def __init__(self, in_place=False):
        self._in_place = in_place
        self._header = array("i", [0] * packet.HEADER_NUMBERS)
        self._incoming = array("i", [0] * packet.HEADER_NUMBERS)
        self._views = {}
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
        self._header[packet.NONCE_LOW] = nonce & _MASK16
        self._header[packet.NONCE_HIGH] = nonce >> 16

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
        return self._build(packet.DATAGRAM, self._datagram, payload)

    def greeting(self, nonce, payload):
        """The frame of a greeting (HELLO of the host, WELCOME of the controller)."""
        return self._framed(packet.build_into(self._packet, nonce, packet.GREETING, 0, self._expect, payload))

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
            return self._build(packet.RELIABLE, number, payload)
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
        incoming = self._incoming
        packet.read_header(buffer, incoming)
        kind = incoming[packet.KIND]
        if kind == packet.GREETING:
            return kind
        ours = self._header
        if (
            self.nonce is None
            or incoming[packet.NONCE_LOW] != ours[packet.NONCE_LOW]
            or incoming[packet.NONCE_HIGH] != ours[packet.NONCE_HIGH]
        ):
            self.dropped += 1
            return -1
        number = incoming[packet.NUMBER]
        ack = incoming[packet.ACK]
        if kind == packet.RELIABLE:
            self._ack_in(ack, now_us)
            if self._ack_due is None:
                self._ack_due = ticks.add(now_us, ACK_DELAY_US)
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

    def _build(self, kind, number, payload):
        header = self._header
        header[packet.KIND] = kind
        header[packet.NUMBER] = number
        header[packet.ACK] = self._expect
        n = len(payload)
        packet.assemble(self._packet, header, payload, n)
        packet.seal(self._packet, packet.HEADER_SIZE + n)
        return self._framed(packet.HEADER_SIZE + n + packet.CRC_SIZE)

    def _framed(self, n):
        self._ack_due = None
        n = cobs.encode_into(self._packet, n, self._frame)
        self._frame[n] = 0
        if not self._in_place:
            return bytes(memoryview(self._frame)[: n + 1])
        view = self._views.get(n)
        if view is None:
            # One for each length that there is: some twenty.
            view = self._views[n] = memoryview(self._frame)[: n + 1]
        return view
