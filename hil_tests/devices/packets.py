"""Hostile packets by the thousand: noise, mutated commands, and well-sealed packets of other sessions.

None of them may be obeyed. They are made from commands that would each leave a mark (a position, a speed
profile, a light, a pause), so that one that gets through is seen in the next STATUS or REFUSED.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from firmware.wire import cobs, messages, packet


def _harmful(dice: random.Random) -> bytes:
    """The messages of one packet, each of which would leave a mark."""
    kind = dice.randrange(6)
    rows: tuple[tuple[int | bytes, ...], ...]
    if kind == 0:
        rows = ((messages.SET_POSITION, *(dice.randrange(-9000, 9000) for _ in range(3))),)
    elif kind == 1:
        rows = ((messages.PROFILE, messages.PROFILE_FAST),)
    elif kind == 2:
        rows = ((messages.LED, dice.randrange(1, 8)),)
    elif kind == 3:
        rows = ((messages.MAGNET, 1),)
    elif kind == 4:
        rows = ((messages.HOLD,), (messages.SERVICE, 1, dice.getrandbits(32)))
    else:
        flags = messages.SEGMENT_START | messages.SEGMENT_LAST
        rows = ((messages.SEGMENTS, dice.randrange(65536), 0, flags, 0, 1 << 29, dice.randbytes(46)),)
    return b"".join(bytes(messages.encode(*row)) for row in rows)


def _mutated(dice: random.Random, frame: bytes) -> bytes:
    """A frame with bits turned, bytes lost, doubled or cut off; never the frame itself."""
    data = bytearray(frame)
    while bytes(data) == frame:
        for _ in range(dice.randrange(1, 6)):
            at = dice.randrange(len(data))
            kind = dice.randrange(4)
            if kind == 0:
                data[at] ^= 1 << dice.randrange(8)
            elif kind == 1 and len(data) > 2:
                del data[at]
            elif kind == 2:
                data.insert(at, data[at])
            elif len(data) > 8:
                del data[at:]
                break
        if not data:
            data = bytearray(frame[:1])
        # Three zeros in a row are a stop that needs no packet; a test of its own is about them.
        data = data.replace(b"\0", b"\1")
    return bytes(data)


def hostile(seed: int, nonce: int, count: int) -> Iterator[bytes]:
    """`count` frames (with the zero that closes each) for a controller whose session has `nonce`.

    A third is noise, a third mutated packets of the running session, a third intact packets that are not its:
    of another session, of no known kind, or with messages that do not fit the table.
    """
    dice = random.Random(seed)
    for _ in range(count):
        family = dice.randrange(3)
        if family == 0:
            frame = bytes(dice.randrange(1, 256) for _ in range(dice.randrange(1, 60)))
        else:
            number, ack = dice.randrange(1 << 16), dice.randrange(1 << 16)
            payload = _harmful(dice)
            if family == 1:
                kind = dice.choice((packet.RELIABLE, packet.DATAGRAM))
                sealed = packet.build(nonce, kind, number, ack, payload)
                frame = _mutated(dice, cobs.encode(sealed)[:-1])
            else:
                frame = cobs.encode(_foreign(dice, nonce, number, ack, payload))[:-1]
        yield frame + b"\0"


def _foreign(dice: random.Random, nonce: int, number: int, ack: int, payload: bytes) -> bytes:
    kind = dice.randrange(3)
    if kind == 0:
        other = (nonce + dice.randrange(1, 1 << 32)) & 0xFFFFFFFF
        return bytes(packet.build(other, dice.choice((1, 2)), number, ack, payload))
    if kind == 1:
        return bytes(packet.build(nonce, dice.randrange(3, 256), number, ack, payload))
    # Sealed and of this session, but no row of whole messages: dropped before anything of it is obeyed.
    return bytes(packet.build(nonce, packet.RELIABLE, number, ack, payload + b"\xff"))
