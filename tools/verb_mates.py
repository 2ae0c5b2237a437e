"""`qiyou mates`: how many mating positions of a file the engine solves, and how fast."""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

from engine import Engine, EngineError, Game, Limits, Move, Position
from tools.errors import BadInputError
from tools.search_settings import read_tuning

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "count the mating positions of a file that the engine solves within a limit"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)

_HASH_MB = 32


@dataclass(frozen=True, slots=True)
class _Puzzle:
    name: str
    position: Position
    moves: int  # to mate, by the winner


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "file", type=Path, help="JSON: {'positions': [{'id', 'fen', 'tier', 'engine': {'mate_in_moves'}}]}"
    )
    parser.add_argument("--ms", type=int, default=0, help="milliseconds for each position")
    parser.add_argument("--nodes", type=int, default=0, help="made moves instead; repeatable")
    parser.add_argument("--tier", default="A", help="which positions (default A)")
    parser.add_argument("--longest", type=int, default=5, help="mates in at most so many moves (default 5)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=N", help="a switch or constant of the search"
    )
    parser.add_argument("--mirrored", action="store_true", help="files a-i read as i-a")


def _mirrored(fen: str) -> str:
    board, _, rest = fen.partition(" ")
    return "/".join(rank[::-1] for rank in board.split("/")) + " " + rest


def _read(args: argparse.Namespace) -> list[_Puzzle]:
    try:
        rows = json.loads(args.file.read_text(encoding="utf-8"))["positions"]
        found = []
        for row in rows:
            moves = row["engine"].get("mate_in_moves")
            if row["tier"] == args.tier and moves is not None and moves <= args.longest:
                fen = _mirrored(row["fen"]) if args.mirrored else row["fen"]
                found.append(_Puzzle(str(row["id"]), Position.from_fen(fen), int(moves)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, EngineError):
            raise
        raise BadInputError(f"{args.file}: no such list of endgames; its README says what is right") from None
    if not found:
        raise BadInputError(f"{args.file}: no mate in at most {args.longest} of tier {args.tier}")
    return found


def _mates(position: Position, line: tuple[Move, ...]) -> bool:
    """Whether the line, replayed, ends with no legal move for the loser."""
    game = Game(position)
    for move in line:
        if game.verdict().state != "ongoing" or not game.position.is_legal(move):
            return False
        game.push(move)
    return len(line) % 2 == 1 and not game.position.legal_moves()


def run(args: argparse.Namespace) -> int:
    """One line for each position that was not solved, then the count; 1 when there are any."""
    if (args.ms > 0) == (args.nodes > 0):
        raise BadInputError("--ms or --nodes says how long; one of them, above 0, would be right")
    limits = Limits(nodes=args.nodes or None, movetime_ms=args.ms or None)
    puzzles, engine = _read(args), Engine(hash_mb=_HASH_MB, tuning=read_tuning(args.set))
    solved = shortest = replayed = 0
    seconds = []
    for puzzle in puzzles:
        engine.new_game()
        start = time.perf_counter()
        found = engine.search(Game(puzzle.position), limits)
        seconds.append(time.perf_counter() - start)
        if found.mate is None or found.mate < 0:
            print(f"{puzzle.name}: mate in {puzzle.moves} not seen; {found.move} {found.score_cp}")
            continue
        solved += 1
        shortest += found.mate <= puzzle.moves
        replayed += _mates(puzzle.position, found.pv)
    print(
        f"{solved} of {len(puzzles)} solved, {shortest} in no more moves than known, "
        f"{replayed} with the whole line; "
        f"{sum(seconds):.1f} s in all, {1000 * max(seconds):.0f} ms the longest"
    )
    return 0 if solved == len(puzzles) else 1
