"""A motion streamed to a controller under test, as the host streams it: ahead, within its room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from firmware.wire import messages
from hil_tests.controller import Controller
from host.link.streamer import SEGMENTS_PER_PACKET, QueuedMotion
from safety import states, ticks
from safety.segment import Segment

__all__ = ["AHEAD_US", "Status", "stream"]

Status = dict[str, int]

AHEAD_US = 300_000
_NOT_AFTER_US = 30_000_000
_KEEP_ALIVE_MS = 20
_LISTEN_US = 4_000
_ENOUGH_MS = 400
_WINDOW = 4
# Places of the controller's queue left free for what its last report could not know of.
_SPARE = 16


def stream(
    controller: Controller,
    segments: Sequence[Segment],
    *,
    number: int = 1,
    act: Callable[[Status], bool] = lambda _: False,
    within_ms: int = 30_000,
) -> tuple[int, Status, list[Status]]:
    """Stream the segments of motion `number`: its start in the controller's time, the fields of its
    MOTION_DONE, every STATUS on the way.

    `act` is asked with every STATUS in motion; once it returns True nothing more is sent but keep-alives.
    Raises AssertionError when something is refused or the motion does not end.
    """
    controller.say(messages.TIME, 99)
    _, (_, now_us) = controller.expect(messages.TIME_REPLY, lambda fields: fields["token"] == 99)
    start = ticks.add(now_us, AHEAD_US)
    times = (start, ticks.add(start, _NOT_AFTER_US))
    motion = QueuedMotion(number, list(segments))
    seen: list[Status] = []
    reported = said_ms = 0
    acted = False
    until_ms = controller.now() + within_ms
    while controller.now() < until_ms:
        while not acted and not motion.all_sent and _has_room(controller, seen, motion.sent - reported):
            assert controller.session.send(motion.message(SEGMENTS_PER_PACKET, *times))
        if controller.now() - said_ms >= _KEEP_ALIVE_MS:
            said_ms = controller.now()
            controller.say(messages.RUN, messages.MOTION)
        for message, values in controller.heard(_LISTEN_US):
            fields: Status = dict(messages.fields(message, values))
            assert message != messages.REFUSED, fields
            if message == messages.MOTION_DONE:
                return start, fields, seen
            if message == messages.STATUS:
                seen.append(fields)
                reported = motion.sent
                acted = acted or (fields["state"] == states.MOVING and act(fields))
    raise AssertionError("the motion did not end")


def _has_room(controller: Controller, seen: list[Status], since: int) -> bool:
    """Whether the controller takes more; it was sent `since` segments after the last STATUS of `seen`."""
    free = seen[-1]["free_segments"] if seen else 2 * _SPARE
    waits = seen[-1]["queue_ms"] if seen else 0
    return since < free - _SPARE and waits < _ENOUGH_MS and controller.session.unacknowledged < _WINDOW
