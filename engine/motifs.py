"""The motifs of Xiangqi teaching, found in one move: what it does on the board, in data.

A motif is named only for what is new with the move. Names follow the English of teaching books; the Chinese
terms stand beside them in `MOTIFS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.move import Move
from engine.position import Position
from engine.sight import bearers, bears_on, general, horse_steps, is_red, same_side
from engine.squares import FILES

__all__ = ["MOTIFS", "WORTH_CP", "Motif", "Scene", "find_motifs", "winning_captures"]

WORTH_CP: Mapping[str, int] = {"A": 200, "B": 210, "N": 430, "R": 950, "C": 470, "P": 120, "K": 10_000}
"""Rough values of men, as the core's exchanges use them (`engine/core/evaluate.h`)."""
_GAIN_CP = 150  # what an exchange must bring to count as winning something
_EVEN_CP = 60  # men whose values differ by no more are exchanged, not won
_HEAVY = "RNC"

MOTIFS: Mapping[str, str] = {
    "mate": "将死",
    "check": "将军",
    "double-check": "双将",
    "discovered-check": "抽将",
    "mate-threat": "要杀",
    "fork": "捉双",
    "pin": "牵制",
    "cannon-screen": "炮架",
    "hollow-cannon": "空头炮",
    "elbow-horse": "卧槽马",
    "palace-corner-horse": "挂角马",
    "fishing-horse": "钓鱼马",
    "bare-file": "露将",
    "blocked-leg": "蹩马腿",
    "takes-hanging": "吃无根子",
    "attacks-hanging": "捉无根子",
    "leaves-hanging": "丢子",
    "exchange": "兑子",
    "sacrifice": "弃子",
}


@dataclass(frozen=True, slots=True)
class Motif:
    """`by` is the square of the man that acts, `on` whom it acts upon, `via` a screen, leg or pinned man."""

    kind: str
    by: int
    on: tuple[int, ...] = ()
    via: int | None = None


class Scene:
    """A move with its position before and after."""

    def __init__(self, before: Position, move: Move) -> None:
        self.before = before
        self.move = move
        self.after = before.after(move)
        self.red = before.side == "red"
        self.board_before = before.board
        self.board = self.after.board
        self.source, self.target = move.from_square, move.to_square
        self.man = self.board[self.target].upper()
        self.victim = self.board_before[move.to_square]
        self.general = general(self.board, self.red)
        self.enemy_general = general(self.board, not self.red)
        self.checkers = bearers(self.board, self.enemy_general, self.red)
        self.mates = self.after.is_check and not self.after.legal_moves()
        # The mover's turn once more: what he would do if the enemy did nothing.
        self.again = self.after.passed()

    def own(self, board: str) -> Iterator[int]:
        """Squares of the mover's men."""
        return (s for s, letter in enumerate(board) if letter != "." and is_red(letter) == self.red)

    def enemies(self, board: str) -> Iterator[int]:
        """Squares of the other side's men."""
        return (s for s, letter in enumerate(board) if letter != "." and is_red(letter) != self.red)

    def was(self, square: int) -> int:
        """Where the man that now stands on a square stood before the move."""
        return self.source if square == self.target else square

    def wins(self, hunter: int, prey: int) -> bool:
        """Whether taking gains something, if it were the mover's turn again."""
        return _takes(self.again, hunter, prey, _GAIN_CP)

    def is_new(self, hunter: int, prey: int) -> bool:
        """Whether the man on `hunter` did not bear on `prey` before the move."""
        return prey not in bears_on(self.board_before, self.was(hunter))

    def point(self, name_file: int, rank_from_enemy: int) -> int:
        """A point counted from the enemy's back rank, so that both colours read alike."""
        return (9 - rank_from_enemy if self.red else rank_from_enemy) * FILES + name_file


def _takes(position: Position, hunter: int, prey: int, gain_cp: int) -> bool:
    board = position.board
    if board[prey] == "." or same_side(board[hunter], board[prey]) or board[prey].upper() == "K":
        return False
    return prey in bears_on(board, hunter) and position.exchange_gains(Move(hunter, prey), gain_cp)


def winning_captures(position: Position) -> list[Move]:
    """Captures by the side to move that gain something by exchanges; checks and pins are left aside."""
    board, red = position.board, position.side == "red"
    men = [s for s, letter in enumerate(board) if letter != "." and is_red(letter) == red]
    return [Move(s, t) for s in men for t in bears_on(board, s) if _takes(position, s, t, _GAIN_CP)]


def find_motifs(before: Position, move: Move) -> tuple[Motif, ...]:
    """All motifs of a legal move, in the order of `MOTIFS`. Raises IllegalMoveError."""
    scene = Scene(before, move)
    return tuple(motif for finder in _FINDERS for motif in finder(scene))


