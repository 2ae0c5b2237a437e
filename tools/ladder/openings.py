"""Openings of the ladder: a few random plies that left the game level, made by the engine itself."""

import random
from functools import lru_cache

from engine import Engine, Game, Limits, Move

__all__ = ["opening"]

_PLIES = (6, 8)
_LEVEL_CP = 90  # how far from even a position may be
_NODES = 2000


@lru_cache(maxsize=4096)
def opening(seed: int, number: int) -> tuple[Move, ...]:
    """Opening `number` of the set `seed`; the same on every machine, different in every set."""
    dice = random.Random(f"opening {seed} {number}")
    judge = Engine(hash_mb=1)
    while True:
        game = Game()
        for _ in range(dice.randint(*_PLIES)):
            moves = game.position.legal_moves()
            if game.verdict().state != "ongoing":
                break
            game.push(dice.choice(moves))
        if game.verdict().state != "ongoing":
            continue
        judge.new_game()
        if abs(judge.search(game, Limits(nodes=_NODES)).score_cp) <= _LEVEL_CP:
            return game.moves
