"""Rules, notation and search of Xiangqi: the thin, typed face of the C++ core."""

from engine.errors import (
    EngineError,
    FenError,
    GameOverError,
    IllegalMoveError,
    LimitsError,
    NetError,
    NotationError,
    PgnError,
    SquareError,
)
from engine.game import Game, Verdict
from engine.move import Move
from engine.net import Net
from engine.position import START_FEN, Position
from engine.search import LEVELS, Engine, Limits, SearchResult
from engine.squares import parse_square, square_name

__all__ = [
    "LEVELS",
    "START_FEN",
    "Engine",
    "EngineError",
    "FenError",
    "Game",
    "GameOverError",
    "IllegalMoveError",
    "Limits",
    "LimitsError",
    "Move",
    "Net",
    "NetError",
    "NotationError",
    "PgnError",
    "Position",
    "SearchResult",
    "SquareError",
    "Verdict",
    "parse_square",
    "square_name",
]
