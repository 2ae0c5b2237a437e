"""One unit of a match: some openings, each played twice with colours changed."""

from dataclasses import dataclass
from functools import cache

from engine import Engine, Game, Limits, Position
from tools.ladder.contestants import Contestant, Player
from tools.ladder.openings import opening

__all__ = ["Encounter", "PairResult", "engine_signature", "play_encounter"]

LONGEST_GAME = 400
"""Plies; a game that is not decided by then counts as drawn."""
_CLEARLY_WON_CP = 1500
_WON_FOR = 6

_SIGNATURE_FENS = (
    "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1",
    "r1ba1a3/4kn3/2n1b4/pNp1p1p1p/4c4/6P2/P1P2R2P/1CcC5/9/2BAKAB2 w - - 0 1",
    "3ak4/4a4/4b4/5N3/2b6/4R4/9/4B4/4A4/r1BAK4 b - - 0 1",
)


@cache
def engine_signature() -> str:
    """A number that changes with the search or the evaluation: nodes of three searches to depth 9."""
    engine = Engine(hash_mb=1)
    nodes = 0
    for fen in _SIGNATURE_FENS:
        engine.new_game()
        nodes += engine.search(Game(Position.from_fen(fen)), Limits(depth=9)).nodes
    return str(nodes)


@dataclass(frozen=True)
class Encounter:
    """`a` against `b` from openings `first` to `last` - 1 of the set `seed`."""

    a: Contestant
    b: Contestant
    seed: int
    first: int
    last: int


@dataclass(frozen=True)
class PairResult:
    """One opening played twice: points of `a` with red and with black (1, 0.5 or 0), how it ended, and all
    moves as UCI writes them, the opening's too, with spaces between.
    """

    a: str
    b: str
    seed: int
    opening: int
    points: tuple[float, float]
    plies: tuple[int, int]
    reasons: tuple[str, str]
    moves: tuple[str, str]
    signature: str

    def __post_init__(self) -> None:
        if len(self.points) != 2 or any(point not in {0, 0.5, 1} for point in self.points):
            raise ValueError(f"the points are {self.points}; two of 0, 0.5 and 1 would be right")
        if len(self.moves) != 2 or not all(isinstance(moves, str) for moves in self.moves):
            raise ValueError("the moves of two games, each written in one string, would be right")


def play_encounter(encounter: Encounter) -> list[PairResult]:
    """Play all openings of an encounter. The result depends on the encounter and the engine alone."""
    a, b = Player(encounter.a), Player(encounter.b)
    give_up = not (encounter.a.errs or encounter.b.errs)
    results = []
    for number in range(encounter.first, encounter.last):
        seeds = [encounter.seed * 1_000_003 + 2 * number + colour for colour in (0, 1)]
        red = _play(a, b, encounter.seed, number, seeds[0], give_up)
        black = _play(b, a, encounter.seed, number, seeds[1], give_up)
        results.append(
            PairResult(
                encounter.a.key,
                encounter.b.key,
                encounter.seed,
                number,
                (red[0], 1 - black[0]),
                (red[1], black[1]),
                (red[2], black[2]),
                (red[3], black[3]),
                engine_signature(),
            )
        )
    return results


def _play(
    red: Player, black: Player, set_seed: int, number: int, seed: int, give_up: bool
) -> tuple[float, int, str, str]:
    """Red's points, the number of plies, how it ended and the moves."""
    game = Game()
    for move in opening(set_seed, number):
        game.push(move)
    ahead_for = 0
    while True:
        verdict = game.verdict()
        plies = len(game.moves)
        if verdict.state != "ongoing":
            points = {"red-wins": 1.0, "black-wins": 0.0, "draw": 0.5}[verdict.state]
            return points, plies, str(verdict.reason), _written(game)
        if plies >= LONGEST_GAME:
            return 0.5, plies, "too-long", _written(game)
        side = game.position.side
        move, score = (red if side == "red" else black).choose(game, seed)
        if give_up and score is not None:
            ahead = score if side == "red" else -score
            same = ahead_for * ahead >= 0 and abs(ahead) > _CLEARLY_WON_CP
            ahead_for = ahead_for + (1 if ahead > 0 else -1) if same else 0
            if abs(ahead_for) >= _WON_FOR:
                return (1.0 if ahead_for > 0 else 0.0), plies, "given-up", _written(game)
        game.push(move)


def _written(game: Game) -> str:
    return " ".join(move.uci() for move in game.moves)
