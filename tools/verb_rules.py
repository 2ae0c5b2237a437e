"""`qiyou rules`: the referee on one position or game."""

import argparse
import json
from dataclasses import asdict, dataclass

from engine import EngineError, FenError, Game, Move, NotationError, Position
from engine.game import Verdict
from tools.errors import BadInputError

__all__ = ["BAD_INPUT", "SUMMARY", "add_arguments", "run"]

SUMMARY = "what the rules say about a position or a game"
BAD_INPUT: tuple[type[Exception], ...] = (EngineError,)

MOST_MOVES = 2000


@dataclass(frozen=True)
class Ruling:
    """The answer, in the order and with the names of the command line's promise."""

    legal: bool
    illegal_ply: int | None
    fen: str
    state: str
    reason: str | None
    offender: str | None
    offence_plies: tuple[int, ...]
    check: bool
    moves: list[str]
    offences: list[dict[str, object]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--fen", required=True, help="the position, as FEN or its placement field")
    parser.add_argument("--moves", default="", help='moves played from it, e.g. "b2e2 h9g7"; ranks 0-9')
    parser.add_argument("--rules", choices=("wxf", "cxa"), default="wxf", help="Asian or mainland rules")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _moves(text: str) -> list[Move]:
    words = text.split()
    if len(words) > MOST_MOVES:
        raise BadInputError(f"--moves has {len(words)} moves; at most {MOST_MOVES} are read")
    moves = []
    for ply, word in enumerate(words):
        try:
            moves.append(Move.from_uci(word))
        except NotationError as error:
            raise BadInputError(f"--moves, ply {ply}: {error}") from None
    return moves


def _ruling(game: Game, verdict: Verdict, illegal_ply: int | None, reason: str | None) -> Ruling:
    position = game.position
    return Ruling(
        legal=illegal_ply is None,
        illegal_ply=illegal_ply,
        fen=position.fen(),
        state=verdict.state,
        reason=reason,
        offender=verdict.offender,
        offence_plies=verdict.offence_plies,
        check=position.is_check,
        moves=[move.uci() for move in position.legal_moves()],
        offences=[
            {"ply": one.ply, "act": one.act, "threats": [move.uci() for move in one.threats]}
            for one in verdict.offences
        ],
    )


def judge(game: Game, moves: list[Move]) -> Ruling:
    """Play the moves as far as the rules allow and say how the game stands."""
    for ply, move in enumerate(moves):
        verdict = game.verdict()
        if verdict.state != "ongoing":
            return _ruling(game, verdict, ply, "game-over")
        if not game.position.is_legal(move):
            return _ruling(game, verdict, ply, None)
        game.push(move)
    verdict = game.verdict()
    return _ruling(game, verdict, None, verdict.reason)


def _sentences(ruling: Ruling, moves: list[Move]) -> str:
    lines = [ruling.fen]
    if ruling.illegal_ply is not None:
        move = moves[ruling.illegal_ply]
        why = "the game was already over" if ruling.reason == "game-over" else "the rules do not allow it"
        lines.append(f"ply {ruling.illegal_ply}: {move} was not played, {why}")
    decided = f" ({ruling.reason})" if ruling.reason else ""
    lines.append(f"state: {ruling.state}{decided}{', check' if ruling.check else ''}")
    if ruling.offender:
        plies = ", ".join(f"{one['ply']} ({one['act']})" for one in ruling.offences)
        lines.append(f"offender: {ruling.offender}, by plies {plies}")
    lines.append(f"legal moves ({len(ruling.moves)}): {' '.join(ruling.moves) or 'none'}")
    return "\n".join(lines)


def run(args: argparse.Namespace) -> int:
    """Answer on stdout; 0 when every move was legal, 1 when one was refused."""
    try:
        start = Position.from_fen(args.fen)
    except FenError as error:
        raise BadInputError(f"--fen: {error}") from None
    moves = _moves(args.moves)
    ruling = judge(Game(start, args.rules), moves)
    print(json.dumps(asdict(ruling)) if args.json else _sentences(ruling, moves))
    return 0 if ruling.legal else 1