def _checks(scene: Scene) -> Iterator[Motif]:
    if not scene.checkers:
        return
    target = (scene.enemy_general,)
    if scene.mates:
        yield Motif("mate", scene.target, target)
    for square in scene.checkers:
        yield Motif("check", square, target)
    if len(scene.checkers) > 1:
        yield Motif("double-check", scene.target, target)
    without = scene.board[: scene.target] + "." + scene.board[scene.target + 1 :]
    for square in scene.checkers:
        # A cannon that checks over the man just moved is another motif: its screen came, no line was opened.
        if square != scene.target and scene.enemy_general in bears_on(without, square):
            yield Motif("discovered-check", square, target, scene.target)


def _mate_threat(scene: Scene) -> Iterator[Motif]:
    if not scene.checkers and scene.again.mates_at_once and not scene.before.mates_at_once:
        yield Motif("mate-threat", scene.target, (scene.enemy_general,))


def _fork(scene: Scene) -> Iterator[Motif]:
    preys = [
        prey
        for prey in bears_on(scene.board, scene.target)
        if not same_side(scene.board[prey], scene.board[scene.target])
        and (
            prey == scene.enemy_general
            or (scene.board[prey].upper() in _HEAVY and scene.wins(scene.target, prey))
        )
    ]
    if len(preys) < 2 or not any(scene.is_new(scene.target, prey) for prey in preys):
        return
    # An attack on two that one reply parries is no fork: whatever is answered, one of them falls.
    for reply in scene.after.legal_moves():
        later = scene.after.after(reply)
        fled = [reply.to_square if prey == reply.from_square else prey for prey in preys]
        mine = later.board[scene.target] == scene.board[scene.target]
        if not mine or not any(_takes(later, scene.target, prey, _GAIN_CP) for prey in fled):
            return
    yield Motif("fork", scene.target, tuple(preys))


def _pins(board: str, red: bool, victim_side_general: int) -> dict[int, int]:
    """Men of the other side that shield their general from a man of `red`, and from whom."""
    found = {}
    for square, letter in enumerate(board):
        if letter == "." or is_red(letter) == red or square == victim_side_general:
            continue
        without = board[:square] + "." + board[square + 1 :]
        exposed = bearers(without, victim_side_general, red)
        fresh = [s for s in exposed if victim_side_general not in bears_on(board, s)]
        if fresh:
            found[square] = fresh[0]
    return found


def _pin(scene: Scene) -> Iterator[Motif]:
    if scene.checkers:
        return
    before = _pins(scene.board_before, scene.red, general(scene.board_before, not scene.red))
    now = _pins(scene.board, scene.red, scene.enemy_general)
    legal = set(scene.after.legal_moves())
    for pinned, pinner in now.items():
        if scene.board[pinned].upper() not in _HEAVY or before.get(pinned) == scene.was(pinner):
            continue
        reach = [t for t in _may_go(scene.board, pinned) if Move(pinned, t) not in legal]
        if reach:
            yield Motif("pin", pinner, (scene.enemy_general,), pinned)


def _may_go(board: str, square: int) -> list[int]:
    """Where a horse, chariot or cannon could go if nothing were pinned."""
    points = bears_on(board, square)
    if board[square].upper() == "C":
        as_chariot = board[:square] + ("R" if is_red(board[square]) else "r") + board[square + 1 :]
        slides = [t for t in bears_on(as_chariot, square) if board[t] == "."]
        return slides + [t for t in points if board[t] != "." and not same_side(board[t], board[square])]
    return [t for t in points if not same_side(board[t], board[square])]


def _cannon_screen(scene: Scene) -> Iterator[Motif]:
    for cannon in scene.own(scene.board):
        if scene.board[cannon].upper() != "C" or cannon == scene.target:
            continue
        for prey in bears_on(scene.board, cannon):
            if same_side(scene.board[prey], scene.board[cannon]) or scene.board[prey] == ".":
                continue
            without = scene.board[: scene.target] + "." + scene.board[scene.target + 1 :]
            served = prey not in bears_on(without, cannon) and scene.is_new(cannon, prey)
            if served and (prey == scene.enemy_general or scene.wins(cannon, prey)):
                yield Motif("cannon-screen", cannon, (prey,), scene.target)


def _hollow_cannon(scene: Scene) -> Iterator[Motif]:
    for cannon in scene.own(scene.board):
        if scene.board[cannon].upper() == "C" and _open_file(scene.board, cannon, scene.enemy_general):
            was = scene.was(cannon)
            before = general(scene.board_before, not scene.red)
            if not _open_file(scene.board_before, was, before):
                yield Motif("hollow-cannon", cannon, (scene.enemy_general,))


