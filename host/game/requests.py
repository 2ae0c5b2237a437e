"""What the table asks of the world, and what the world answers.

The table (`host.game.table`) is a state machine without ports: it yields one `Request` after another
and is fed the answer. `host.game.driver` performs requests with real or simulated ports.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from engine import Position
from host.game.mend import Errand

__all__ = [
    "Agree",
    "Carry",
    "Done",
    "Errand",
    "Fetch",
    "Hear",
    "Heard",
    "Led",
    "Light",
    "Listen",
    "Look",
    "Measure",
    "Message",
    "Offsets",
    "Park",
    "Plan",
    "PutDown",
    "Request",
    "Say",
    "Steps",
    "Stopped",
    "Think",
    "Thought",
    "Wish",
    "Write",
]

Offsets = Mapping[int, tuple[float, float]]
"""Square index → (dx, dy) from the intersection to the piece's centre, board frame, metres."""

Wish = Literal["offer-draw", "accept-draw", "decline-draw", "resign"]
"""What a person may say to the game besides moving."""


class Led:
    """LED patterns (docs/architecture.md)."""

    THINKING = 1
    YOUR_TURN = 2
    MOVING = 3
    STOPPED = 4
    QUESTION = 5
    PRESS_GO = 6
    GAME_OVER = 7


# --- requests -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Write:
    """Put a line of this kind into the journal. Answer: None, once it is on disk."""

    kind: str
    fields: Mapping[str, object]


@dataclass(frozen=True)
class Look:
    """Read the board with the arm parked. Answer: `vision.reading.Reading`."""


@dataclass(frozen=True)
class Agree:
    """Take note that the look at the frame of this hash shows `position`, as the game has it.

    Answer: None.
    """

    position: Position
    frame_hash: str


@dataclass(frozen=True)
class Hear:
    """What a person wishes to say to the game. Answer: the oldest `Wish` not heard yet, or None."""


@dataclass(frozen=True)
class Measure:
    """How far every piece of the last look stands from its intersection (board frame, metres), the pieces at
    `squares` as exactly as the picture allows. Answer: `Offsets`.
    """

    squares: tuple[int, ...]


@dataclass(frozen=True)
class Think:
    """Choose the robot's move. Answer: `Thought`."""


@dataclass(frozen=True)
class Plan:
    """Turn errands into motions, on a board that shows `seen` (90 labels by square index) with its pieces
    off by `offsets`; `slot` is the next free slot of the tray.

    Answer: tuple of `Carry`, which may hold more errands than asked for (neighbours to straighten first).
    """

    errands: tuple[Errand, ...]
    seen: str
    offsets: Offsets
    slot: int


@dataclass(frozen=True)
class Carry:
    """One planned errand; `key` is the planner's own handle."""

    errand: Errand
    key: int


@dataclass(frozen=True)
class Fetch:
    """Move to the piece, pick it up and lift it. Answer: `Done` or `Stopped`."""

    carry: Carry


@dataclass(frozen=True)
class PutDown:
    """Carry the lifted piece to its place, release it and rise. Answer: `Done` or `Stopped`."""

    carry: Carry


@dataclass(frozen=True)
class Park:
    """Raise the arm and leave the camera's view, with or without a piece. Answer: `Done` or `Stopped`."""


@dataclass(frozen=True)
class Light:
    """Set the LED pattern (see `Led`). Answer: None."""

    pattern: int


@dataclass(frozen=True)
class Message:
    """What the robot says. `ask` is what a person is asked to do (None: nothing), `placement` the FEN
    placement field the board should show, `squares` the points it is about.
    """

    text: str
    ask: Literal["set-up", "restore", "centre", "move", "draw", "ack", "go"] | None = None
    placement: str | None = None
    squares: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The message as JSON."""
        return {
            "text": self.text,
            "ask": self.ask,
            "placement": self.placement,
            "squares": list(self.squares),
        }


@dataclass(frozen=True)
class Say:
    """Say something. Answer: None."""

    message: Message


@dataclass(frozen=True)
class Listen:
    """Wait at most `seconds` for a button or a change of the safety state. Answer: `Heard`."""

    seconds: float


Request = Write | Look | Agree | Hear | Measure | Think | Plan | Fetch | PutDown | Park | Light | Say | Listen

T = TypeVar("T")
Steps = Generator[Request, object, T]
"""A part of the table: yields requests, is sent the answers, and returns a `T`."""


# --- answers ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """The motion ended at rest where it should."""


@dataclass(frozen=True)
class Stopped:
    """The motion was stopped. `reason` is a short fixed string; `holding`: the magnet still carries."""

    reason: str
    holding: bool


@dataclass(frozen=True)
class Heard:
    """The safety state after listening (`ready`, `moving`, `hold`, `stopped`, `safe`, `takeover`, ...), the
    reason of the last stop, whether the magnet is on, and the time in microseconds.
    """

    state: str
    reason: str
    holding: bool
    now_us: int


@dataclass(frozen=True)
class Thought:
    """The chosen move (`h2e2`), and what its record keeps."""

    move: str
    record: Mapping[str, object]
