"""The arm's pace: fast only while nobody is seen, slowed and paused when somebody comes, and written down.

`Pace` stands between a plan and the link. It decides at the moment a motion begins, watches while it runs,
and keeps what was really sent beside what was asked for.
"""

from dataclasses import dataclass

from firmware.wire import messages
from host.arm.joints import Joints
from host.arm.motion import Motion
from host.arm.moves import swing
from host.arm.robot import Robot
from host.arm.sent import fastest_point
from host.game.lookout import Lookout
from host.game.watch import SafetyWatch
from host.link.client import LinkClient
from host.timebase import Timebase

__all__ = ["Pace", "Sent"]


@dataclass
class Sent:
    """One motion as it left the host. `asked_mm_s` and `sent_mm_s` are speeds of the fastest point.

    `cut` says why they differ: a person near as it began, one that came (slowed), a hand at the arm (paused).
    """

    label: str
    asked_mm_s: float
    sent_mm_s: float
    seconds: float
    cut: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The motion as JSON."""
        return {
            "label": self.label,
            "asked_mm_s": round(self.asked_mm_s, 1),
            "sent_mm_s": round(self.sent_mm_s, 1),
            "seconds": round(self.seconds, 3),
            "cut": self.cut,
        }


class Pace:
    """`lookout` None: there is no watch stream, so that a person must always be taken to be near."""

    def __init__(
        self, robot: Robot, client: LinkClient, time: Timebase, watch: SafetyWatch, lookout: Lookout | None
    ) -> None:
        self.sent: list[Sent] = []
        self._robot = robot
        self._client = client
        self._time = time
        self._watch = watch
        self._lookout = lookout
        self._fast = False
        self._paused = False

    def begin(self) -> None:
        """A row of motions begins: look out from now on."""
        if self._lookout is not None:
            self._watch.session.meanwhile = self._look_out

    def end(self) -> None:
        """The row of motions is over."""
        self._watch.session.meanwhile = None

    def allowed(self, motion: Motion) -> Motion:
        """`motion`, or the same way at the speed that is allowed now."""
        asked, sent = motion, motion
        fast = self._lookout is not None and self._lookout.clear(self._time.now_us())
        across = motion.start_usteps[:2] != motion.end_usteps[:2]
        if across and motion.profile in {"normal", "fast"} and fast != (motion.profile == "fast"):
            ends, approach = (motion.start_usteps, motion.end_usteps), motion.via is not None
            sent = swing(self._robot, *ends, motion.label, fast=fast, approach=approach)
        cut = "a person near" if asked.profile == "fast" and sent.profile == "normal" else None
        self._fast = sent.profile == "fast"
        self._paused = False
        speeds = [fastest_point(self._robot, each) * 1e3 for each in (asked, sent)]
        self.sent.append(Sent(motion.label, speeds[0], speeds[1], sent.duration_s, cut))
        return sent

    def joints(self) -> Joints | None:
        """Where the arm stands, None when nobody knows."""
        usteps = self._watch.session.usteps
        return self._robot.joints(usteps) if self._watch.found and usteps is not None else None

    def _look_out(self) -> None:
        """Called again and again while the arm is about its work."""
        lookout, now_us = self._lookout, self._time.now_us()
        if lookout is None:
            return
        lookout.glimpse(now_us, self.joints())
        if not self._client.moving:
            return
        if self._fast and not lookout.clear(now_us):
            # Said again until the motion ends: only what is under way can be slowed, and it may just begin.
            self._client.profile(messages.PROFILE_NORMAL)
            self._note("slowed: a person came near")
        # Said again until it stands still; a person's go then counts for the rest of the motion.
        self._paused = self._paused or self._watch.state() == "hold"
        if lookout.hand_at_arm and not self._paused:
            self._client.hold()
            self._note("paused: a hand at the arm")

    def _note(self, cut: str) -> None:
        if not self.sent:
            return
        before = self.sent[-1].cut
        if before is None:
            self.sent[-1].cut = cut
        elif cut not in before:
            self.sent[-1].cut = f"{before}; {cut}"