def _open_file(board: str, one: int, other: int) -> bool:
    """Whether two points share a file with nothing between them, and are not neighbours."""
    if one % FILES != other % FILES or abs(one - other) <= FILES:
        return False
    low, high = sorted((one, other))
    return all(board[square] == "." for square in range(low + FILES, high, FILES))


# Points counted from the enemy's back rank, and what a horse there must bear on.
_HORSE_POINTS: tuple[tuple[str, tuple[int, ...], int], ...] = (
    ("elbow-horse", (2, 6), 1),
    ("palace-corner-horse", (3, 5), 2),
)


def _horse_points(scene: Scene) -> Iterator[Motif]:
    if scene.man != "N":
        return
    seen = bears_on(scene.board, scene.target)
    centre = scene.point(4, 0)
    for kind, files, rank in _HORSE_POINTS:
        if scene.target in {scene.point(file, rank) for file in files} and centre in seen:
            yield Motif(kind, scene.target, (centre,))
    for file, side in ((2, 3), (6, 5)):
        held = (scene.point(side, 0), scene.point(4, 1))
        near = scene.enemy_general in {scene.point(4, 0), *held}
        if scene.target == scene.point(file, 2) and near and all(point in seen for point in held):
            yield Motif("fishing-horse", scene.target, held)


def _bare_file(scene: Scene) -> Iterator[Motif]:
    """The own general takes a file beside the enemy's from him: he may not step there."""
    now, before = _denied(scene.board, scene.red), _denied(scene.board_before, scene.red)
    if now is not None and now != before:
        yield Motif("bare-file", scene.general, (now,))


def _denied(board: str, red: bool) -> int | None:
    """The point beside the enemy's general that the own general, far away on its open file, denies."""
    own, enemy = general(board, red), general(board, not red)
    if abs(own % FILES - enemy % FILES) != 1:
        return None
    step = enemy // FILES * FILES + own % FILES
    if board[step] != "." and is_red(board[step]) != red:
        return None
    return step if _open_file(board, own, step) else None


def _blocked_leg(scene: Scene) -> Iterator[Motif]:
    for horse in scene.enemies(scene.board):
        if scene.board[horse].upper() != "N" or scene.target not in {leg for _, leg in horse_steps(horse)}:
            continue
        if scene.board_before[scene.target] != ".":
            continue
        lost = [
            target
            for target, leg in horse_steps(horse)
            if leg == scene.target and target in set(scene.own(scene.board_before)) - {scene.source}
        ]
        worth = [t for t in lost if t == scene.general or _takes(scene.before.passed(), horse, t, _GAIN_CP)]
        if worth:
            yield Motif("blocked-leg", scene.target, (horse, *worth), scene.target)


def _captures(scene: Scene) -> Iterator[Motif]:
    back = [reply for reply in scene.after.legal_moves() if reply.to_square == scene.target]
    if scene.victim != ".":
        gain = WORTH_CP[scene.victim.upper()]
        if not back and gain >= _GAIN_CP:
            yield Motif("takes-hanging", scene.target, (scene.target,))
        elif back and abs(gain - WORTH_CP[scene.man]) <= _EVEN_CP:
            yield Motif("exchange", scene.target, (scene.target,))


def _attacks_hanging(scene: Scene) -> Iterator[Motif]:
    if scene.checkers:
        return
    for hunter in scene.own(scene.board):
        for prey in bears_on(scene.board, hunter):
            heavy = scene.board[prey].upper() in _HEAVY
            if heavy and scene.wins(hunter, prey) and scene.is_new(hunter, prey):
                yield Motif("attacks-hanging", hunter, (prey,))


def _gives(scene: Scene) -> Iterator[Motif]:
    """What the enemy may take with gain since this move; on purpose or not is for the search to say."""
    hung = {capture.to_square for capture in winning_captures(scene.before.passed())}
    legal = set(scene.after.legal_moves())
    lost = {capture.to_square: capture for capture in winning_captures(scene.after) if capture in legal}
    paid = WORTH_CP.get(scene.victim.upper(), 0)
    for prey, capture in sorted(lost.items()):
        worth = WORTH_CP[scene.board[prey].upper()]
        if prey in hung and prey != scene.target:
            continue
        if scene.board[prey].upper() in _HEAVY and not (prey == scene.target and paid + _EVEN_CP >= worth):
            yield Motif("leaves-hanging", prey, (prey,), capture.from_square)


_FINDERS: tuple[Callable[[Scene], Iterator[Motif]], ...] = (
    _checks,
    _mate_threat,
    _fork,
    _pin,
    _cannon_screen,
    _hollow_cannon,
    _horse_points,
    _bare_file,
    _blocked_leg,
    _captures,
    _attacks_hanging,
    _gives,
)
