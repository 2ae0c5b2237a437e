"""The firewall between seeing and believing: a reading enters the game only if it follows from it.

Sans-I/O: readings and times go in, observations come out. A move is reported only if the reading equals
the position after exactly one legal move of the person, at every point, clearly more likely than any
other, in two looks some time apart. Everything else is waited out, and then asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Move, Position
from engine.position import Side
from vision.differences import name_of_piece
from vision.explain import Anomaly, Seen, explain
from vision.reading import LABELS, SQUARES, Reading, board_to_fen_order

__all__ = [
    "Ask",
    "Guard",
    "GuardLimits",
    "Mismatch",
    "Moved",
    "Observation",
    "Unchanged",
    "Verified",
    "Wait",
    "unfit_words",
]


@dataclass(frozen=True)
class Unchanged:
    """The board shows the position of the game."""


@dataclass(frozen=True)
class Moved:
    """The person played this legal move; `confidence` (0..1) against every other explanation."""

    move: Move
    confidence: float


@dataclass(frozen=True)
class Wait:
    """Nothing to decide yet: look again. `why` is a short fixed word, `squares` where."""

    why: str
    squares: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """The board stays unexplained: ask the person, with a message for them."""

    reason: str
    squares: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Verified:
    """Every point shows what it should; `confidence` is that of the least sure point."""

    confidence: float


@dataclass(frozen=True)
class Mismatch:
    """Points that show something else than expected, and points that cannot be seen."""

    squares: tuple[str, ...]
    unseen: tuple[str, ...]


Observation = Unchanged | Moved | Wait | Ask


@dataclass(frozen=True)
class GuardLimits:
    """Where the guard draws its lines; likelihoods in nats, lengths in cells.

    `settle_us`: a move is believed after it was seen this long; `ask_after_us`: something unexplained is
    asked about after this long, and what looks different each time after `restless_us`.
    `point_surprise` and `board_surprise`: how much likelier another label may look at one point, and all
    such doubt together. `margin`: how much likelier the move must be than the
    next explanation. `sure`: least confidence of the two points of a move. `centred`: how far from its point
    a moved piece may stand. `bump`: common shift of all pieces that means that the board was moved.
    """

    settle_us: int = 400_000
    ask_after_us: int = 1_500_000
    restless_us: int = 15_000_000
    point_surprise: float = 2.0
    board_surprise: float = 6.0
    margin: float = 4.0
    sure: float = 0.8
    centred: float = 0.45
    bump: float = 0.3
    residual: float = 0.25


@dataclass
class _Standing:
    """What has been seen without a break: since when, how often, and the last look that counted."""

    key: object
    since_us: int
    looks: int
    last_us: int
    last_hash: str


_UNFIT = {
    "moved": "The board seems to have moved. I am finding it again; please hold it still.",
    "mirrored": "The picture is mirrored, so I did not act on it. Please turn off mirroring in the camera.",
    "ambiguous-orientation": "I cannot tell which side is red's, so I did not act. Please check the set-up.",
    "cut-off": "Part of the board is outside the picture, so I did not act. Please move it into view.",
    "too-dark": "It is too dark to see the pieces, so I am waiting. Please give me more light.",
    "glare": "A light is reflected in the board, so I am waiting. Please turn the lamp a little.",
    "blurred": "The picture is blurred, so I am waiting. Please check that the camera is clean and still.",
    "not-xiangqi": "I cannot find the board, so I am waiting. Please put it under the camera.",
    "covered": "Something covers the board, so I am waiting. Please clear it when you are ready.",
    "no-board": "I cannot find the board, so I am waiting. Please put it under the camera.",
}
_STOPS_READING = {"moved", "mirrored", "ambiguous-orientation", "cut-off", "not-xiangqi"}


def unfit_words(reading: Reading) -> str | None:
    """What to say to a person about a picture of which no man can be told rightly; None for a better one."""
    if reading.verdict in {"no-board", "wait"}:
        return _UNFIT[reading.reason or ("no-board" if reading.verdict == "no-board" else "covered")]
    return _UNFIT[reading.reason] if reading.reason in {"mirrored", "cut-off"} else None


class Guard:
    """Watches one game. Feed it every reading; tell it with `follow` or `reset` what the game became.

    `robot_side` is the side (as in `Position.side`) whose moves the robot makes itself, so that no move of it
    is ever reported as the person's; None if people play both sides.
    """

    def __init__(
        self,
        game_position: Position,
        robot_side: Side | None,
        *,
        history: Sequence[Position] = (),
        limits: GuardLimits | None = None,
    ) -> None:
        self._limits = limits or GuardLimits()
        self._robot_side = robot_side
        self._history = list(history)
        self._standing: _Standing | None = None
        self._restless_since_us: int | None = None
        self._set(game_position)

    @property
    def position(self) -> Position:
        """The position the guard holds the game to be in."""
        return self._position

    def follow(self, move: Move) -> None:
        """The game accepted `move` (the person's or the robot's own)."""
        self._history.append(self._position)
        self._set(self._position.after(move))

    def reset(self, position: Position, history: Sequence[Position] = ()) -> None:
        """The game is now in `position` (after a takeback, or a new game)."""
        self._history = list(history)
        self._set(position)

    def _set(self, position: Position) -> None:
        self._position = position
        self._standing = None
        self._restless_since_us = None
        self._expected = board_to_fen_order(position.board)
        self._moves: list[tuple[Move, str]] = []
        if position.side != self._robot_side:
            self._moves = [(m, board_to_fen_order(position.after(m).board)) for m in position.legal_moves()]
        boards = [self._expected, *(board for _, board in self._moves)]
        self._columns = np.array([_columns(board) for board in boards])

    def offer(self, reading: Reading, t_us: int) -> Observation:
        """Judge one reading taken at `t_us` (microseconds, not decreasing)."""
        unfit = self._unfit(reading)
        if unfit is not None:
            unclear = tuple(p.square for p in reading.points if p.label == "?")
            squares = unclear if reading.verdict == "wait" else ()
            return self._wait_then_ask(reading, t_us, Anomaly(unfit, unfit, squares, _UNFIT[unfit]))
        scores = _Scores(reading)
        best = self._best(scores)
        if best is not None:
            move, board, confidence = best
            if move is None:
                self._standing = None
                self._restless_since_us = None
                return Unchanged()
            return self._settle(reading, scores, t_us, move, board, confidence)
        seen = self._seen(reading, scores)
        return self._wait_then_ask(reading, t_us, explain(self._position, self._history, seen))

    def verify(self, reading: Reading, expected: Position) -> Verified | Mismatch:
        """Whether one reading shows `expected` at every point (the check after a move of the robot)."""
        if self._unfit(reading) is not None and reading.verdict != "wait":
            return Mismatch((), SQUARES)
        scores = _Scores(reading)
        board = board_to_fen_order(expected.board)
        bad = scores.contradicts(board, self._limits.point_surprise)
        if not bad.any() and reading.verdict != "wait":
            return Verified(float(np.exp(-scores.surprise(board).max())))
        points = np.flatnonzero(bad)
        unseen = tuple(SQUARES[p] for p in points if scores.labels[p] == "?")
        wrong = tuple(SQUARES[p] for p in points if scores.labels[p] != "?")
        return Mismatch(wrong, unseen)

    def _unfit(self, reading: Reading) -> str | None:
        """Why a reading says nothing about the game, or None."""
        if reading.verdict == "no-board":
            return reading.reason or "no-board"
        if reading.verdict == "wait":
            return reading.reason or "covered"
        if reading.reason in _STOPS_READING:
            return reading.reason
        shifts = np.array(list(reading.offsets.values()), dtype=np.float64)
        if reading.residual_cells > self._limits.residual:
            return "moved"
        if len(shifts) >= 4 and np.linalg.norm(np.median(shifts, axis=0)) > self._limits.bump:
            return "moved"
        return None

    def _best(self, scores: "_Scores") -> tuple[Move | None, str, float] | None:
        """The explanation that fits every point and beats all others by the margin.

        Returns (move, board, confidence) or None. The move is None where the board is unchanged.
        """
        boards: list[tuple[Move | None, str]] = [(None, self._expected), *self._moves]
        surprise = scores.below_best[np.arange(len(SQUARES)), self._columns].sum(axis=1)
        order = np.argsort(surprise, kind="stable")
        move, board = boards[order[0]]
        if scores.contradicts(board, self._limits.point_surprise).any():
            return None
        best = float(surprise[order[0]])
        if best > self._limits.board_surprise:
            return None
        if len(order) > 1 and surprise[order[1]] - best < self._limits.margin:
            return None
        posterior = 1 / float(np.exp(best - surprise).sum())
        return move, board, posterior

    def _settle(
        self, reading: Reading, scores: "_Scores", t_us: int, move: Move, board: str, confidence: float
    ) -> Observation:
        """A legal move fits: believe it if its points are sure, its piece is well placed, and it stays."""
        points = [p for p in range(len(SQUARES)) if board[p] != self._expected[p]]
        squares = tuple(SQUARES[p] for p in points)
        least = min(float(scores.confidence[p]) for p in points)
        if least < self._limits.sure or any(scores.labels[p] != board[p] for p in points):
            message = f"I am not sure what stands on {' and '.join(squares)}. Please centre the piece."
            return self._wait_then_ask(reading, t_us, Anomaly("unsure", "unsure", squares, message))
        target = next(SQUARES[p] for p in points if board[p] != ".")
        offset = reading.offsets.get(target, (0.0, 0.0))
        if float(np.hypot(*offset)) > self._limits.centred:
            name = name_of_piece(board[SQUARES.index(target)])
            message = f"The {name} near {target} stands between points. Please move it onto its point."
            return self._wait_then_ask(reading, t_us, Anomaly("off-point", "off-point", (target,), message))
        standing = self._look(reading, t_us, ("move", move.uci()))
        if standing.looks >= 2 and t_us - standing.since_us >= self._limits.settle_us:
            return Moved(move, min(confidence, least))
        return Wait("settling", squares)

    def _wait_then_ask(self, reading: Reading, t_us: int, anomaly: Anomaly) -> Observation:
        standing = self._look(reading, t_us, (anomaly.reason, anomaly.squares))
        if self._restless_since_us is None or t_us < self._restless_since_us:
            self._restless_since_us = t_us
        if t_us - self._restless_since_us >= self._limits.restless_us:
            return Ask(anomaly.reason, anomaly.squares, anomaly.message)
        if standing.looks >= 2 and t_us - standing.since_us >= self._limits.ask_after_us:
            return Ask(anomaly.reason, anomaly.squares, anomaly.message)
        return Wait(anomaly.while_waiting, anomaly.squares)

    def _look(self, reading: Reading, t_us: int, key: object) -> _Standing:
        """Count a look at the same thing. The same frame offered twice at one time is one look."""
        standing = self._standing
        if standing is None or standing.key != key or t_us < standing.last_us:
            standing = _Standing(key, t_us, 1, t_us, reading.frame_hash)
        elif t_us > standing.last_us or reading.frame_hash != standing.last_hash:
            standing.looks += 1
            standing.last_us, standing.last_hash = t_us, reading.frame_hash
        self._standing = standing
        return standing

    def _seen(self, reading: Reading, scores: "_Scores") -> Seen:
        """The board as read, where a point that may well carry what it should is taken to carry it.

        A man where no law lets him stand reads `?`; to name what happened, the picture's own word for it
        counts, and what is known besides.
        """
        bad = scores.contradicts(self._expected, self._limits.point_surprise)
        # Told as it should be, and yet it looks otherwise: that is a thing that cannot be told.
        doubtful = bad & (np.array(scores.labels) == np.array(list(self._expected)))
        told = ["?" if doubt else label for label, doubt in zip(scores.labels, doubtful, strict=True)]
        for point, label in enumerate(tuple(told)):
            raw, likeliest = reading.raw[point], LABELS[scores.likeliest[point]]
            words = [(raw.label, raw.confidence), (likeliest, scores.share[point])]
            for word, sure in words if label == "?" else ():
                # What would show nothing amiss names nothing: then it stays a thing that cannot be told.
                if told[point] == "?" and sure >= self._limits.sure and word != self._expected[point]:
                    told[point] = word
        labels = "".join(told[p] if bad[p] else self._expected[p] for p in range(len(SQUARES)))
        return Seen(labels, self._expected, tuple(SQUARES[p] for p in np.flatnonzero(bad)))


class _Scores:
    """A reading as log-likelihoods: how surprising any board would be, point by point."""

    def __init__(self, reading: Reading) -> None:
        logp = reading.label_scores()
        self.labels = reading.labels
        self.confidence: NDArray[np.float64] = np.array([point.confidence for point in reading.points])
        self.likeliest = logp.argmax(axis=1)
        self.share = np.exp(logp.max(axis=1) - np.logaddexp.reduce(logp, axis=1))
        self.below_best = logp.max(axis=1, keepdims=True) - logp

    def surprise(self, board: str) -> NDArray[np.float64]:
        """Nats (90,) by which each point's best label beats the one of `board` (90 labels in FEN order)."""
        result: NDArray[np.float64] = self.below_best[np.arange(len(SQUARES)), _columns(board)]
        return result

    def contradicts(self, board: str, limit: float) -> NDArray[np.bool_]:
        """Points (90,) bool that were read as something else, or look too unlike what `board` has there."""
        other = np.array([seen not in {wanted, "?"} for seen, wanted in zip(self.labels, board, strict=True)])
        result: NDArray[np.bool_] = other | (self.surprise(board) > limit)
        return result


def _columns(board: str) -> list[int]:
    return [LABELS.index(label) for label in board]
