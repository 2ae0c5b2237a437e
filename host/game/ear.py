"""What a person types to the game at the terminal: the plainest of ears."""

import select
from typing import TextIO

from host.game.requests import Wish

__all__ = ["WORDS", "TypedWords"]

WORDS: dict[str, Wish] = {
    "draw": "offer-draw",
    "和": "offer-draw",
    "yes": "accept-draw",
    "是": "accept-draw",
    "no": "decline-draw",
    "不": "decline-draw",
    "resign": "resign",
    "认输": "resign",
    "認輸": "resign",
}
"""What may be typed, a word a line."""

_MOST_LINES = 16


class TypedWords:
    """An `Ear` at a terminal. Other lines mean nothing; without a terminal nobody can type."""

    def __init__(self, lines: TextIO) -> None:
        self._lines = lines
        self._open = lines.isatty()

    def hear(self) -> Wish | None:
        """The next word that means something; never waits for one."""
        for _ in range(_MOST_LINES):
            if not self._open or not select.select([self._lines], [], [], 0.0)[0]:
                return None
            line = self._lines.readline()
            self._open = line != ""
            wish = WORDS.get(line.strip().lower())
            if wish is not None:
                return wish
        return None
