"""Errors of the engine room.

    EngineError (ValueError)
    ├── FenError            text or a board that is no Xiangqi position
    ├── SquareError         text or a number that is no square
    ├── NotationError       a move's text that cannot be read in this position
    ├── PgnError            a game's text that cannot be read
    ├── IllegalMoveError    a move that the position does not allow
    ├── GameOverError       a move after the game was decided
    ├── LimitsError         search limits that make no sense
    ├── ConductError        rules of conduct that cannot be read
    ├── HandicapError       a handicap that is unknown, or moves that it does not give
    ├── LevelsError         a level, or a table of levels, that cannot be played
    └── NetError            a file that is no evaluation net of this engine

All are ValueErrors: each is about a value that came from outside. Messages are one sentence.
"""

__all__ = [
    "ConductError",
    "EngineError",
    "FenError",
    "GameOverError",
    "HandicapError",
    "IllegalMoveError",
    "LevelsError",
    "LimitsError",
    "NetError",
    "NotationError",
    "PgnError",
    "SquareError",
]


class EngineError(ValueError):
    """Root of the engine room's errors."""


class FenError(EngineError):
    """Text or a board that is no Xiangqi position; names the man or square that is wrong."""


class SquareError(EngineError):
    """Text or a number that is no square."""


class NotationError(EngineError):
    """A move's text that cannot be read in this position."""


class PgnError(EngineError):
    """A game's text that cannot be read; names the line."""


class IllegalMoveError(EngineError):
    """A move that the position does not allow."""


class GameOverError(EngineError):
    """A move after the game was decided."""


class ConductError(EngineError):
    """Rules of conduct that cannot be read; names the file, the section and the key."""


class HandicapError(EngineError):
    """A handicap that is unknown or cannot be read, or moves that it does not give."""


class LimitsError(EngineError):
    """Search limits that make no sense."""


class LevelsError(EngineError):
    """A level, or a table of levels, that cannot be played; names the level and the key."""


class NetError(EngineError):
    """A file that is no evaluation net of this engine; names the file and what is wrong."""
