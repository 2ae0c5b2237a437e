"""One update of a running controller: refuse what does not fit, write the other slot, try it out, confirm or
go back.

At every point the board starts from one whole firmware: the running slot is never written, the other one is
chosen only when each of its files has the hash that the manifest says, and an unconfirmed one is left again
by the board itself after three starts.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from firmware.wire import messages
from host.link.bundle import PLATFORMS, Bundle
from host.link.errors import ServiceError
from host.link.service import Identity, Line, Progress, ServiceLink
from safety import reasons, states

__all__ = ["Outcome", "Result", "is_current", "misfit", "update"]

REOPEN_US = 15_000_000
WATCH_US = 4_000_000
# Three starts that hang until the watchdog comes, and the restart into the old firmware.
ROLLBACK_US = 45_000_000


class Result(Enum):
    """How an update ended."""

    DONE = "done"
    CURRENT = "current"
    REFUSED = "refused"
    ROLLED_BACK = "rolled back"


class Outcome(NamedTuple):
    """What became of one board: the result, one sentence, and how it described itself last."""

    result: Result
    sentence: str
    identity: Identity
    sent: int = 0


def misfit(identity: Identity, bundle: Bundle, role: str | None, force: bool) -> str | None:
    """One sentence why `bundle` shall not go onto this board as `role`, or None when it may."""
    platform = PLATFORMS.get(identity.platform)
    if platform != bundle.platform:
        return (
            f"the firmware is for {bundle.platform}, the board says it is {platform or 'something unknown'}; "
            "a Raspberry Pi Pico would be right"
        )
    if role is not None and role != identity.role_name:
        return (
            f"the board on this port is the {identity.role_name} controller, not the {role}; "
            "exchange the two cables or name the other port"
        )
    if bundle.release < identity.release and not force:
        return (
            f"the board runs release {identity.release}, newer than this host's {bundle.release}; update the "
            "host instead, or use --force to go back"
        )
    return None


def is_current(identity: Identity, bundle: Bundle, limits_hash: int) -> bool:
    """Whether the board already runs what `bundle` holds, confirmed."""
    return (
        identity.release == bundle.release
        and identity.table_hash == messages.TABLE_HASH
        and identity.limits_hash == limits_hash
        and not identity.trial
    )


def update(
    line: Line,
    bundle: Bundle,
    limits_hash: int,
    *,
    role: str | None = None,
    force: bool = False,
    progress: Progress,
    seed: int | None = None,
) -> Outcome:
    """Update the board on `line`; settings outside the slots (role, calibration) are not touched.

    Raises ServiceError when the board does not answer, or refuses a file; it then runs what it ran.
    """
    link = ServiceLink(line, seed)
    before = link.who()
    if before is None:
        raise ServiceError(
            "no controller answers here; `qiyou flash --bare PORT` installs the firmware on an empty board"
        )
    sentence = misfit(before, bundle, role, force)
    if sentence is not None:
        return Outcome(Result.REFUSED, sentence, before)
    if is_current(before, bundle, limits_hash) and not force:
        return Outcome(Result.CURRENT, f"it runs release {before.release} with these limits already", before)
    link.open()
    sent = link.write(bundle, progress)
    link.flip(bundle)
    after = _tried(line, link)
    if after is None or not after.trial:
        return Outcome(
            Result.ROLLED_BACK,
            f"release {bundle.release} did not start, so the board went back to what it ran before",
            _settled(line, link),
            sent,
        )
    fault = _unwell(after, bundle, limits_hash)
    if fault:
        link.open()
        link.restart(messages.RESTART_BACK)
        line.reopen(REOPEN_US)
        return Outcome(
            Result.ROLLED_BACK,
            f"release {bundle.release} {fault}, so the board was sent back to what it ran before",
            _settled(line, link),
            sent,
        )
    link.open()
    link.confirm()
    link.restart()
    line.reopen(REOPEN_US)
    return Outcome(Result.DONE, f"it runs release {bundle.release} now", _settled(line, link), sent)


def _tried(line: Line, link: ServiceLink) -> Identity | None:
    """Watch a restarted board until its firmware has run without a break for a while; what it says then."""
    line.reopen(REOPEN_US)
    until_us = line.time.now_us() + ROLLBACK_US
    while line.time.now_us() < until_us:
        first = link.who(REOPEN_US)
        if first is None or not first.trial:
            return first
        line.time.wait(line.time.now_us() + WATCH_US, [])
        last = link.who(REOPEN_US)
        if last is None or (last.starts == first.starts and last.trial):
            return last
    return None


def _unwell(identity: Identity, bundle: Bundle, limits_hash: int) -> str:
    """Why a firmware on trial is not to be kept; empty when it is."""
    if identity.release != bundle.release:
        return f"calls itself release {identity.release}"
    if identity.limits_hash != limits_hash:
        return "has other limits than this robot's file"
    if not identity.well:
        return f"is in state {states.NAMES[identity.state]} with the fault {reasons.TEXTS[identity.reason]!r}"
    return ""


def _settled(line: Line, link: ServiceLink) -> Identity:
    """Who answers in the end. Raises ServiceError when nobody does."""
    identity = link.who(ROLLBACK_US)
    if identity is None:
        raise ServiceError(
            "the controller does not come back; unplug it, wait ten seconds, plug it in, run `qiyou doctor`"
        )
    return identity
