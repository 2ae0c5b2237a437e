"""What each ply of a repeated stretch does, worked out from legal moves alone.

Written apart from the judge in the core, with nothing but the public engine API, so that it can say where and
why two judges differ.
"""

from dataclasses import dataclass

from engine import Game, Move, Position
from engine.position import Side
from tools.cyclic_games import captures_of

__all__ = ["Attack", "Ply", "repeated_plies"]


@dataclass(frozen=True, slots=True)
class Attack:
    """A capture the mover could make next ply, on the board after its move.

    `had_before`: the same man could have taken the same man before the move, too (the law of checks aside).
    `recaptured`: the opponent could legally take back. `mutual`: the prey could take the hunter.
    """

    capture: Move
    hunter: str
    prey: str
    had_before: bool
    moved_hunter: bool
    recaptured: bool
    mutual: bool


@dataclass(frozen=True, slots=True)
class Ply:
    """One ply of a repeated stretch."""

    number: int
    side: Side
    move: Move
    check: bool
    attacks: tuple[Attack, ...]


def _can_take_on(position: Position, square: int) -> bool:
    return any(move.to_square == square for move in position.legal_moves())


def _attacks(before: Position, move: Move) -> tuple[Attack, ...]:
    after = before.after(move)
    board = after.board
    could = {capture for capture in before.legal_moves() if before.board[capture.to_square] != "."}
    found = []
    for capture in sorted(captures_of(after), key=lambda one: (one.from_square, one.to_square)):
        moved = capture.from_square == move.to_square
        origin = move.from_square if moved else capture.from_square
        taken = Position.from_board(board, before.side).after(capture)
        found.append(
            Attack(
                capture=capture,
                hunter=board[capture.from_square],
                prey=board[capture.to_square],
                had_before=Move(origin, capture.to_square) in could,
                moved_hunter=moved,
                recaptured=_can_take_on(taken, capture.to_square),
                mutual=after.is_legal(Move(capture.to_square, capture.from_square)),
            )
        )
    return tuple(found)


def repeated_plies(game: Game) -> list[Ply]:
    """The plies from the first to the third standing of the game's last position."""
    positions = [game.start]
    for move in game.moves:
        positions.append(positions[-1].after(move))
    standing = [(position.placement(), position.side) for position in positions]
    first = [ply for ply, there in enumerate(standing) if there == standing[-1]][-3]
    return [
        Ply(
            number=ply,
            side=positions[ply].side,
            move=game.moves[ply],
            check=positions[ply + 1].is_check,
            attacks=_attacks(positions[ply], game.moves[ply]),
        )
        for ply in range(first, len(game.moves))
    ]
