"""A game: a first position, the moves played, and the referee's verdict."""

from dataclasses import dataclass
from typing import Literal

from engine import _core
from engine.errors import GameOverError, IllegalMoveError
from engine.move import Move
from engine.position import Position, Side, move_number, numbered_move

__all__ = ["REASONS", "Act", "Game", "Offence", "Offender", "Reason", "RuleSet", "State", "Verdict"]

RuleSet = Literal["wxf", "cxa"]
State = Literal["ongoing", "red-wins", "black-wins", "draw"]
Reason = Literal[
    "checkmate",
    "stalemate",
    "perpetual-check",
    "perpetual-chase",
    "repetition",
    "natural-limit",
    "insufficient-material",
    "agreed-draw",
    "resignation",
    "illegal-moves",
]
Offender = Literal["red", "black", "both"]
Act = Literal["check", "chase", "mate-threat"]

# In the order of the core's enumerations.
_STATES: tuple[State, ...] = ("ongoing", "red-wins", "black-wins", "draw")
REASONS: tuple[Reason | None, ...] = (
    None,
    "checkmate",
    "stalemate",
    "perpetual-check",
    "perpetual-chase",
    "repetition",
    "natural-limit",
    "insufficient-material",
)
_ACTS: tuple[Act, ...] = ("check", "chase", "mate-threat")


@dataclass(frozen=True, slots=True)
class Offence:
    """One forbidden move of a repeated stretch.

    `ply` is 0-based. `threats` are moves on the board after it: those that would take the general
    (check) or the chased man (chase), or the one that would mate (mate-threat).
    """

    ply: int
    act: Act
    threats: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a game stands.

    `state` names the winner; `offender` who broke the repetition rules; `offences` are his plies of
    the repeated stretch, in order.
    """

    state: State
    reason: Reason | None
    offender: Offender | None
    offences: tuple[Offence, ...] = ()

    @property
    def offence_plies(self) -> tuple[int, ...]:
        """The 0-based plies with which the offender broke the rules."""
        return tuple(offence.ply for offence in self.offences)


class Game:
    """A game under one set of rules ("wxf" or "cxa", see docs/rules.md).

    >>> game = Game()
    >>> game.push(Move.from_uci("b2e2"))
    >>> game.verdict().state
    'ongoing'
    """

    def __init__(self, start: Position | None = None, rules: RuleSet = "wxf") -> None:
        if rules not in ("wxf", "cxa"):
            raise ValueError(f"there are no rules {rules!r}; 'wxf' or 'cxa' would be right")
        self._start = Position.start() if start is None else start
        self._rules: RuleSet = rules
        self._moves: list[Move] = []
        self._core = _core.Game(self._start._core, rules == "cxa")
        self._verdict: Verdict | None = None
        self._ended: Verdict | None = None  # by the players, not by the board

    @property
    def start(self) -> Position:
        """The position before the first move."""
        return self._start

    @property
    def position(self) -> Position:
        """The position after the last move."""
        return Position(self._core.position())

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moves played."""
        return tuple(self._moves)

    @property
    def rules(self) -> RuleSet:
        """The rule set."""
        return self._rules

    @property
    def core(self) -> _core.Game:
        """The core's game, for the search."""
        return self._core

    def push(self, move: Move) -> None:
        """Play a move. Raises GameOverError once the game is decided, else IllegalMoveError."""
        verdict = self.verdict()
        if verdict.state != "ongoing":
            how = f"{verdict.state}, {verdict.reason}"
            raise GameOverError(f"{move} cannot be played: the game is over ({how})")
        position = self.position
        if not position.is_legal(move):
            raise IllegalMoveError(f"{move} is not legal for {position.side} in {position.fen()}")
        self._core.push(move_number(move))
        self._moves.append(move)
        self._verdict = None

    def pop(self) -> Move:
        """Take the last move back and return it. Raises IllegalMoveError when there is none."""
        if not self._moves:
            raise IllegalMoveError("there is no move to take back; the game stands at its start")
        self._core.pop()
        self._verdict = None
        self._ended = None
        return self._moves.pop()

    def agree_draw(self) -> None:
        """End the game as a draw by agreement. Raises GameOverError."""
        self._end(Verdict("draw", "agreed-draw", None))

    def resign(self, side: Side) -> None:
        """End the game because `side` resigns. Raises GameOverError."""
        self._end(Verdict("black-wins" if side == "red" else "red-wins", "resignation", None))

    def forfeit(self, side: Side) -> None:
        """End the game because `side` made more illegal moves than the place allows. Raises GameOverError."""
        self._end(Verdict("black-wins" if side == "red" else "red-wins", "illegal-moves", side))

    def _end(self, verdict: Verdict) -> None:
        now = self.verdict()
        if now.state != "ongoing":
            raise GameOverError(f"the game is over already ({now.state}, {now.reason})")
        self._ended = verdict

    def verdict(self) -> Verdict:
        """How the game stands now."""
        if self._ended is not None:
            return self._ended
        if self._verdict is None:
            found = self._core.verdict()
            offender: Offender | None = None
            if found.red_offends:
                offender = "both" if found.black_offends else "red"
            elif found.black_offends:
                offender = "black"
            offences = tuple(
                Offence(ply, _ACTS[act], tuple(map(numbered_move, threats)))
                for ply, act, threats in found.offences
            )
            self._verdict = Verdict(_STATES[found.state], REASONS[found.reason], offender, offences)
        return self._verdict
