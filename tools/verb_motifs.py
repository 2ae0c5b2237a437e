"""`qiyou motifs`: how often the motifs of an explanation are named in vain."""

import argparse
import json
from collections.abc import Iterator

from engine import Game, LevelPlayer, LevelsError, Move, Position, level_rule
from tools.errors import BadInputError

SUMMARY = "count the motifs found in the engine's own games, and the false alarms among them"
BAD_INPUT: tuple[type[Exception], ...] = (LevelsError,)

_MOST_GAMES = 10_000
_LONGEST = 160


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--games", type=int, default=20, help="games of self-play (default 20)")
    parser.add_argument("--level", type=int, default=8, help="the level that plays them (default 8)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the games (default 1)")
    parser.add_argument("--show", metavar="MOTIF", help="print each false alarm of this motif")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def moves_of_games(games: int, level: int, seed: int) -> Iterator[tuple[Position, Move]]:
    """Every move of the level's games against itself, with the position before it."""
    player = LevelPlayer(level_rule(level), book=False)
    for number in range(games):
        game = Game()
        while game.verdict().state == "ongoing" and len(game.moves) < _LONGEST:
            move = player.choose(game, seed * _MOST_GAMES + number).move
            yield game.position, move
            game.push(move)


def run(args: argparse.Namespace) -> int:
    """Count."""
    from engine.motifs import MOTIFS, find_motifs
    from tools.motif_judge import JUDGED, Judge

    if not 1 <= args.games <= _MOST_GAMES:
        raise BadInputError(f"--games {args.games} is outside 1 to {_MOST_GAMES}")
    if not 0 <= args.seed < 2**31:
        raise BadInputError(f"--seed {args.seed} is outside 0 to {2**31 - 1}")
    if args.show is not None and args.show not in MOTIFS:
        raise BadInputError(f"--show {args.show} is no motif; one of {', '.join(MOTIFS)} would be right")
    judge = Judge()
    moves = 0
    counts = {kind: {"named": 0, "judged": 0, "false": 0} for kind in MOTIFS}
    for position, move in moves_of_games(args.games, args.level, args.seed):
        moves += 1
        for motif in find_motifs(position, move):
            holds = judge.holds(position, move, motif)
            count = counts[motif.kind]
            count["named"] += 1
            count["judged"] += holds is not None
            count["false"] += holds is False
            if holds is False and motif.kind == args.show:
                print(f"{position.fen()} | {move.uci()} | {motif}")
    if args.json:
        print(json.dumps({"games": args.games, "moves": moves, "motifs": counts}))
        return 0
    print(f"{args.games} games, {moves} moves")
    print("motif                 named  false alarms")
    for kind, count in counts.items():
        share = f"{count['false']} of {count['judged']}" if kind in JUDGED else "named by its definition"
        print(f"{kind:20} {count['named']:6}  {share}")
    return 0
