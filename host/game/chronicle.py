"""What a game in the twin reports: turns with their times and errors. It watches and changes nothing.

`placing_error_mm` and `reading_errors` compare with the twin's truth, which nobody else is shown; without
a truth channel they are null. Times in `ms`: `see`, `think` and `plan` are what the computer needed (wall
clock; twin time stands still meanwhile), `move` is twin time: the arm's motions, or for a person the time
from being asked to being understood.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from host.arm.frames import square_board
from host.arm.robot import Robot
from host.game.body import ArmBody
from host.game.disk import write_whole
from host.game.requests import (
    Done,
    Fetch,
    Look,
    Measure,
    Park,
    Plan,
    PutDown,
    Request,
    Say,
    Think,
    Write,
)
from vision.reading import Reading, fen_order_to_board

__all__ = ["Chronicle", "Truth", "true_board", "write_json"]

Truth = Mapping[str, object]
_REST_US = 500_000


def true_board(truth: Truth) -> str:
    """The twin's truth as 90 labels by square index: every piece on the board at its nearest point."""
    board = ["."] * 90
    for piece in cast(list[Mapping[str, object]], truth["pieces"]):
        if piece["where"] == "board":
            board[cast(int, piece["square"])] = str(piece["label"])
    return "".join(board)


@dataclass
class _Turn:
    """What is gathered until a turn is accepted."""

    placings_mm: list[float] = field(default_factory=list)
    ms: dict[str, float] = field(default_factory=lambda: {"see": 0.0, "think": 0.0, "plan": 0.0, "move": 0.0})
    began_us: int | None = None


class Chronicle:
    """A `host.game.ports.Witness` that keeps `turns` for the report.

    `truth` asks the twin (None: the channel is closed); `now_us` is twin time.
    """

    def __init__(
        self,
        robot: Robot,
        body: ArmBody,
        now_us: Callable[[], int],
        truth: Callable[[], Truth] | None,
        turns: list[dict[str, object]],
    ) -> None:
        self.turns = turns
        self._robot = robot
        self._body = body
        self._now_us = now_us
        self._truth = truth
        self._turn = _Turn()
        self._reading: Reading | None = None
        self._released: tuple[int, str] | None = None
        self._motion_began_us = now_us()
        self._safety_seen = len(body.safety_events)
        self._sent_seen = 0

    def note(self, request: Request, answer: object, wall_ms: float) -> None:
        """See `host.game.ports.Witness`."""
        ms = self._turn.ms
        match request:
            case Look():
                self._reading = cast(Reading, answer)
                ms["see"] += sum(self._reading.ms.values())
            case Measure():
                ms["see"] += wall_ms
            case Think():
                ms["think"] += wall_ms
            case Plan():
                ms["plan"] += wall_ms
            case Say(message) if message.ask == "move":
                self._turn.began_us = self._now_us()
            case PutDown(carry) if carry.errand.target is not None and isinstance(answer, Done):
                self._released = (carry.errand.target, carry.errand.piece)
            case Write("intent"):
                ms["move"] = 0.0  # what the arm did before, waking or parking, is not of this turn
            case Write("person" | "seen", fields):
                self._close_turn(request.kind, fields)
        if isinstance(request, Fetch | PutDown | Park):
            ms["move"] += (self._now_us() - self._motion_began_us) / 1e3
        self._motion_began_us = self._now_us()
        self._measure_placing()

    def _measure_placing(self) -> None:
        """Half a second after the release, and before anything else touches the piece."""
        if self._released is None or self._truth is None:
            return
        released_us = self._body.released_us
        if released_us is None or self._now_us() - released_us < _REST_US:
            return
        square, label = self._released
        self._released = None
        place = square_board(self._robot, square)
        pieces = cast(list[Mapping[str, object]], self._truth()["pieces"])
        distances = [
            math.dist((cast(float, piece["x_m"]), cast(float, piece["y_m"])), place)
            for piece in pieces
            if piece["label"] == label
        ]
        self._turn.placings_mm.append(round(min(distances) * 1e3, 3))

    def _close_turn(self, kind: str, fields: Mapping[str, object]) -> None:
        turn, self._turn = self._turn, _Turn()
        move = str(fields["move"])
        if kind == "person" and turn.began_us is not None:
            turn.ms["move"] = (self._now_us() - turn.began_us) / 1e3
        errors: int | None = None
        if self._truth is not None and self._reading is not None:
            seen = fen_order_to_board(self._reading.labels)
            errors = sum(a != b for a, b in zip(seen, true_board(self._truth()), strict=True))
        safety = [event.as_dict() for event in self._body.safety_events[self._safety_seen :]]
        self._safety_seen = len(self._body.safety_events)
        sent = [motion.as_dict() for motion in self._body.sent[self._sent_seen :]] if kind == "seen" else []
        self._sent_seen = len(self._body.sent)
        self.turns.append(
            {
                "ply": fields["ply"],
                "by": "person" if kind == "person" else "robot",
                "move": move,
                "capture": bool(fields["capture"]),
                "placing_error_mm": max(turn.placings_mm, default=None),
                "placings_mm": turn.placings_mm,
                "reading_errors": errors,
                "ms": {name: round(value, 1) for name, value in turn.ms.items()},
                "safety_events": safety,
                "motions": sent,
            }
        )


def write_json(path: Path, value: object) -> None:
    """Write JSON so that the file is whole at any time. Raises `OSError` when the disk refuses."""
    write_whole(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())
