"""How people write moves: ICCS, WXF and Chinese; and the ranks 1-10 of other programs.

Files in WXF and Chinese are numbered 1-9 from each player's right. A move is a man, his file, a
direction (forward, back, sideways) and a number: the file of arrival, or, for men that move along
a file, the points travelled. Like men on one file are told apart by front, middle and rear, or by
their number from the front. Advisors and elephants on one file never need it: one of them can only
go forward and the other only back.

Reading accepts a text when exactly one legal move fits it.
"""

from dataclasses import dataclass

from engine.errors import NotationError, SquareError
from engine.move import Move
from engine.position import Position
from engine.squares import FILES, RANKS, parse_square, square_name

__all__ = [
    "from_chinese",
    "from_iccs",
    "from_ten_ranks",
    "from_wxf",
    "to_chinese",
    "to_iccs",
    "to_ten_ranks",
    "to_wxf",
]

_LONGEST = 12

_RED_NAMES = dict(zip("KABNRCP", "帅仕相马车炮兵", strict=True))
_BLACK_NAMES = dict(zip("KABNRCP", "将士象马车炮卒", strict=True))
_CHINESE_KINDS = {
    name: kind
    for kind, names in {
        "K": "帅将帥將",
        "A": "仕士",
        "B": "相象",
        "N": "马馬傌",
        "R": "车車俥",
        "C": "炮砲包",
        "P": "兵卒",
    }.items()
    for name in names
}
_WXF_KINDS = {kind: kind for kind in "KABNRCP"} | {"E": "B", "H": "N", "S": "P"}
_WXF_LETTERS = {"N": "H", "B": "E"}
_CHINESE_DIGITS = "一二三四五六七八九"
_DIGITS = {
    **{str(n): n for n in range(1, 10)},
    **{digit: n for n, digit in enumerate(_CHINESE_DIGITS, 1)},
    **{chr(0xFF10 + n): n for n in range(1, 10)},
}
_CHINESE_DIRECTIONS = {"进": "+", "進": "+", "退": "-", "平": "="}
_WXF_DIRECTIONS = {"+": "+", "-": "-", "=": "=", ".": "="}
_CHINESE_MARKS = {"前": "front", "中": "middle", "后": "rear", "後": "rear"}
_WXF_MARKS = {"+": "front", "-": "rear"}
# Men that change file with every move, so that the last number is a file in all directions.
_SLANTING = "ABN"
_NEVER_MARKED = "KAB"


@dataclass(frozen=True)
class _Description:
    """A move as a player sees it: files from the player's right, ranks from his side."""

    kind: str
    file: int
    place: int  # from the front among like men on the file, 0 is the foremost
    fellows: int  # like men on the file, himself included
    crowded_files: int  # files with two or more men of the kind
    direction: str  # "+", "-" or "="
    number: int


def _own_file(square: int, red: bool) -> int:
    return FILES - square % FILES if red else square % FILES + 1


def _advance(square: int, red: bool) -> int:
    return square // FILES if red else RANKS - 1 - square // FILES


def _describe(position: Position, move: Move) -> _Description:
    board = position.board
    red = position.side == "red"
    letter = board[move.from_square]
    kind = letter.upper()
    file = _own_file(move.from_square, red)
    like = [square for square, other in enumerate(board) if other == letter]
    files = [_own_file(square, red) for square in like]
    here = sorted(
        (square for square, other in zip(like, files, strict=True) if other == file),
        key=lambda square: -_advance(square, red),
    )
    travelled = _advance(move.to_square, red) - _advance(move.from_square, red)
    direction = "+" if travelled > 0 else "-" if travelled < 0 else "="
    to_file = _own_file(move.to_square, red)
    number = to_file if travelled == 0 or kind in _SLANTING else abs(travelled)
    crowded = sum(1 for one in set(files) if files.count(one) > 1)
    return _Description(kind, file, here.index(move.from_square), len(here), crowded, direction, number)


def _legal(position: Position, move: Move) -> Move:
    if not position.is_legal(move):
        raise NotationError(f"{move} is not legal for {position.side} in {position.fen()}")
    return move


@dataclass(frozen=True)
class _Wanted:
    """What a text says of a move; None where it says nothing."""

    kind: str | None
    file: int | None
    mark: str | int | None
    direction: str
    number: int

    def fits(self, move: _Description) -> bool:
        if self.mark is None:
            marked = True
        elif move.fellows < 2:
            marked = False
        elif self.mark == "front":
            marked = move.place == 0
        elif self.mark == "rear":
            marked = move.place == move.fellows - 1
        elif self.mark == "middle":
            marked = move.fellows == 3 and move.place == 1
        else:
            marked = move.place + 1 == self.mark
        return (
            marked
            and (self.kind is None or self.kind == move.kind)
            and (self.file is None or self.file == move.file)
            and (self.direction, self.number) == (move.direction, move.number)
        )


def _find(position: Position, wanted: _Wanted, text: str) -> Move:
    found = [move for move in position.legal_moves() if wanted.fits(_describe(position, move))]
    if len(found) == 1:
        return found[0]
    if found:
        choices = " or ".join(map(str, found))
        raise NotationError(f"{text[:_LONGEST]!r} may be {choices}; say front or rear, or the squares")
    raise NotationError(f"{text[:_LONGEST]!r} is no legal move for {position.side} in {position.fen()}")


def to_iccs(position: Position, move: Move) -> str:
    """ICCS, such as "H2-E2". Raises NotationError when the move is not legal."""
    text = _legal(position, move).uci().upper()
    return f"{text[:2]}-{text[2:]}"


