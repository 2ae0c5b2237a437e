"""Plays composed games in front of observer and guard, and counts what they make of every act."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Move, Position
from tools.composed.acts import FRAME_US, Act, ActKind, Table, choose_act
from tools.composed.looks import Look, drawn_look, held_out_fonts, printed_look
from tools.composed.stage import Man, Stage, men_of
from tools.composed.view import look_at_board
from vision.guard import Ask, Guard, Moved, Observation, Unchanged, Wait
from vision.look import BoardFinder, PointReader
from vision.observer import Observer
from vision.reading import SQUARES, Frame, board_to_fen_order
from vision.set_up import shows_set_up

__all__ = ["ACTS_PER_GAME", "ActRecord", "play_game"]

ACTS_PER_GAME = 30
_PATIENCE = 16  # frames after the hand is gone
#: What the guard may say of an act that is no lawful move; any of them names what happened.
_NAMES: dict[ActKind, frozenset[str]] = {
    "takeback": frozenset({"takeback"}),
    "half": frozenset({"half-done"}),
    "illegal": frozenset({"illegal"}),
    "two-moves": frozenset({"two-moves"}),
    "foreign": frozenset({"covered", "unknown-object"}),
    "bump": frozenset({"moved"}),
}
_SHARES: dict[ActKind, float] = {
    "move": 0.42,
    "capture": 0.28,
    "takeback": 0.06,
    "half": 0.06,
    "illegal": 0.04,
    "two-moves": 0.03,
    "bump": 0.02,
    "foreign": 0.03,
    "light": 0.03,
    "wave": 0.03,
}


@dataclass(frozen=True)
class ActRecord:
    """What came of one act. `wrong`: a move was believed that was not made, or not finished, or not
    lawful.
    """

    game: int
    act: int
    look: str
    kind: ActKind
    understood: bool
    wrong: bool
    asked: bool
    said: str
    squares: str

    def as_dict(self) -> dict[str, object]:
        """The record as JSON."""
        return asdict(self)


def play_game(
    game: int,
    *,
    fonts: bool = True,
    acts: int = ACTS_PER_GAME,
    locator: BoardFinder | None = None,
    classifier: PointReader | None = None,
) -> Iterator[ActRecord]:
    """Play composed game number `game`: a new set, table, camera and light each, the same for the same
    number.

    Without `fonts` only the sets that come with the program are used.
    """
    rng = np.random.default_rng([game, 6])
    look = _look(game, rng, fonts=fonts)
    view = look_at_board(
        (800, 600),
        tilt=float(rng.uniform(0, 0.35)),
        azimuth=float(rng.normal(np.pi / 2, 0.15)),
        fill=float(rng.uniform(0.78, 0.92)),
    )
    position = Position.start()
    men = men_of(board_to_fen_order(position.board), rng)
    observer = Observer(locator=locator, classifier=classifier)
    match = _Match(Table(Stage(look, view, game), men, game), observer)
    kinds, shares = list(_SHARES), np.array(list(_SHARES.values()))
    for number in range(acts):
        kind = kinds[int(rng.choice(len(kinds), p=shares))]
        act = choose_act(kind, match.position, rng)
        if act is None:
            act = choose_act("move", match.position, rng)
        if act is None:
            return
        yield match.judge(act, game, number, look.name)


def _look(game: int, rng: np.random.Generator, *, fonts: bool) -> Look:
    if not fonts or game % 3 == 0:
        return printed_look(game)
    return drawn_look(game, held_out_fonts(), height=float(rng.uniform(0.15, 0.3)))


class _Match:
    """One table with its observer and guard, and the clock of their frames."""

    def __init__(self, table: Table, observer: Observer) -> None:
        self._table = table
        self._observer = observer
        self._frame = 0
        self.position = Position.start()
        self._history: list[Position] = []
        self._guard = Guard(self.position, None)
        self._set_up()

    def _set_up(self) -> None:
        """Frames of the table set up, as a robot sees them before a game."""
        for _ in range(_PATIENCE):
            reading = self._observer.look(self._next(self._table.still()))
            if shows_set_up(reading, self.position):
                self._observer.confirm(self.position, reading.frame_hash)
                break
        self._settle(Act("wave"))

    def judge(self, act: Act, game: int, number: int, look: str) -> ActRecord:
        """Perform one act and say what was made of it; afterwards board and guard agree again."""
        before = dict(self._table.men)
        early = [self._offer(image) for image in self._table.perform(act)]
        seen = early + self._settle(act)
        lawful = act.kind in {"move", "capture", "takeback"}
        due = _uci(act) if lawful else ""
        believed = [each.move.uci() for each in seen if isinstance(each, Moved)]
        wrong = any(isinstance(each, Moved) for each in early) or any(move != due for move in believed)
        if lawful:
            understood = not wrong and due in believed
            self._go_on(Move.from_uci(due))
        else:
            understood = not wrong and self._is_named(act, seen)
        if not lawful or act.kind == "takeback":
            back, put_back_wrong = self._put_back(act, before)
            wrong |= put_back_wrong
            understood &= not put_back_wrong and (act.kind != "takeback" or "takeback" in _words(back))
            if act.kind == "takeback":
                self.position = self._history.pop()
                self._guard.reset(self.position, self._history)
                back = self._settle(Act("wave"))
            understood &= isinstance(back[-1], Unchanged)
            seen += back
        if not understood:
            self._begin_again()
        return ActRecord(
            game=game,
            act=number,
            look=look,
            kind=act.kind,
            understood=understood,
            wrong=wrong,
            asked=any(isinstance(each, Ask) for each in seen),
            said=" ".join(dict.fromkeys(_words(seen))),
            squares=" ".join(SQUARES[a] + SQUARES[b] for a, b in act.moves),
        )

    def _put_back(self, act: Act, before: dict[int, Man]) -> tuple[list[Observation], bool]:
        """Let the person undo the act; what was said meanwhile, and whether a move was believed in it."""
        seen = [self._offer(image) for image in self._table.undo(act, before)]
        seen += self._settle(act if act.kind == "takeback" else Act("wave"))
        return seen, any(isinstance(each, Moved) for each in seen)

    def _settle(self, act: Act) -> list[Observation]:
        """Frames of a table nobody touches, until the guard has made up its mind or patience ends."""
        seen: list[Observation] = []
        for _ in range(_PATIENCE):
            seen.append(self._offer(self._table.still()))
            if isinstance(seen[-1], Moved | Ask) or (
                isinstance(seen[-1], Unchanged) and act.kind in {"wave", "light", "bump"} and len(seen) > 3
            ):
                break
        return seen

    def _offer(self, image: NDArray[np.uint8]) -> Observation:
        frame = self._next(image)
        reading = self._observer.look(frame)
        seen = self._guard.offer(reading, frame.t_us)
        match seen:
            case Moved(move):
                self._observer.confirm(self._guard.position.after(move), reading.frame_hash)
            case Unchanged():
                self._observer.confirm(self._guard.position, reading.frame_hash)
        return seen

    def _next(self, image: NDArray[np.uint8]) -> Frame:
        self._frame += 1
        return Frame(image, self._frame * FRAME_US, "composed")

    def _is_named(self, act: Act, seen: list[Observation]) -> bool:
        if act.kind in {"light", "wave"}:
            return isinstance(seen[-1], Unchanged)
        return not _NAMES[act.kind].isdisjoint(_words(seen))

    def _go_on(self, move: Move) -> None:
        self._history.append(self.position)
        self.position = self.position.after(move)
        self._guard.follow(move)

    def _begin_again(self) -> None:
        """After something was not understood: the guard starts afresh from the true position."""
        self._guard.reset(self.position, self._history)
        self._settle(Act("wave"))


def _uci(act: Act) -> str:
    source, target = act.moves[0]
    return SQUARES[source] + SQUARES[target]


def _words(seen: list[Observation]) -> list[str]:
    """The guard's words for what it saw: its reasons for waiting and asking, and the moves it believed."""
    words = []
    for each in seen:
        match each:
            case Moved(move):
                words.append(move.uci())
            case Wait(why):
                words.append(why)
            case Ask(reason):
                words.append(reason)
            case Unchanged():
                words.append("unchanged")
    return words
