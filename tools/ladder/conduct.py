"""How a level errs: how often it throws the game away, hangs a man, misses a mate or walks into one."""

from dataclasses import dataclass

from engine import Engine, Game, Limits, Move, Position
from tools.ladder.contestants import Contestant, Player, exchange_balance
from tools.ladder.match import LONGEST_GAME, engine_signature
from tools.ladder.openings import opening
from tools.ladder.winning import win_probability

__all__ = ["ConductResult", "Watched", "watch_games"]

JUDGE_NODES = 4000
"""Made moves of each of the judge's two searches of a move."""
JUDGED_EVERY = 5
"""Every fifth ply is judged by search; all are checked for mates and hanging men."""
BLUNDER = 0.20
"""Loss of win probability that counts as throwing something away."""
HANGS_CP = 200
"""A move hangs a man that ends at least so much below standing still, though another would not have."""


@dataclass(frozen=True)
class Watched:
    """Games of a level against itself from openings `first` to `last` - 1 of the set `seed`."""

    who: Contestant
    seed: int
    first: int
    last: int


@dataclass(frozen=True)
class ConductResult:
    """Counts over one game: plies, judged plies and blunders among them; hanging moves; chances to mate at
    once and those missed; plies at which a mate in one could be allowed or avoided, and those that did.
    """

    who: str
    seed: int
    opening: int
    signature: str
    plies: int
    judged: int
    blunders: int
    hung: int
    mates: int
    mates_missed: int
    mates_avoidable: int
    mates_allowed: int


def watch_games(watched: Watched) -> list[ConductResult]:
    """Play and count. The result depends on the unit and the engine alone."""
    player, judge = Player(watched.who), Engine(hash_mb=1)
    return [_watch(watched, player, judge, number) for number in range(watched.first, watched.last)]


def _watch(watched: Watched, player: Player, judge: Engine, number: int) -> ConductResult:
    game = Game()
    for move in opening(watched.seed, number):
        game.push(move)
    start = len(game.moves)
    counts = dict.fromkeys(
        ("judged", "blunders", "hung", "mates", "mates_missed", "mates_avoidable", "mates_allowed"), 0
    )
    seed = watched.seed * 1_000_003 + number
    while game.verdict().state == "ongoing" and len(game.moves) < LONGEST_GAME:
        position = game.position
        move, _ = player.choose(game, seed)
        after = position.after(move)
        counts["hung"] += _hangs(position, move)
        if position.mates_at_once:
            counts["mates"] += 1
            counts["mates_missed"] += bool(after.legal_moves())
        else:
            safe = [not position.after(other).mates_at_once for other in position.legal_moves()]
            if any(safe) and not all(safe):
                counts["mates_avoidable"] += 1
                counts["mates_allowed"] += after.mates_at_once
        if len(game.moves) % JUDGED_EVERY == number % JUDGED_EVERY:
            counts["judged"] += 1
            counts["blunders"] += _loss(judge, game, move) >= BLUNDER
        game.push(move)
    return ConductResult(
        watched.who.key, watched.seed, number, engine_signature(), len(game.moves) - start, **counts
    )


def _hangs(position: Position, move: Move) -> bool:
    balance = exchange_balance(position, move)
    if balance > -HANGS_CP:
        return False
    return any(exchange_balance(position, other) > -HANGS_CP for other in position.legal_moves())


def _loss(judge: Engine, game: Game, move: Move) -> float:
    """Win probability that the move gives away, by two searches of equal effort."""
    judge.new_game()
    best = judge.search(game, Limits(nodes=JUDGE_NODES)).score_cp
    judge.new_game()
    played = judge.search(game, Limits(nodes=JUDGE_NODES, only=(move,))).score_cp
    return win_probability(best) - win_probability(played)
