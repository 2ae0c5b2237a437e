"""Games as text: the Xiangqi form of PGN, with moves in Chinese or ICCS."""

import re
from dataclasses import dataclass, field
from typing import Literal

from engine import notation
from engine.errors import EngineError, PgnError
from engine.game import Game, RuleSet
from engine.position import START_FEN, Position

__all__ = ["MAX_PLIES", "MAX_TEXT", "PgnGame", "read_pgn", "write_pgn"]

MAX_TEXT = 1_000_000
MAX_PLIES = 2000
MAX_TAGS = 64
MAX_VALUE = 400

_RESULTS = {"red-wins": "1-0", "black-wins": "0-1", "draw": "1/2-1/2", "ongoing": "*"}
_ORDER = ("Game", "Event", "Site", "Date", "Round", "Red", "Black", "Result", "FEN", "Format")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_TAG = re.compile(r'\[([A-Za-z][A-Za-z0-9_]{0,39})\s+"([^"\n]*)"\]')
_TOKEN = re.compile(r"\{[^}]*\}|;[^\n]*|\S+")
_NUMBER = re.compile(r"^\d{1,4}\.+")


@dataclass(frozen=True)
class PgnGame:
    """A game with its tags; `tags` leaves out what the game itself says (Game, FEN, Format)."""

    game: Game
    tags: dict[str, str] = field(default_factory=dict)
    result: str = "*"


def _printable(value: str) -> str:
    """A tag's value on one line, without quotation marks."""
    return "".join(" " if not c.isprintable() else c for c in value).replace('"', "'")[:MAX_VALUE]


def write_pgn(
    game: Game,
    tags: dict[str, str] | None = None,
    style: Literal["chinese", "iccs"] = "chinese",
    result: str | None = None,
) -> str:
    """The game as PGN text.

    `tags` are further tags such as Event, Date, Red, Black. `result` ("1-0", "0-1", "1/2-1/2" or
    "*") is the verdict's unless given, as when somebody resigned. Raises PgnError.
    """
    if result is not None and result not in _RESULTS.values():
        raise PgnError(f"the result {result[:20]!r} is none of {', '.join(_RESULTS.values())}")
    result = _RESULTS[game.verdict().state] if result is None else result
    shown = {"Game": "Chinese Chess", "Event": "?", "Date": "????.??.??", "Red": "?", "Black": "?"}
    for name, value in (tags or {}).items():
        if not _NAME.fullmatch(name):
            raise PgnError(f"{name[:40]!r} is no tag's name; letters, digits and _ would be right")
        shown[name] = _printable(value)
    shown["Result"] = result
    shown["Format"] = "Chinese" if style == "chinese" else "ICCS"
    if game.start.fen() != START_FEN:
        shown["FEN"] = game.start.fen()
    names = [name for name in _ORDER if name in shown] + [name for name in shown if name not in _ORDER]
    lines = [f'[{name} "{shown[name]}"]' for name in names] + [""]
    write = notation.to_chinese if style == "chinese" else notation.to_iccs
    position = game.start
    words: list[str] = []
    for ply, move in enumerate(game.moves):
        if position.side == "red":
            words.append(f"{position.fullmove}. {write(position, move)}")
        elif ply == 0:
            words.append(f"{position.fullmove}. ... {write(position, move)}")
        else:
            words[-1] += f" {write(position, move)}"
        position = position.after(move)
    return "\n".join([*lines, *words, result, ""])


def _tags_of(lines: list[str]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        match = _TAG.fullmatch(line.strip())
        if match is None:
            raise PgnError(f'line {number} is no tag; one such as [Red "name"] would be right')
        if len(tags) == MAX_TAGS or len(match[2]) > MAX_VALUE:
            raise PgnError(f"line {number}: at most {MAX_TAGS} tags of {MAX_VALUE} characters are read")
        tags[match[1]] = match[2]
    return tags


def read_pgn(text: str, rules: RuleSet = "wxf") -> PgnGame:
    """Read one game; moves in Chinese, ICCS or WXF, comments in braces or after ";" are skipped.

    The moves are played under `rules`. Raises PgnError naming the line or the ply.
    """
    if len(text) > MAX_TEXT:
        raise PgnError(f"the text has {len(text)} characters; at most {MAX_TEXT} are read")
    text = text.removeprefix("\ufeff")
    lines = text.splitlines()
    head = 0
    while head < len(lines) and (not lines[head].strip() or lines[head].lstrip().startswith("[")):
        head += 1
    tags = _tags_of(lines[:head])
    fen = tags.pop("FEN", START_FEN)
    try:
        game = Game(Position.from_fen(fen), rules)
    except EngineError as error:
        raise PgnError(f"the FEN tag: {error}") from None
    result = tags.pop("Result", "*")
    if result not in _RESULTS.values():
        raise PgnError(f"the Result tag is {result[:20]!r}; {', '.join(_RESULTS.values())} would be right")
    for token in _TOKEN.findall("\n".join(lines[head:])):
        word = _NUMBER.sub("", token, count=1)
        if not word or word[0] in "{;" or word in _RESULTS.values() or set(word) == {"."}:
            continue
        if len(game.moves) == MAX_PLIES:
            raise PgnError(f"there are more than {MAX_PLIES} plies; no more are read")
        _play(game, word)
    for name in ("Game", "Format"):
        tags.pop(name, None)
    return PgnGame(game, tags, result)


def _play(game: Game, word: str) -> None:
    position = game.position
    if not word.isascii():
        read = notation.from_chinese
    elif word[0] in "abcdefghiABCDEFGHI" and len(word.replace("-", "")) == 4 and word.count("-") <= 1:
        read = notation.from_iccs
    else:
        read = notation.from_wxf
    try:
        try:
            move = read(position, word)
        except EngineError:
            # "C2-3" and "A4+5" look like squares to nobody but a parser.
            if read is not notation.from_iccs:
                raise
            move = notation.from_wxf(position, word)
        game.push(move)
    except EngineError as error:
        raise PgnError(f"ply {len(game.moves)}: {error}") from None
