"""Errors of the game room.

    GameError
    ├── JournalError            the journal cannot be used as it stands; names file and line
    │   └── JournalWriteError   the disk refused a line; everything before it is safe
    ├── DiskFullError           no room on the disk; what is safe and how to go on
    ├── TwinError               the simulated world ended before the game did
    └── PlayError               the real thing cannot start; names what is missing

Every message is one sentence that says what to do now.
"""

__all__ = ["DiskFullError", "GameError", "JournalError", "JournalWriteError", "PlayError", "TwinError"]


class GameError(Exception):
    """Root of the errors raised by `host.game`."""


class JournalError(GameError):
    """The journal cannot be used as it stands; one sentence with file and line."""


class JournalWriteError(JournalError):
    """The disk refused a line of the journal; the lines before it are on disk, nothing has moved since."""


class DiskFullError(GameError):
    """There is no room on the disk of the game's folder; the sentence says what is safe."""


class TwinError(GameError):
    """The simulated world ended before the game did."""


class PlayError(GameError):
    """The game cannot start at a real board; one sentence that names what is missing."""
