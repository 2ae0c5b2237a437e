"""`qiyou compare`: the rules against an independent program, pyffish, on random games.

Games are biased to captures and checks, where move generators err. A second kind of game starts with few
men and steps to and fro, so that positions repeat and the judges have to speak.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from engine import FenError, Game, Move, Position
from engine.notation import to_ten_ranks
from engine.squares import SQUARES
from tools.errors import BadInputError

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


def _sparse_position(choose: random.Random) -> Position:
    """A random position with few men, so that attacks are open."""
    while True:
        board = ["."] * SQUARES
        board[choose.choice((3, 4, 5, 12, 13, 14))] = "K"
        board[choose.choice((84, 85, 86, 75, 76, 77))] = "k"
        for letter in choose.sample("AABBNNRRCCPPPPPaabbnnrrccppppp", choose.randrange(3, 12)):
            square = choose.randrange(SQUARES)
            if board[square] == ".":
                board[square] = letter
        try:
            return Position.from_board("".join(board), choose.choice(("red", "black")))
        except FenError:
            continue


def _dance(choose: random.Random) -> Game:
    """A game in which both sides step to and fro until a position stands for the third time."""
    while True:
        game = Game(_sparse_position(choose))
        steps: list[Move] = []
        while game.verdict().state == "ongoing":
            ply = len(steps)
            if ply < 2:
                moves = game.position.legal_moves()
                step = choose.choice(moves)
            else:
                step = Move(steps[ply - 2].to_square, steps[ply - 2].from_square)
            if not game.position.is_legal(step):
                break
            game.push(step)
            steps.append(step)
        if game.verdict().reason in ("repetition", "perpetual-check", "perpetual-chase"):
            return game


def compare_repetitions(games: int, seed: int) -> Comparison:
    """Compare the judges on that many random games that end with a position's third standing."""
    import pyffish

    result = Comparison()
    choose = random.Random(seed)
    for _ in range(games):
        game = _dance(choose)
        verdict = game.verdict()
        result.repetitions += 1
        result.decided += verdict.state != "draw"
        fen = game.start.fen()
        played = [to_ten_ranks(move) for move in game.moves]
        ended, value = pyffish.is_optional_game_end(VARIANT, fen, played)
        side = game.position.side
        theirs = "draw" if value == 0 else "red-wins" if (value > 0) == (side == "red") else "black-wins"
        if not ended or theirs != verdict.state:
            line = " ".join(map(str, game.moves))
            there = theirs if ended else "ongoing"
            here = f"{verdict.state} ({verdict.reason})"
            result.differences.append(f"{fen} moves {line}: {here} here, {there} there")
    return result


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
        judges = compare_repetitions(args.repetitions, args.seed)
    except ImportError:
        raise BadInputError("pyffish is not installed; `pip install pyffish` brings it") from None
    if args.json:
        print(json.dumps({"moves": asdict(moves), "judges": asdict(judges)}))
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
    for difference in (moves.differences + judges.differences)[:SHOWN]:
        print(difference, file=sys.stderr)
    return 1 if moves.differences or judges.differences else 0
