"""What the table needs from the world, as small protocols; real, twin and simulated ports look alike."""

from collections.abc import Mapping
from typing import Protocol

from engine import Game, Position
from host.game.requests import Carry, Done, Heard, Message, Offsets, Plan, Request, Stopped, Thought, Wish
from vision.reading import Reading

__all__ = ["Body", "Deaf", "Ear", "Eyes", "Mind", "Mouth", "Scribe", "Witness"]


class Eyes(Protocol):
    """The camera and what reads its pictures."""

    def look(self) -> Reading:
        """Read the board now."""
        ...

    def agree(self, position: Position, frame_hash: str) -> None:
        """See `requests.Agree`."""
        ...

    def measure(self, squares: tuple[int, ...]) -> Offsets:
        """See `requests.Measure`; about the frame of the last `look`."""
        ...


class Mind(Protocol):
    """Who chooses the robot's move."""

    def choose(self, game: Game) -> Thought:
        """The move for the side to move."""
        ...


class Body(Protocol):
    """Arm, magnet, lights and buttons."""

    def plan(self, request: Plan) -> tuple[Carry, ...]:
        """See `requests.Plan`."""
        ...

    def fetch(self, carry: Carry) -> Done | Stopped:
        """See `requests.Fetch`."""
        ...

    def put_down(self, carry: Carry) -> Done | Stopped:
        """See `requests.PutDown`."""
        ...

    def park(self) -> Done | Stopped:
        """See `requests.Park`."""
        ...

    def light(self, pattern: int) -> None:
        """Set the LED pattern."""
        ...

    def listen(self, seconds: float) -> Heard:
        """See `requests.Listen`."""
        ...


class Mouth(Protocol):
    """Where the robot's words go."""

    def say(self, message: Message) -> None:
        """Say it."""
        ...


class Ear(Protocol):
    """Where a person's words come from: a voice, a page, a terminal."""

    def hear(self) -> Wish | None:
        """See `requests.Hear`; never waits."""
        ...


class Deaf:
    """An `Ear` where nobody can say anything."""

    def hear(self) -> Wish | None:
        """Nothing."""
        return None


class Scribe(Protocol):
    """The journal."""

    def append(self, kind: str, fields: Mapping[str, object]) -> None:
        """Return when the line is on disk."""
        ...


class Witness(Protocol):
    """Sees every request with its answer, for progress and reports; changes nothing."""

    def note(self, request: Request, answer: object, wall_ms: float) -> None:
        """One request was answered; `wall_ms` is what it took this program (twin time not counted)."""
        ...
