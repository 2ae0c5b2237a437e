"""What the robot says at the table: what happened, what it did about it, what to do now. Nobody is blamed."""

from collections.abc import Callable, Sequence

from host.link.advice import advice
from safety import reasons
from vision.differences import differences_between
from vision.reading import board_to_fen_order

__all__ = [
    "COVERED",
    "I_ACCEPT",
    "I_OFFER_A_DRAW",
    "I_PLAY_ON",
    "I_RESIGN",
    "NO_OFFER",
    "PRESS_GO",
    "RESUMED",
    "YOUR_TURN",
    "Sentence",
    "game_over",
    "restore",
    "set_up",
    "stopped",
]

Sentence = Callable[[str, str], str]
"""A sentence from what is seen and what should stand there (90 labels each, by square index)."""

YOUR_TURN = "It is your turn."
PRESS_GO = "I have looked at the board. Please press the go button when I may move."
COVERED = "Something covers the board, so I am waiting. Please clear it when you are ready."
RESUMED = "The power was away. I looked at the board and go on where we were."
I_OFFER_A_DRAW = "I offer a draw. Say yes if you agree, or simply play on."
I_ACCEPT = "I accept the draw."
I_PLAY_ON = "Thank you for the offer. I would like to play on."
I_RESIGN = "I see no way to hold this position, so I resign."
NO_OFFER = "No draw is offered at the moment. You may offer one, or play on."

_MOST_NAMED = 3

_REASONS = {text: number for number, text in reasons.TEXTS.items()}
_REASONS_SPOKEN = {
    "agreed-draw": "agreed between us",
    "resignation": "by resignation",
    "illegal-moves": "by the rule of this place about illegal moves",
    "perpetual-check": "by perpetual check",
    "perpetual-chase": "by perpetual chase",
    "repetition": "the position came back",
    "natural-limit": "too long without a capture",
    "insufficient-material": "nobody can win any more",
}
_RESULTS = {"red-wins": "Red has won", "black-wins": "Black has won", "draw": "The game is a draw"}


def set_up(seen: str, goal: str) -> str:
    """Name what is missing before the start."""
    return f"Before we start: {_named(seen, goal)}. Please put it right; I am watching."


def restore(seen: str, goal: str) -> str:
    """Name what differs during the game."""
    return f"The board is not as I expected: {_named(seen, goal)}. I am waiting; please put it right."


def stopped(reason: str, held: bool) -> str:
    """What a stop is about and what ends it; `reason` is a text of `safety.reasons`."""
    told = advice(_REASONS.get(reason, reasons.INTERNAL))
    carried = " I am still holding a piece and will put it down when I go on." if held else ""
    return f"{told.happened}{carried} {told.do_now}"


def game_over(result: str, reason: str, robot: str) -> str:
    """The last words of a game."""
    if result not in _RESULTS:
        return f"We stop here ({reason}). Thank you for the game!"
    winner = result.removesuffix("-wins")
    thanks = "Well played! Thank you for the game." if winner != robot else "Thank you for the game!"
    return f"{_RESULTS[result]} ({_REASONS_SPOKEN.get(reason, reason)}). {thanks}"


def _named(seen: str, goal: str) -> str:
    found = differences_between(tuple(board_to_fen_order(seen)), tuple(board_to_fen_order(goal)))
    return _some([difference.message for difference in found])


def _some(sentences: Sequence[str]) -> str:
    named = "; ".join(sentences[:_MOST_NAMED])
    more = len(sentences) - _MOST_NAMED
    return f"{named}; and {more} more" if more > 0 else named
