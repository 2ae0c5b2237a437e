"""`python -m tools.train_net.theory --out FILE`: records of small endings whose value is proven.

Games seldom reach the endings that books teach, and a search of few nodes does not see a win forty plies
long. So small endings are worked out whole (`engine.theory`), and positions drawn from them carry what is
proven as their score: a win counts for more the nearer it is, a draw next to nothing. Of random positions
most wins are near, and most of what is to be learnt lies in the far ones: near wins and draws are thinned.
No book and no other engine is asked.
"""

import argparse
import math
import random
import sys
from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import Engine, Game, Limits, Position
from engine.theory import MOST_STATES, EndingTheory, points_of
from tools.errors import BadInputError
from tools.train_net.records import CAPTURED, RECORD

__all__ = ["main", "materials", "record_of", "score_of", "theory_records"]

_SLOTS = "KAABBNNRRCCPPPPP"
_GUARDS = [advisors + elephants for advisors in ("", "A", "AA") for elephants in ("", "B", "BB")]
_NEAR_MATE = 7  # plies: what the search sees by itself is not for the net
_SEARCH_NODES = 100
_LEAST_WIN = 150
_FAR = 28  # plies from which every win is kept; nearer ones by the square of their part of it
_DRAWS_KEPT = 0.3
_DRAWN_SHARE = 8  # of the search's score that a drawn position keeps, so that the better side goes on trying


def _states(letters: str) -> int:
    return 2 * math.prod(len(points_of(letter)) for letter in letters)


def materials() -> list[str]:
    """Red's men and then black's, red with the attackers: one or two against guards, or against one attacker.

    The smallest endings come first.
    """
    attackers = ["".join(men) for count in (1, 2) for men in combinations_with_replacement("RCNP", count)]
    defenders = ["", *"rcnp"]
    found = [
        f"K{strong}{own}k{weak}{guards.lower()}"
        for strong, own, weak, guards in product(attackers, _GUARDS, defenders, _GUARDS)
    ]
    return sorted(found, key=lambda letters: (_states(letters), letters))


def score_of(outcome: int, plies: int, searched: int) -> int:
    """Centipawns for a position won (1), lost (-1) in so many plies, or drawn (0)."""
    if outcome == 0:
        return max(-1000, min(1000, searched)) // _DRAWN_SHARE
    return outcome * max(_LEAST_WIN, 1000 - 16 * plies)


def _drawn(letters: str, chance: random.Random) -> Position | None:
    """A random position of these men; None when they share a point or it is no position."""
    board = ["."] * 90
    for letter in letters:
        square = chance.choice(points_of(letter))
        if board[square] != ".":
            return None
        board[square] = letter
    try:
        return Position.from_board("".join(board), chance.choice(("red", "black")))
    except ValueError:
        return None


def record_of(position: Position, score: int, outcome: int, game: int, turned: bool) -> NDArray[np.void]:
    """One record; `turned` gives the same position with the colours changed."""
    record = np.zeros(1, dtype=RECORD)
    board = position.board[::-1].swapcase() if turned else position.board
    stands = {letter: [square for square in range(90) if board[square] == letter] for letter in set(board)}
    squares = [stands[man].pop(0) if stands.get(man) else CAPTURED for man in _SLOTS + _SLOTS.lower()]
    record["squares"] = squares
    record["score"], record["result"], record["game"] = score, outcome, game
    record["side"] = (position.side == "black") != turned
    return record


def theory_records(letters: str, count: int, seed: int, first_game: int) -> Iterator[NDArray[np.void]]:
    """`count` quiet positions of one material, each a game of its own; fewer when they are rare."""
    chance = random.Random(f"{seed} {letters}")
    theory, engine = EndingTheory(), Engine(hash_mb=1)
    found = 0
    for _ in range(100 * count):
        if found == count:
            return
        position = _drawn(letters, chance)
        if position is None or position.is_check:
            continue
        proof = theory.prove(position)
        kept = _DRAWS_KEPT if proof.winner is None else (proof.plies / _FAR) ** 2
        if chance.random() >= kept or (proof.winner is not None and proof.plies < _NEAR_MATE):
            continue
        engine.new_game()
        seen = engine.search(Game(position), Limits(nodes=_SEARCH_NODES))
        if seen.move is None or position.piece_at(seen.move.to_square) != ".":
            continue
        outcome = 0 if proof.winner is None else 1 if proof.winner == position.side else -1
        score = score_of(outcome, proof.plies, seen.score_cp)
        yield record_of(position, score, outcome, first_game + found, chance.random() < 0.5)
        found += 1


def main(argv: list[str] | None = None) -> int:
    """Work endings out, the smallest first, and write records of them."""
    parser = argparse.ArgumentParser(description="Record small endings with their proven value.")
    parser.add_argument("--out", type=Path, required=True, help="file of records; a finished one is kept")
    parser.add_argument("--each", type=int, default=1000, help="positions of each material (default 1000)")
    parser.add_argument("--states", type=int, default=20_000_000, help="largest ending that is worked out")
    parser.add_argument("--also", action="append", default=[], metavar="MEN", help="a larger one, as KRCkr")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    if not 1 <= args.each <= 1_000_000 or not 1 <= args.states <= MOST_STATES:
        raise BadInputError(f"--each 1 to 1000000 and --states 1 to {MOST_STATES} would be right")
    chosen = [letters for letters in materials() if _states(letters) <= args.states]
    for letters in args.also:
        if letters not in materials():
            raise BadInputError(f"--also {letters}: men such as KRCkr, one or two attackers, would be right")
        chosen += [letters] if letters not in chosen else []
    parts = []
    for number, letters in enumerate(chosen):
        part = args.out.with_name(f"{args.out.name}.{letters}")
        if not part.exists():
            rows = list(theory_records(letters, args.each, args.seed, number * args.each))
            content = np.concatenate(rows).tobytes() if rows else b""
            unfinished = part.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(part)
        parts.append(part)
        print(f"\r{number + 1} of {len(chosen)} endings", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    args.out.write_bytes(b"".join(part.read_bytes() for part in parts))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BadInputError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
