"""From a controller's reason (`safety.reasons`) to what a person is told: what happened, and what to do now.

The sentences never blame anybody. The robot has already done its part (braked, or not begun) when they
are shown.
"""

from __future__ import annotations

from typing import NamedTuple

from safety import reasons

__all__ = ["ADVICE", "Advice", "advice"]


class Advice(NamedTuple):
    """Two short sentences."""

    happened: str
    do_now: str


_AGAIN = "Press the round button, and after the robot has looked at the board the go button."
_SUPPORT = "If it happens again, keep the folder of the game and show it to support."
_REPORT = "The robot plans that move anew; if it happens again, keep the folder of the game for support."

ADVICE: dict[int, Advice] = {
    reasons.NONE: Advice("Everything is in order.", "Nothing needs to be done."),
    reasons.HOST_STOP: Advice("The robot's computer asked the arm to stop, and it stopped.", _AGAIN),
    reasons.MUSHROOM: Advice(
        "The red mushroom button is pressed: the motors are off.",
        "When all is well, turn the mushroom until it springs up. " + _AGAIN,
    ),
    reasons.PEER_LOST: Advice(
        "One of the two controllers no longer heard the other, so the arm stopped.",
        "Check both controller cables. " + _AGAIN,
    ),
    reasons.HOST_SILENT: Advice(
        "The arm heard nothing from the robot's computer for a moment, so it braked.",
        "Press the go button to go on. " + _SUPPORT,
    ),
    reasons.QUEUE_SHORT: Advice(
        "The next part of the path did not arrive in time, so the arm braked.",
        "Press the go button to go on. " + _SUPPORT,
    ),
    reasons.HOST_HOLD: Advice(
        "The arm pauses, because something came near it.", "Press the go button to go on."
    ),
    reasons.PEER_HOLD: Advice(
        "The arm pauses together with the other controller.", "Press the go button to go on."
    ),
    reasons.ENCODER: Advice(
        "The arm is not where its motors should have brought it; it may have met something.",
        "Make sure that nothing is in the arm's way. " + _AGAIN,
    ),
    reasons.MOTOR_POWER: Advice(
        "The motors have no power, so the arm stopped.",
        "Check the power supply and the mushroom button. " + _AGAIN,
    ),
    reasons.NOSE_DOWN: Advice(
        "The nose touched something earlier than expected, so the arm stopped going down.",
        "Take away whatever lies under the nose. " + _AGAIN,
    ),
    reasons.SELF_TEST: Advice(
        "A controller's self test did not pass; the motors stay off.",
        "Unplug the robot, wait ten seconds and plug it in again. " + _SUPPORT,
    ),
    reasons.SESSION_LOST: Advice(
        "The robot's computer started anew while the arm moved, so the arm braked.", _AGAIN
    ),
    reasons.STEP_UNDERRUN: Advice(
        "A controller was late with its steps, so the arm stopped.", _AGAIN + " " + _SUPPORT
    ),
    reasons.LIMIT_SWITCH: Advice(
        "The arm reached an end switch where there should be none, so it stopped.",
        "The arm finds its place again. " + _AGAIN,
    ),
    reasons.INTERNAL: Advice(
        "A controller found a fault in itself and stopped.",
        "Unplug the robot, wait ten seconds and plug it in again. " + _SUPPORT,
    ),
    reasons.TAKEOVER: Advice(
        "You have taken over: the robot only watches.",
        "Move arm and pieces as you like, and press the takeover button again when you are done.",
    ),
    reasons.UPDATE: Advice(
        "A new firmware was being written to a controller, so its motors have no power.",
        "Wait until that is done; the controller then starts anew by itself. " + _AGAIN,
    ),
    reasons.SEGMENT_INVALID: Advice(
        "A controller could not read a part of the path and did not follow it.", _REPORT
    ),
    reasons.SEGMENT_ORDER: Advice(
        "Parts of the path came in the wrong order, so the arm did not follow them.", _REPORT
    ),
    reasons.SEGMENT_STALE: Advice("A part of the path came too late, so the arm did not follow it.", _REPORT),
    reasons.QUEUE_FULL: Advice(
        "More of the path came than a controller can hold, so the arm stopped.", _REPORT
    ),
    reasons.JOINT_RANGE: Advice(
        "The path led further than a joint can turn, so the arm did not follow it.", _REPORT
    ),
    reasons.JOINT_SPEED: Advice(
        "The path was faster than a joint may turn, so the arm did not follow it.", _REPORT
    ),
    reasons.JOINT_ACCELERATION: Advice(
        "The path was rougher than the limits allow; the arm did not follow it.", _REPORT
    ),
    reasons.POINT_SPEED: Advice(
        "The path was faster than the limits allow, so the arm did not follow it.", _REPORT
    ),
    reasons.LOWERING_SPEED: Advice(
        "The path went down faster than the limits allow; the arm did not follow it.", _REPORT
    ),
    reasons.RISING_SPEED: Advice(
        "The path went up faster than the limits allow; the arm did not follow it.", _REPORT
    ),
    reasons.RECOVERY_SPEED: Advice(
        "The way back into the arm's range was too fast and was not followed.", _REPORT
    ),
    reasons.RECOVERY_DIRECTION: Advice(
        "The way back into the arm's range led outward and was not followed.", _REPORT
    ),
    reasons.HOME_SPEED: Advice("The search for an end switch was too fast and was not followed.", _REPORT),
    reasons.HOME_AXIS: Advice(
        "The search for an end switch moved another joint and was not followed.", _REPORT
    ),
    reasons.SWITCH_DID_NOT_CHANGE: Advice(
        "An end switch did not answer while the arm searched for it.",
        "Make sure that the arm can move freely and that the switch's plug sits. " + _SUPPORT,
    ),
    reasons.ENDS_MOVING: Advice("The path did not end at rest, so the arm did not follow it.", _REPORT),
    reasons.SEGMENT_GAP: Advice("The path had a gap, so the arm did not follow it.", _REPORT),
    reasons.NOT_READY: Advice("The arm is not ready yet, so nothing moved.", _AGAIN),
    reasons.POSITION_UNKNOWN: Advice(
        "The arm does not know where it stands, so nothing moved.", "It finds its place first."
    ),
    reasons.NOT_AT_REST: Advice(
        "The arm was still moving, so that was not done.", "The robot tries again by itself."
    ),
    reasons.ENCODERS_DISAGREE: Advice(
        "The joint sensors and the position do not fit together, so nothing moved.",
        "The arm finds its place first. " + _SUPPORT,
    ),
    reasons.CARRYING_IN_STOP: Advice(
        "The robot stopped and keeps the piece it carries.",
        "Hold your hand under the piece and press the takeover button; the robot then lets go.",
    ),
    reasons.WRONG_ROLE: Advice("A message reached the wrong controller and was not followed.", _REPORT),
    reasons.NOT_LOOKED: Advice(
        "The robot has not looked at the board since the last stop.", "It looks now; then press go."
    ),
    reasons.CAUSE_REMAINS: Advice(
        "What stopped the arm is still there.",
        "Take it away (is the mushroom button up?) and press the round button again.",
    ),
    reasons.BAD_VALUE: Advice("A controller was asked for something impossible and did not do it.", _REPORT),
    reasons.MAGNET_THERMAL: Advice(
        "The magnet was on for long and rests now; it has let go.",
        "If a piece lies somewhere on the board, put it where it belongs.",
    ),
    reasons.PERSON_RELEASED: Advice(
        "The piece was released by hand.", "Put it where it belongs; the robot looks again."
    ),
}


def advice(reason: int) -> Advice:
    """What to tell a person about `reason`; an unknown one (newer firmware) is told as internal."""
    return ADVICE.get(reason, ADVICE[reasons.INTERNAL])