def from_iccs(position: Position, text: str) -> Move:
    """Read "H2-E2" or "h2e2". Raises NotationError."""
    plain = text.strip().replace("-", "", 1).lower()
    try:
        if len(plain) == 4:
            return _legal(position, Move(parse_square(plain[:2]), parse_square(plain[2:])))
    except SquareError:
        pass
    raise NotationError(f"{text[:_LONGEST]!r} is no move in ICCS; one such as 'H2-E2' would be right")


def to_ten_ranks(move: Move) -> str:
    """The move with ranks counted 1-10, as some programs write it: "h3e3", "a10a9"."""
    return "".join(
        f"{square_name(square)[0]}{square // FILES + 1}" for square in (move.from_square, move.to_square)
    )


def from_ten_ranks(text: str) -> Move:
    """Read a move with ranks 1-10. Raises NotationError."""
    second = next((at for at, letter in enumerate(text[:_LONGEST]) if at > 0 and letter in "abcdefghi"), 0)
    squares = []
    for part in (text[:second], text[second:]):
        rank = part[1:]
        if part[:1] in tuple("abcdefghi") and rank in [str(n) for n in range(1, RANKS + 1)]:
            squares.append((int(rank) - 1) * FILES + ord(part[0]) - ord("a"))
    if len(squares) != 2:
        raise NotationError(f"{text[:_LONGEST]!r} is no move with ranks 1-10, such as 'h3e3'")
    return Move(*squares)


def to_wxf(position: Position, move: Move) -> str:
    """WXF, such as "C2=5"; "C+=5" for the front one of two; "25=4" for the second soldier on file 5.

    Raises NotationError when the move is not legal.
    """
    seen = _describe(position, _legal(position, move))
    letter = _WXF_LETTERS.get(seen.kind, seen.kind)
    end = f"{seen.direction}{seen.number}"
    if seen.fellows == 1 or seen.kind in _NEVER_MARKED:
        return f"{letter}{seen.file}{end}"
    if seen.fellows == 2 and seen.crowded_files == 1:
        return f"{letter}{'-' if seen.place else '+'}{end}"
    return f"{seen.place + 1}{seen.file}{end}"


def from_wxf(position: Position, text: str) -> Move:
    """Read WXF; H or N, E or B, P or S, "." for "=", the sign on either side of the letter.

    Raises NotationError.
    """
    plain = text.strip().upper()
    if len(plain) == 4 and plain[2] in _WXF_DIRECTIONS and plain[3] in _DIGITS:
        first, second = plain[0], plain[1]
        direction, number = _WXF_DIRECTIONS[plain[2]], _DIGITS[plain[3]]
        if first in _WXF_MARKS:
            first, second = second, first
        if first in _WXF_KINDS and second in _WXF_MARKS:
            wanted = _Wanted(_WXF_KINDS[first], None, _WXF_MARKS[second], direction, number)
            return _find(position, wanted, text)
        if first in _WXF_KINDS and second in _DIGITS:
            return _find(position, _Wanted(_WXF_KINDS[first], _DIGITS[second], None, direction, number), text)
        if first in _DIGITS and second in _DIGITS:
            return _find(position, _Wanted("P", _DIGITS[second], _DIGITS[first], direction, number), text)
    raise NotationError(f"{text[:_LONGEST]!r} is no move in WXF; one such as 'C2=5' would be right")


def to_chinese(position: Position, move: Move) -> str:
    """Simplified Chinese: "炮二平五" for red, "马8进7" for black, "前车退一", "前五平四".

    Raises NotationError when the move is not legal.
    """
    seen = _describe(position, _legal(position, move))
    red = position.side == "red"

    def digit(n: int) -> str:
        return _CHINESE_DIGITS[n - 1] if red else str(n)

    name = (_RED_NAMES if red else _BLACK_NAMES)[seen.kind]
    end = {"+": "进", "-": "退", "=": "平"}[seen.direction] + digit(seen.number)
    if seen.fellows == 1 or seen.kind in _NEVER_MARKED:
        return f"{name}{digit(seen.file)}{end}"
    marks = {2: "前后", 3: "前中后"}.get(seen.fellows, _CHINESE_DIGITS)
    # Soldiers doubled on two files are told apart by their file instead of their name.
    return f"{marks[seen.place]}{name if seen.crowded_files == 1 else digit(seen.file)}{end}"


def from_chinese(position: Position, text: str) -> Move:
    """Read Chinese notation, simplified or traditional, digits of either kind. Raises NotationError."""
    plain = text.strip()
    if len(plain) == 4 and plain[2] in _CHINESE_DIRECTIONS and plain[3] in _DIGITS:
        first, second = plain[0], plain[1]
        direction, number = _CHINESE_DIRECTIONS[plain[2]], _DIGITS[plain[3]]
        mark = _CHINESE_MARKS.get(first) or _DIGITS.get(first)
        if first in _CHINESE_KINDS and second in _DIGITS:
            kind = _CHINESE_KINDS[first]
            return _find(position, _Wanted(kind, _DIGITS[second], None, direction, number), text)
        if mark is not None and second in _CHINESE_KINDS:
            return _find(position, _Wanted(_CHINESE_KINDS[second], None, mark, direction, number), text)
        if mark is not None and second in _DIGITS:
            return _find(position, _Wanted("P", _DIGITS[second], mark, direction, number), text)
    raise NotationError(f"{text[:_LONGEST]!r} is no Chinese move; one such as '炮二平五' would be right")
