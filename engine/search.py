"""Choosing a move: the typed face of the core's search."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine import _core
from engine.errors import LimitsError
from engine.game import Game
from engine.move import Move
from engine.net import Judge, core_judge
from engine.position import move_number, numbered_move

__all__ = ["Engine", "Limits", "SearchResult", "mate_in_moves"]

MAX_HASH_MB = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """When a search ends: whichever comes first. Without any, at depth 8.

    `nodes` counts made moves, `depth` plies, `movetime_ms` wall-clock milliseconds. `candidates` is how
    many best moves are worked out. `only` restricts the choice to these moves; empty means all.
    """

    nodes: int | None = None
    depth: int | None = None
    movetime_ms: int | None = None
    candidates: int = 1
    only: tuple[Move, ...] = ()

    def __post_init__(self) -> None:
        for name, value, highest in (
            ("nodes", self.nodes, 2**62),
            ("depth", self.depth, 100),
            ("movetime_ms", self.movetime_ms, 10**9),
            ("candidates", self.candidates, 128),
        ):
            if value is not None and not 1 <= value <= highest:
                raise LimitsError(f"{name} {value} is outside 1 to {highest}")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    `score_cp` is in hundredths for the side to move; `mate` is in moves, negative when the side to
    move is mated, None when no mate is seen. `move` is None only when there is no legal move.
    `lines` are the principal lines of the best moves with their scores, best first.
    """

    move: Move | None
    score_cp: int
    mate: int | None
    depth: int
    nodes: int
    lines: tuple[tuple[tuple[Move, ...], int], ...]

    @property
    def pv(self) -> tuple[Move, ...]:
        """The principal line."""
        return self.lines[0][0] if self.lines else ()

    @property
    def candidates(self) -> tuple[tuple[Move, int], ...]:
        """The best moves with their scores, best first."""
        return tuple((line[0], score) for line, score in self.lines)


def mate_in_moves(score: int) -> int | None:
    """What a score says about mate: in so many moves, negative for being mated; None: nothing."""
    if abs(score) <= _core.MATE_BOUND:
        return None
    plies = _core.MATE_SCORE - abs(score)
    return (plies + 1) // 2 if score > 0 else -(plies // 2)


class Engine:
    """A searcher with its memory. One search at a time; others wait. The GIL is released.

    `net` judges positions: the built-in one, another, or "rules" for the hand-written evaluation. With a
    fixed node or depth limit and history of calls the results of one thread are always the same. `tuning`
    overrides switches and constants of the search (see `engine.match.tuning`).
    """

    def __init__(
        self,
        hash_mb: int = 32,
        net: Judge = None,
        tuning: Mapping[str, int] | None = None,
        threads: int = 1,
    ) -> None:
        if not 1 <= hash_mb <= MAX_HASH_MB:
            raise LimitsError(f"hash_mb {hash_mb} is outside 1 to {MAX_HASH_MB}")
        if not 1 <= threads <= _core.MOST_THREADS:
            raise LimitsError(f"threads {threads} is outside 1 to {_core.MOST_THREADS}")
        self._core = _core.Engine(hash_mb)
        self._core.set_threads(threads)
        self._core.set_net(core_judge(net))
        try:
            self._core.set_tuning(list((tuning or {}).items()))
        except ValueError as error:
            raise LimitsError(str(error)) from None

    def search(self, game: Game, limits: Limits) -> SearchResult:
        """Choose a move for the side to move; never one that loses by repetition if another stands."""
        depth = limits.depth
        if limits.nodes is None and depth is None and limits.movetime_ms is None:
            depth = 8
        lines, reached, nodes = self._core.search(
            game.core,
            limits.nodes or 0,
            depth or 0,
            limits.movetime_ms or 0,
            limits.candidates,
            [move_number(move) for move in limits.only],
        )
        if not lines:
            return SearchResult(None, 0, None, 0, nodes, ())
        found = tuple((tuple(numbered_move(number) for number in line), score) for score, line in lines)
        pv, score = found[0]
        return SearchResult(pv[0], score, mate_in_moves(score), reached, nodes, found)

    def stop(self) -> None:
        """End the running search soon; from any thread."""
        self._core.stop()

    def new_game(self) -> None:
        """Forget everything learnt from earlier searches."""
        self._core.new_game()
