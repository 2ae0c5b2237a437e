"""`qiyou compare`: the rules against an independent program, pyffish, on random games.

Games are biased to captures and checks, where move generators err. A second kind of game goes in a circle
(`tools/cyclic_games.py`), so that the judges have to speak; where they differ, the cause is named.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice

from engine import Game, Move, Position
from engine.notation import to_ten_ranks
from engine.position import Side
from tools.cyclic_games import cyclic_games
from tools.errors import BadInputError
from tools.judge_differences import CAUSES, Cluster, clustered, diagram

__all__ = ["SUMMARY", "Comparison", "add_arguments", "compare_moves", "compare_repetitions", "run"]

SUMMARY = "compare the rules with an independent program on random games"

MAX_PLIES = 160
MOST_POSITIONS = 10_000_000
SHOWN = 20
# With Fairy-Stockfish's rules of the Asian chase; its limit on quiet plies off.
VARIANT = "xiangqi"


@dataclass
class Comparison:
    """What was compared and where the two differ."""

    positions: int = 0
    checks: int = 0
    mates: int = 0
    repetitions: int = 0
    decided: int = 0
    differences: list[str] = field(default_factory=list)


def _pick(position: Position, choose: random.Random) -> Move:
    """A random legal move; captures and checks are twice as welcome as they are common."""
    moves = position.legal_moves()
    board = position.board
    wish = choose.random()
    if wish < 0.3:
        moves = [move for move in moves if board[move.to_square] != "."] or moves
    elif wish < 0.45:
        sample = choose.sample(moves, min(8, len(moves)))
        moves = [move for move in sample if position.after(move).is_check] or moves
    return choose.choice(moves)


def random_positions(seed: int) -> Iterator[Position]:
    """Positions of endless random games from the start position."""
    choose = random.Random(seed)
    while True:
        position = Position.start()
        for _ in range(MAX_PLIES):
            yield position
            if not position.legal_moves():
                break
            position = position.after(_pick(position, choose))


def compare_moves(positions: int, seed: int) -> Comparison:
    """Compare legal moves and checks on that many positions of random games."""
    import pyffish

    result = Comparison()
    for position in random_positions(seed):
        if result.positions == positions:
            break
        fen = position.fen()
        ours = sorted(to_ten_ranks(move) for move in position.legal_moves())
        theirs = sorted(pyffish.legal_moves(VARIANT, fen, []))
        result.positions += 1
        result.checks += position.is_check
        result.mates += not ours
        if ours != theirs:
            result.differences.append(f"{fen}: moves differ by {sorted(set(ours) ^ set(theirs))}")
        # A wrong check shows in the moves; asking for it doubles the time, so not every time.
        if result.positions % 10 == 0 and bool(pyffish.gives_check(VARIANT, fen, [])) != position.is_check:
            result.differences.append(f"{fen}: check is {position.is_check} here, not so there")
    return result


def compare_repetitions(games: int, seed: int) -> tuple[Comparison, list[Cluster]]:
    """Compare the judges on that many constructed circles; the differences also by cause."""
    import pyffish

    result = Comparison()
    differing: list[tuple[Game, Side, str]] = []
    for game in islice(cyclic_games(seed), games):
        verdict = game.verdict()
        result.repetitions += 1
        result.decided += verdict.state != "draw"
        fen = game.start.fen()
        played = [to_ten_ranks(move) for move in game.moves]
        ended, value = pyffish.is_optional_game_end(VARIANT, fen, played)
        side = game.position.side
        theirs = "draw" if value == 0 else "red-wins" if (value > 0) == (side == "red") else "black-wins"
        if not ended or theirs != verdict.state:
            there = theirs if ended else "ongoing"
            line = " ".join(map(str, game.moves))
            text = f"{fen} moves {line}: {verdict.state} ({verdict.reason}) here, {there} there"
            result.differences.append(text)
            winner = verdict.state if there in ("draw", "ongoing") else there
            differing.append((game, "black" if winner == "red-wins" else "red", text))
    return result, clustered(differing)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--positions", type=int, default=100_000, help="positions for legal moves and checks")
    parser.add_argument("--repetitions", type=int, default=0, help="repeated positions for the judges")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random games")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """0 when the two agree everywhere, 1 when not."""
    for name in ("positions", "repetitions"):
        if not 0 <= getattr(args, name) <= MOST_POSITIONS:
            raise BadInputError(f"--{name} {getattr(args, name)} is outside 0 to {MOST_POSITIONS}")
    try:
        moves = compare_moves(args.positions, args.seed)
        judges, clusters = compare_repetitions(args.repetitions, args.seed)
    except ImportError:
        raise BadInputError("pyffish is not installed; `pip install pyffish` brings it") from None
    if args.json:
        causes = {cluster.cause: len(cluster.games) for cluster in clusters}
        print(json.dumps({"moves": asdict(moves), "judges": asdict(judges), "causes": causes}))
    else:
        print(
            f"{moves.positions} positions ({moves.checks} checks, {moves.mates} mates or stalemates): "
            f"{len(moves.differences)} differences in moves or checks"
        )
        if judges.repetitions:
            print(
                f"{judges.repetitions} repetitions ({judges.decided} lost by one side): "
                f"{len(judges.differences)} differences in the verdict"
            )
        for cluster in clusters:
            print(f"\n{len(cluster.games)} x {cluster.cause}: {CAUSES[cluster.cause]}")
            if cluster.example is not None:
                print(diagram(cluster.example))
    for difference in (moves.differences + judges.differences)[:SHOWN]:
        print(difference, file=sys.stderr)
    return 1 if moves.differences or judges.differences else 0
