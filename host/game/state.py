"""What a journal says about its game: the position, and a move that was intended but not yet seen done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from engine import EngineError, Game, Move, Position
from engine.position import Side
from host.game.errors import JournalError
from vision.reading import board_to_fen_order, placement_field

__all__ = ["Considered", "Pending", "Standing", "placement_of", "replay", "square_index", "square_name"]


def square_name(square: int) -> str:
    """Square index (rank * 9 + file) → `a0` .. `i9`."""
    return f"{'abcdefghi'[square % 9]}{square // 9}"


def square_index(name: str) -> int:
    """`a0` .. `i9` → square index."""
    return int(name[1]) * 9 + "abcdefghi".index(name[0])


def placement_of(board: str) -> str:
    """The FEN placement field of 90 labels by square index (no `?` among them)."""
    field_text = placement_field(board_to_fen_order(board))
    assert field_text is not None
    return field_text


class Considered(NamedTuple):
    """What the robot thought of the game at one of its moves: hundredths as it saw them."""

    round_number: int
    score: int
    quiet_plies: int


@dataclass
class Pending:
    """A robot's move on its way: intended, perhaps begun, not yet seen done.

    `before` is the board by square index; `touched` are squares of neighbours picked up in this turn.
    """

    move: str
    before: str
    source: int
    target: int
    touched: tuple[int, ...] = ()


@dataclass
class Standing:
    """Where the game stands: `game` and the positions before, plies played, tray slots used, the pending
    move, the piece last lifted and not put down (letter, square it came from), the end if it came.

    `considered` are the robot's thoughts so far, `offered`: it offered a draw with its last move and the
    person has neither answered nor moved; `illegal` counts the person's moves that were none.
    """

    game: Game
    ply: int = 0
    tray_used: int = 0
    pending: Pending | None = None
    ended: Mapping[str, object] | None = None
    moves: list[str] = field(default_factory=list)
    history: list[Position] = field(default_factory=list)
    carried: tuple[str, int | None] | None = None
    considered: list[Considered] = field(default_factory=list)
    offered: bool = False
    illegal: int = 0

    def push(self, move: str) -> None:
        """The move now stands on the board."""
        self.history.append(self.game.position)
        self.game.push(Move.from_uci(move))
        self.moves.append(move)
        self.ply += 1
        self.pending = self.carried = None

    def consider(self, think: Mapping[str, object]) -> Considered | None:
        """Keep what the robot thought of the position; None for a move of the book, which has no opinion."""
        score = think.get("score")
        if think.get("book") or not isinstance(score, int):
            return None
        position = self.game.position
        self.considered.append(Considered(position.fullmove, score, position.halfmove_clock))
        return self.considered[-1]

    def settle_draw(self, agreed: bool) -> None:
        """An offer was answered."""
        self.offered = False
        if agreed:
            self.game.agree_draw()

    def intend(self, move: str, offers: bool = False) -> Pending:
        """The robot has decided on `move`, perhaps with the offer of a draw."""
        self.offered = offers
        source, target = square_index(move[:2]), square_index(move[2:4])
        self.pending = Pending(move, self.game.position.board, source, target)
        return self.pending

    def lifted(self, piece: str, source: int | None, why: str) -> None:
        """A piece was lifted from `source`."""
        self.carried = (piece, source)
        if why == "straighten" and source is not None and self.pending is not None:
            self.pending.touched += (source,)

    def placed(self, in_tray: bool) -> None:
        """The lifted piece was put down."""
        self.carried = None
        self.tray_used += in_tray


def replay(entries: Sequence[Mapping[str, object]], path: Path) -> Standing:
    """The standing after all `entries` of a journal; `path` is for messages.

    Raises `JournalError`, naming the line, when the lines do not make a game.
    """
    if not entries:
        raise JournalError(f"{path}, line 1: the journal is empty, so there is no game to go on with")
    try:
        standing = Standing(Game(Position.from_fen(str(entries[0]["fen"]))))
    except ValueError as error:
        raise JournalError(f"{path}, line 1: {error}") from error
    robot: Side = "red" if entries[0].get("robot") == "red" else "black"
    for number, entry in enumerate(entries[1:], start=2):
        where = f"{path}, line {number}"
        if standing.ended is not None:
            raise JournalError(f"{where}: a line after the end of the game")
        if entry.get("ply", standing.ply) != standing.ply:
            raise JournalError(f"{where}: ply {entry['ply']} where ply {standing.ply} should stand")
        try:
            _apply(standing, entry, robot)
        except (EngineError, ValueError, IndexError) as error:
            raise JournalError(f"{where}: {error}") from error
    return standing


def _colour(robot: Side, entry: Mapping[str, object]) -> Side:
    """The colour of who did it."""
    if entry["by"] not in {"robot", "person"}:
        raise ValueError(f"by is {entry['by']!r}; robot or person would be right")
    return robot if entry["by"] == "robot" else "black" if robot == "red" else "red"


def _apply(standing: Standing, entry: Mapping[str, object], robot: Side) -> None:
    match entry["kind"]:
        case "intent":
            think = entry.get("think")
            standing.consider(think if isinstance(think, dict) else {})
            standing.intend(_legal(standing, entry), entry.get("act") == "offer-draw")
        case "lifted":
            source = str(entry["source"])
            origin = None if source == "nose" else square_index(source)
            standing.lifted(str(entry["piece"]), origin, str(entry.get("why")))
        case "placed":
            standing.placed(str(entry["target"]).startswith("tray"))
        case "person":
            standing.offered = False
            standing.push(_legal(standing, entry))
        case "seen":
            standing.push(_legal(standing, entry))
        case "draw":
            standing.settle_draw(entry["accepted"] is True)
        case "resign":
            standing.game.resign(_colour(robot, entry))
        case "illegal":
            standing.illegal += 1
            if entry["loses"] is True:
                standing.game.forfeit("black" if robot == "red" else "red")
        case "end":
            standing.ended = entry


def _legal(standing: Standing, entry: Mapping[str, object]) -> str:
    move = str(entry["move"])
    if move not in {legal.uci() for legal in standing.game.position.legal_moves()}:
        raise ValueError(f"{move} is not a legal move at ply {standing.ply}")
    return move
