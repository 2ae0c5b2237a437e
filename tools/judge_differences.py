"""Why two judges of repetition differ on a game: the cause, and a diagram of one example for each.

The other judge blames a side that ours does not. Some man of the victim's is attacked after every ply of that
side; the cause is what keeps our judge from calling one of those plies a chase.
"""

from dataclasses import dataclass, field

from engine import Game
from engine.position import Side
from engine.squares import FILES, RANKS, SQUARES
from tools.cycle_features import Ply, repeated_plies

__all__ = ["CAUSES", "Cluster", "cause_of", "clustered", "diagram"]

# In the order in which they are looked for.
CAUSES = {
    "check": "a ply of the circle checks: a check is no chase here, there it may be both",
    "line": "the hunter steps along the line on which it attacked the man already: no new attack here",
    "standing": "another hunter attacked the man all along: no new attack here",
    "other": "none of these",
}


@dataclass
class Cluster:
    """Games on which the judges differ for one cause."""

    cause: str
    games: list[str] = field(default_factory=list)
    example: Game | None = None


def _men(game: Game) -> list[list[int]]:
    """For each position the man standing on each square: the square where he began, -1 for none."""
    standing = [square if letter != "." else -1 for square, letter in enumerate(game.start.board)]
    rows = [standing]
    for move in game.moves:
        standing = list(standing)
        standing[move.to_square], standing[move.from_square] = standing[move.from_square], -1
        rows.append(standing)
    return rows


def _plies_of(game: Game, side: Side) -> list[Ply]:
    return [ply for ply in repeated_plies(game) if ply.side == side]


def _hunts(letter: str) -> bool:
    return letter not in "KkPp"


def cause_of(game: Game, blamed: Side) -> str:
    """Why our judge does not blame `blamed`; a key of CAUSES."""
    plies = _plies_of(game, blamed)
    if any(ply.check for ply in plies):
        return "check"
    men = _men(game)
    by_prey: list[dict[int, list[tuple[bool, bool]]]] = []
    for ply in plies:
        attacks: dict[int, list[tuple[bool, bool]]] = {}
        for attack in ply.attacks:
            if _hunts(attack.hunter):
                man = men[ply.number + 1][attack.capture.to_square]
                attacks.setdefault(man, []).append((attack.had_before, attack.moved_hunter))
        by_prey.append(attacks)
    always = set.intersection(*(set(attacks) for attacks in by_prey))
    found = set()
    for man in always:
        stale = [attacks[man] for attacks in by_prey if all(had for had, _ in attacks[man])]
        if stale and all(any(moved for _, moved in attacks) for attacks in stale):
            found.add("line")
        elif stale:
            found.add("standing")
    return next((cause for cause in CAUSES if cause in found), "other")


def clustered(differing: list[tuple[Game, Side, str]]) -> list[Cluster]:
    """Clusters by cause, the largest first; each keeps the example with the fewest men."""
    clusters: dict[str, Cluster] = {}
    for game, blamed, line in differing:
        cluster = clusters.setdefault(cause := cause_of(game, blamed), Cluster(cause))
        cluster.games.append(line)
        if cluster.example is None or _size(game) < _size(cluster.example):
            cluster.example = game
    return sorted(clusters.values(), key=lambda cluster: -len(cluster.games))


def _size(game: Game) -> tuple[int, int]:
    return SQUARES - game.start.board.count("."), len(game.moves)


def diagram(game: Game) -> str:
    """The start position as ten lines of letters with files and ranks, and the moves."""
    board = game.start.board
    ranks = [
        f"{rank} " + " ".join(board[rank * FILES : (rank + 1) * FILES]) for rank in reversed(range(RANKS))
    ]
    moves = " ".join(map(str, game.moves))
    return "\n".join([*ranks, "  a b c d e f g h i", f"{game.start.side} to move: {moves}"])
