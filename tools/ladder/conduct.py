"""How a level errs: how often it throws the game away, hangs a man, misses a mate or walks into one.

Counted in the games that the ladder has played, so that two neighbours are compared in the same games:
against itself a level plays games of another kind and length than the next one does.
"""

from dataclasses import dataclass

from engine import Engine, Game, GameOverError, IllegalMoveError, Limits, Move, NotationError, Position
from tools.errors import BadInputError
from tools.ladder.contestants import exchange_balance
from tools.ladder.match import LONGEST_GAME, PairResult
from tools.ladder.openings import opening
from tools.ladder.winning import win_probability

__all__ = ["ConductResult", "watch_games"]

JUDGE_NODES = 4000
"""Made moves of each of the judge's two searches of a move."""
JUDGED_EVERY = 5
"""Every fifth ply is judged by search; all are checked for mates and hanging men."""
BLUNDER = 0.20
"""Loss of win probability that counts as throwing something away."""
HANGS_CP = 200
"""A move hangs a man that ends at least so much below standing still, though another would not have."""


@dataclass(frozen=True)
class ConductResult:
    """Counts of the moves of `who` in its two games against `against` from one opening: plies, judged plies
    and blunders among them; hanging moves; chances to mate at once and those missed; plies at which a mate in
    one could be allowed or avoided, and those that did.
    """

    who: str
    against: str
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


_COUNTS = (
    "plies",
    "judged",
    "blunders",
    "hung",
    "mates",
    "mates_missed",
    "mates_avoidable",
    "mates_allowed",
)


def watch_games(pairs: tuple[PairResult, ...]) -> list[ConductResult]:
    """Count the errors of both sides. The result depends on the games and the engine alone.

    Raises BadInputError where the moves of a result are no game from its opening.
    """
    judge = Engine(hash_mb=1)
    results = []
    for pair in pairs:
        counts = {name: dict.fromkeys(_COUNTS, 0) for name in (pair.a, pair.b)}
        for written, (red, black) in zip(pair.moves, ((pair.a, pair.b), (pair.b, pair.a)), strict=True):
            _watch(pair, _read(pair, written), judge, {"red": counts[red], "black": counts[black]})
        results += [
            ConductResult(who, against, pair.seed, pair.opening, pair.signature, **counts[who])
            for who, against in ((pair.a, pair.b), (pair.b, pair.a))
        ]
    return results


def _read(pair: PairResult, written: str) -> Game:
    """The game whose moves these are."""
    game = Game()
    try:
        for word in written.split()[: LONGEST_GAME + 1]:
            game.push(Move.from_uci(word))
    except (NotationError, IllegalMoveError, GameOverError) as error:
        raise BadInputError(f"{_name(pair)}: {error}") from None
    begun = opening(pair.seed, pair.opening)
    if game.moves[: len(begun)] != begun or len(game.moves) > LONGEST_GAME:
        raise BadInputError(
            f"{_name(pair)}: the moves are no game from that opening of at most {LONGEST_GAME} plies"
        )
    return game


def _name(pair: PairResult) -> str:
    return f"opening {pair.opening} of {pair.a} against {pair.b}"


def _watch(pair: PairResult, whole: Game, judge: Engine, counts: dict[str, dict[str, int]]) -> None:
    """Add what is seen in a game to the counts of the two sides."""
    moves = whole.moves
    begun = len(opening(pair.seed, pair.opening))
    game = Game()
    for ply, move in enumerate(moves):
        if ply >= begun:
            by_search = ply % JUDGED_EVERY == pair.opening % JUDGED_EVERY
            _judge(game, move, by_search, judge, counts[game.position.side])
        game.push(move)


def _judge(game: Game, move: Move, by_search: bool, judge: Engine, counts: dict[str, int]) -> None:
    position = game.position
    after = position.after(move)
    counts["plies"] += 1
    counts["hung"] += _hangs(position, move)
    if position.mates_at_once:
        counts["mates"] += 1
        counts["mates_missed"] += bool(after.legal_moves())
    else:
        safe = [not position.after(other).mates_at_once for other in position.legal_moves()]
        if any(safe) and not all(safe):
            counts["mates_avoidable"] += 1
            counts["mates_allowed"] += after.mates_at_once
    if by_search:
        counts["judged"] += 1
        counts["blunders"] += _loss(judge, game, move) >= BLUNDER


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
