"""Counts where men stand in games of the levels, for readings of pictures (`vision.usual`)."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import Game, LevelPlayer, level_rule
from vision.reading import SQUARES, board_to_fen_order

__all__ = ["PlacesGames", "both_ways", "count_places", "write_places"]

_KINDS = "KABNRCP"
_LEVELS = range(4, 18)  # from beginners to club players, as far as levels are like people
_LONGEST = 160  # plies
_EVERY = 4  # plies from one counted position to the next


@dataclass(frozen=True)
class PlacesGames:
    """Games `first` to `last` - 1 of a seed."""

    seed: int
    first: int
    last: int


def count_places(games: PlacesGames) -> NDArray[np.int64]:
    """Play the games and count men: (2, 7, 90), red and black, by kind KABNRCP and point in FEN order.

    The result depends on `games`, the levels and the engine alone.
    """
    counts = np.zeros((2, len(_KINDS), len(SQUARES)), np.int64)
    for number in range(games.first, games.last):
        dice = random.Random(games.seed * 1_000_003 + number)
        players = [LevelPlayer(level_rule(dice.choice(_LEVELS))) for _ in "rb"]
        game = Game()
        while len(game.moves) <= _LONGEST:
            if len(game.moves) % _EVERY == 0:
                for point, label in enumerate(board_to_fen_order(game.position.board)):
                    if label != ".":
                        counts[int(label.islower()), _KINDS.index(label.upper()), point] += 1
            if game.verdict().state != "ongoing":
                break
            player = players[len(game.moves) % 2]
            game.push(player.choose(game, dice.randrange(2**31)).move)
    return counts


def both_ways(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Red men alone, (7, 90): black ones count from their own side, and everything also mirrored."""
    red: NDArray[np.int64] = counts[0] + counts[1][:, ::-1]
    mirrored = red.reshape(len(_KINDS), 10, 9)[:, :, ::-1].reshape(red.shape)
    return np.asarray(red + mirrored)


def write_places(path: Path, counts: Iterable[NDArray[np.int64]], games: int, seed: int) -> int:
    """Write the table that `vision.usual` reads; returns how many men were counted."""
    red = both_ways(np.sum(list(counts), axis=0))
    rows = [f'"{kind}": {json.dumps(row.tolist())}' for kind, row in zip(_KINDS, red, strict=True)]
    men = ",\n  ".join(rows)
    made = f'"made by": "qiyou usual-places --games {games} --seed {seed}"'
    path.write_text(f'{{\n {made},\n "men": {{\n  {men}\n }}\n}}\n', encoding="utf-8")
    return int(red.sum()) // 2
