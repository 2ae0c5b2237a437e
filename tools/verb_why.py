"""`qiyou why`: one decision of a recorded game, explained."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from engine import PgnError
from host.game.errors import JournalError
from tools.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine import Game, Move
    from engine.explain import Explanation, Line, Threat
    from engine.motifs import Motif

SUMMARY = "explain one move of a recorded game"
BAD_INPUT: tuple[type[Exception], ...] = (JournalError, PgnError)

_MOST_NODES = 10_000_000
_MOST_BYTES = 1 << 20
_SHOWN_PLIES = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "record", type=Path, metavar="RECORD", help="a game's folder, its journal.jsonl, or a .pgn file"
    )
    parser.add_argument("ply", type=int, metavar="PLY", help="which move, counted from 0")
    parser.add_argument("--nodes", type=int, default=60_000, help="how long to look (default 60000)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _decision(path: Path, ply: int) -> "tuple[Game, Move, Mapping[str, object] | None]":
    """The game before a ply, the move made, and what the robot recorded about it, if it was the robot's."""
    from engine import Game
    from engine.pgn import read_pgn
    from host.game.decisions import read_record

    if path.suffix == ".pgn":
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
        whole = read_pgn(text).game
        moves, start, rules = whole.moves, whole.start, whole.rules
        thoughts: list[Mapping[str, object] | None] = [None] * len(moves)
    else:
        record = read_record(path)
        moves = tuple(decision.move for decision in record.decisions)
        thoughts = [decision.think for decision in record.decisions]
        start, rules = record.start, record.rules
    if not 0 <= ply < len(moves):
        raise BadInputError(f"PLY {ply} is outside 0 to {len(moves) - 1}, the plies of {path}")
    game = Game(start, rules)
    for move in moves[:ply]:
        game.push(move)
    return game, moves[ply], thoughts[ply]


def _motif(motif: "Motif") -> dict[str, object]:
    from engine import square_name
    from engine.motifs import MOTIFS

    return {
        "kind": motif.kind,
        "chinese": MOTIFS[motif.kind],
        "by": square_name(motif.by),
        "on": [square_name(square) for square in motif.on],
        "via": None if motif.via is None else square_name(motif.via),
    }


def _line(line: "Line") -> dict[str, object]:
    from engine import square_name

    return {
        "moves": [move.uci() for move in line.moves],
        "score": line.score_cp,
        "mate": line.mate,
        "swing": line.swing_cp,
        "captures": [{"ply": c.ply, "man": c.man, "square": square_name(c.square)} for c in line.captures],
        "motifs": [_motif(motif) for motif in line.motifs],
    }


def _threats(threats: "tuple[Threat, ...]") -> list[dict[str, object]]:
    return [{"kind": t.kind, "move": t.move.uci() if t.move else None, "man": t.man} for t in threats]


def _as_json(explanation: "Explanation") -> dict[str, object]:
    sure = explanation.sureness
    return {
        "played": _line(explanation.played),
        "best": _line(explanation.best),
        "other": None if explanation.other is None else _line(explanation.other),
        "loss": explanation.loss_cp,
        "threatens": _threats(explanation.threatens),
        "parries": _threats(explanation.parries),
        "still_threatened": _threats(explanation.still_threatened),
        "forced": explanation.forced,
        "sureness": {
            "nodes": sure.nodes,
            "depth": sure.depth,
            "margin": sure.margin_cp,
            "agreeing": sure.agreeing,
            "looks": sure.looks,
        },
    }


def _show_line(name: str, line: "Line") -> None:
    what = f"mate in {line.mate}" if line.mate is not None else f"{line.score_cp:+} cp"
    moves = " ".join(move.uci() for move in line.moves[:_SHOWN_PLIES])
    motifs = ", ".join(dict.fromkeys(motif.kind for motif in line.motifs))
    print(f"{name:9} {what:>10}  {moves}" + (f"  [{motifs}]" if motifs else ""))
    if line.captures:
        print(f"{'':9} {line.swing_cp:+10} cp of material: {', '.join(c.man for c in line.captures)} taken")


def _show(explanation: "Explanation", think: "Mapping[str, object] | None") -> None:
    _show_line("played", explanation.played)
    if explanation.best.move != explanation.played.move:
        _show_line("best", explanation.best)
    elif explanation.other is not None:
        _show_line("next best", explanation.other)
    for name in ("threatens", "parries", "still_threatened"):
        threats = [f"{t.kind} {t.move or ''}".strip() for t in getattr(explanation, name)]
        if threats:
            print(f"{name.replace('_', ' ')}: {', '.join(threats)}")
    sure = explanation.sureness
    print(
        f"sureness: {sure.agreeing} of {sure.looks} looks agree on {explanation.best.move}, "
        f"depth {sure.depth}, {sure.nodes:,} nodes; the move loses {explanation.loss_cp} cp against the best"
    )
    if think is not None:
        seen = ", ".join(f"{move} {score:+}" for move, score in _candidates(think))
        print(f"the robot played by {think.get('rule')}, overlooked {think.get('unseen', 0)}, saw: {seen}")


def _candidates(think: "Mapping[str, object]") -> list[tuple[str, int]]:
    found = think.get("candidates")
    return [(str(move), int(score)) for move, score in found] if isinstance(found, list) else []


def run(args: argparse.Namespace) -> int:
    """Explain."""
    from engine.explain import explain

    if not 1 <= args.nodes <= _MOST_NODES:
        raise BadInputError(f"--nodes {args.nodes} is outside 1 to {_MOST_NODES}")
    game, move, think = _decision(args.record, args.ply)
    explanation = explain(game, move, args.nodes)
    if args.json:
        found = {"ply": args.ply, "fen": game.position.fen(), "move": move.uci(), **_as_json(explanation)}
        print(json.dumps({**found, "thought": None if think is None else dict(think)}))
    else:
        print(f"ply {args.ply}: {move} in {game.position.fen()}")
        _show(explanation, think)
    return 0
