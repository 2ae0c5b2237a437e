"""A second opinion on motifs, by consequences: replies, small searches, and boards with a man taken away.

It shares nothing with the finder but the rules, so that a motif named in vain shows as a false alarm.
"""

from collections.abc import Callable, Mapping

from engine import Engine, EngineError, Game, Limits, Move, Position
from engine.motifs import Motif

__all__ = ["JUDGED", "Judge"]

_NODES = 1500
_GAIN_CP = 100


class Judge:
    """Says whether a motif of a move holds."""

    def __init__(self) -> None:
        self._engine = Engine(hash_mb=1)

    def holds(self, before: Position, move: Move, motif: Motif) -> bool | None:
        """True or False, or None where the judge has no opinion."""
        check = JUDGED.get(motif.kind)
        return None if check is None else check(self, before, move, motif)

    def _score(self, position: Position, only: Move | None = None) -> int:
        """Score of the side to move; a lost game is very bad."""
        if not position.legal_moves():
            return -30_000
        self._engine.new_game()
        limits = Limits(nodes=_NODES, only=() if only is None else (only,))
        return self._engine.search(Game(position), limits).score_cp

    def mate(self, before: Position, move: Move, _: Motif) -> bool:
        """The game is over."""
        return Game(before.after(move)).verdict().reason == "checkmate"

    def check(self, before: Position, move: Move, _: Motif) -> bool:
        """The enemy is in check."""
        return before.after(move).is_check

    def mate_threat(self, before: Position, move: Move, _: Motif) -> bool:
        """Some reply would be mated at once, and not every reply was before."""
        after = before.after(move)
        return any(after.after(reply).mates_at_once for reply in after.legal_moves())

    def fork(self, before: Position, move: Move, _: Motif) -> bool:
        """Whatever the reply, something is won."""
        after = before.after(move)
        return all(
            after.after(reply).best_exchange >= _GAIN_CP or after.after(reply).mates_at_once
            for reply in after.legal_moves()
        )

    def pin(self, before: Position, move: Move, motif: Motif) -> bool | None:
        """The pinned man gets moves when the pinning man is taken off the board."""
        after = before.after(move)
        assert motif.via is not None
        free = _without(after, motif.by)
        # A board without a general is none: about pins by the general there is no opinion.
        return None if free is None else _moves_of(free, motif.via) > _moves_of(after, motif.via)

    def screen(self, before: Position, move: Move, motif: Motif) -> bool | None:
        """The cannon cannot take there when the screen is taken off the board, and can with it."""
        again = before.after(move).passed()
        strike = Move(motif.by, motif.on[0])
        assert motif.via is not None
        bare = _without(again, motif.via)
        return None if bare is None else _can(again, strike) and not _can(bare, strike)

    def discovered(self, before: Position, move: Move, _: Motif) -> bool | None:
        """It is check even with the moved man taken off the board."""
        bare = _without(before.after(move), move.to_square)
        return None if bare is None else bare.is_check

    def wins(self, before: Position, move: Move, motif: Motif) -> bool:
        """If the enemy passed, the capture would be worth having."""
        again = before.after(move).passed()
        strike = Move(motif.by, motif.on[0])
        if not again.is_legal(strike):
            return False
        quiet = -self._score(before.after(move))
        return self._score(again, strike) >= quiet + _GAIN_CP

    def takes(self, before: Position, move: Move, _: Motif) -> bool:
        """The man is really won: the enemy is worse off than if he could have passed before."""
        try:
            idle = -self._score(before.passed())
        except EngineError:
            return True
        return -self._score(before.after(move)) >= idle - _GAIN_CP

    def leaves(self, before: Position, move: Move, motif: Motif) -> bool:
        """Taking the man is good for the enemy, compared with the mover's best move."""
        after = before.after(move)
        assert motif.via is not None
        return self._score(after, Move(motif.via, motif.by)) >= -self._score(before) - _GAIN_CP

    def leg(self, before: Position, move: Move, motif: Motif) -> bool:
        """The horse could take there before and cannot now."""
        strikes = [Move(motif.on[0], target) for target in motif.on[1:]]
        return all(_can(before.passed(), s) and not _can(before.after(move), s) for s in strikes)


def _can(position: Position, move: Move) -> bool:
    """Whether a man could take there, checks and pins aside."""
    try:
        position.exchange_gains(move, 0)
    except ValueError:
        return False
    return True


def _moves_of(position: Position, square: int) -> int:
    return sum(move.from_square == square for move in position.legal_moves())


def _without(position: Position, square: int) -> Position | None:
    board = position.board
    try:
        return Position.from_board(board[:square] + "." + board[square + 1 :], position.side)
    except EngineError:
        return None


JUDGED: Mapping[str, Callable[[Judge, Position, Move, Motif], bool | None]] = {
    "mate": Judge.mate,
    "check": Judge.check,
    "mate-threat": Judge.mate_threat,
    "fork": Judge.fork,
    "pin": Judge.pin,
    "cannon-screen": Judge.screen,
    "discovered-check": Judge.discovered,
    "attacks-hanging": Judge.wins,
    "takes-hanging": Judge.takes,
    "leaves-hanging": Judge.leaves,
    "blocked-leg": Judge.leg,
}
