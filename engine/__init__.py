"""Rules, notation and search of Xiangqi: the thin, typed face of the C++ core."""

from engine.conduct import Conduct
from engine.errors import (
    ConductError,
    EngineError,
    FenError,
    GameOverError,
    HandicapError,
    IllegalMoveError,
    LevelsError,
    LimitsError,
    NetError,
    NotationError,
    PgnError,
    SquareError,
)
from engine.game import Game, Offence, Verdict
from engine.handicap import Handicap, handicap, handicaps
from engine.levels import LEVELS, LevelChoice, LevelPlayer, LevelRule, level_rule
from engine.move import Move
from engine.net import Net
from engine.placement import board_of_placement
from engine.position import START_FEN, Position
from engine.search import Engine, Limits, SearchResult
from engine.squares import parse_square, square_name

__all__ = [
    "LEVELS",
    "START_FEN",
    "Conduct",
    "ConductError",
    "Engine",
    "EngineError",
    "FenError",
    "Game",
    "GameOverError",
    "Handicap",
    "HandicapError",
    "IllegalMoveError",
    "LevelChoice",
    "LevelPlayer",
    "LevelRule",
    "LevelsError",
    "Limits",
    "LimitsError",
    "Move",
    "Net",
    "NetError",
    "NotationError",
    "Offence",
    "PgnError",
    "Position",
    "SearchResult",
    "SquareError",
    "Verdict",
    "board_of_placement",
    "handicap",
    "handicaps",
    "level_rule",
    "parse_square",
    "square_name",
]
