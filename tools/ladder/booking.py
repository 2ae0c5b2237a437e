"""The opening book: what the engine plays against itself from the start, weighted by how often."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine import Game, LevelPlayer, LevelRule, Move
from engine.squares import FILES
from tools.ladder.winning import win_probability

__all__ = ["BOOK_PLIES", "OpeningGames", "OpeningLine", "play_openings", "write_book"]

BOOK_PLIES = 10
_JUDGED_AFTER = 4  # plies beyond the book before the position is judged
_LINES = 6
_TEMPERATURE_CP = 9
_MARGIN_CP = 35
_UNSOUND = 0.10  # a line that costs either side more win probability than this is left out

_HEADING = """\
# The opening book of the levels: weight, then moves from the start position; every line counts mirrored, too.
# Made by `qiyou book` from games of the engine against itself; no other games went in.
"""


@dataclass(frozen=True)
class OpeningGames:
    """Games `first` to `last` - 1 of a seed, `nodes` made moves for each choice."""

    seed: int
    first: int
    last: int
    nodes: int


@dataclass(frozen=True)
class OpeningLine:
    """The first moves of one game, and red's win probability a few plies later."""

    moves: tuple[Move, ...]
    red_chance: float


def play_openings(games: OpeningGames) -> list[OpeningLine]:
    """Play the first plies of each game: nearly the best move every time, drawn by seed."""
    rule = LevelRule(
        number=1,
        nodes=games.nodes,
        horizon=0,
        lines=_LINES,
        temperature=_TEMPERATURE_CP,
        margin=_MARGIN_CP,
        unseen_captures=0,
        unseen_quiet=0,
        unseen_far=0,
        unseen_backward=0,
        mate_watch=1000,
        book_plies=0,
    )
    player = LevelPlayer(rule)
    lines = []
    for number in range(games.first, games.last):
        game = Game()
        while len(game.moves) < BOOK_PLIES + _JUDGED_AFTER and game.verdict().state == "ongoing":
            game.push(player.choose(game, games.seed * 1_000_003 + number).move)
        if game.verdict().state != "ongoing":
            continue
        score = player.choose(game, 0).candidates[0][1]
        chance = win_probability(score if game.position.side == "red" else -score)
        lines.append(OpeningLine(_one_way_round(game.moves[:BOOK_PLIES]), chance))
    return lines


def _one_way_round(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """A line or its mirror image, whichever comes first in order: the two are one."""
    return min(moves, tuple(Move(_mirror(move.from_square), _mirror(move.to_square)) for move in moves))


def _mirror(square: int) -> int:
    return square // FILES * FILES + FILES - 1 - square % FILES


def write_book(path: Path, games: Sequence[OpeningLine]) -> int:
    """Write the lines that are sound for both sides, heavier the oftener they came; returns how many."""
    usual = sorted(game.red_chance for game in games)[len(games) // 2]
    sound = Counter(game.moves for game in games if abs(game.red_chance - usual) <= _UNSOUND)
    lines = [f"{count} {' '.join(map(str, moves))}\n" for moves, count in sorted(sound.items())]
    path.write_text(_HEADING + "".join(lines), encoding="utf-8")
    return len(lines)
