"""The game in the terminal: what is happening, and the board after every move. Plain lines without a tty."""

from collections.abc import Callable, Mapping
from typing import TextIO, cast

from engine import Game
from host.game.requests import Fetch, Park, PutDown, Request, Say, Stopped, Think, Thought, Write
from host.game.state import square_name
from vision.differences import name_of_piece

__all__ = ["Screen", "draw_board"]

_FACES = dict(zip("KABNRCPkabnrcp", "帥仕相傌俥炮兵將士象馬車砲卒", strict=True))
_RED, _BOLD, _DIM, _PLAIN = "\x1b[31m", "\x1b[1m", "\x1b[2m", "\x1b[0m"


def draw_board(board: str, *, colour: bool, glyphs: bool) -> str:
    """90 labels by square index as ten lines, rank 9 on top; wide glyphs or FEN letters."""
    lines = []
    for rank in range(9, -1, -1):
        row = []
        for letter in board[rank * 9 : rank * 9 + 9]:
            if letter == ".":
                row.append("・" if glyphs else ".")
                continue
            face = _FACES[letter] if glyphs else letter
            tint = _RED if letter.isupper() else _BOLD
            row.append(f"{tint}{face}{_PLAIN}" if colour else face)
        lines.append(f"  {rank} " + ("" if glyphs else " ").join(row))
    files = "".join(f"{name} " for name in "abcdefghi")
    return "\n".join([*lines, f"    {files}".rstrip()])


class Screen:
    """A `host.game.ports.Witness` that prints. `now_us` is the world's time, `game` the table's."""

    def __init__(self, out: TextIO, now_us: Callable[[], int], game: Game) -> None:
        self._out = out
        self._now_us = now_us
        self._game = game
        self._tty = out.isatty()
        self._glyphs = (out.encoding or "").lower().replace("-", "") == "utf8"

    def line(self, text: str) -> None:
        """One line with the world's time before it."""
        clock = f"[{self._now_us() / 1e6:7.1f} s]"
        print(f"{_DIM}{clock}{_PLAIN} {text}" if self._tty else f"{clock} {text}", file=self._out, flush=True)

    def note(self, request: Request, answer: object, wall_ms: float) -> None:
        """See `host.game.ports.Witness`."""
        match request:
            case Say(message):
                self.line(f"robot says: {message.text}")
            case Think():
                thought = cast(Thought, answer)
                self.line(f"robot chose {thought.move} in {wall_ms:.0f} ms ({thought.record.get('rule')})")
            case Fetch(carry):
                errand = carry.errand
                where = "the nose" if errand.source is None else square_name(errand.source)
                self._motion(f"lifted the {name_of_piece(errand.piece)} from {where} ({errand.why})", answer)
            case PutDown(carry):
                errand = carry.errand
                where = "in the tray" if errand.target is None else f"on {square_name(errand.target)}"
                self._motion(f"put the {name_of_piece(errand.piece)} {where}", answer)
            case Park():
                self._motion("arm parked", answer)
            case Write("person" | "seen", fields):
                self._turn(request.kind, fields)

    def _motion(self, text: str, answer: object) -> None:
        self.line(f"stopped: {answer.reason}" if isinstance(answer, Stopped) else text)

    def _turn(self, kind: str, fields: Mapping[str, object]) -> None:
        move = str(fields["move"])
        takes = " and takes" if fields["capture"] else ""
        who = "person" if kind == "person" else "robot"
        self.line(f"ply {cast(int, fields['ply']) + 1}: the {who} played {move}{takes}")
        board = list(self._game.position.board)
        source, target = (("abcdefghi".index(move[i])) + 9 * int(move[i + 1]) for i in (0, 2))
        board[target], board[source] = board[source], "."
        drawn = draw_board("".join(board), colour=self._tty, glyphs=self._glyphs)
        print(drawn, file=self._out, flush=True)
