"""Constructed games that go in a circle, for comparing judges of repetition.

Few men stand at random. One side's moves are often chosen to check or to attack something anew, the other
side's to save what is attacked; then both go back the way they came, or round a triangle on one line, until
the game is decided. Everything follows from the seed.
"""

import random
from collections.abc import Iterator

from engine import FenError, Game, Move, Position
from engine.squares import FILES, SQUARES

__all__ = ["captures_of", "cyclic_games", "sparse_position"]

MEN = "AABBNNRRCCPPPPPaabbnnrrccppppp"
RED_PALACE = (3, 4, 5, 12, 13, 14)
BLACK_PALACE = (84, 85, 86, 75, 76, 77)
LONGEST_GAME = 40
# How many of the circles without any pressure are kept.
QUIET_SHARE = 0.01


def sparse_position(choose: random.Random) -> Position:
    """A random lawful position with five to thirteen men, so that attacks are open."""
    while True:
        board = ["."] * SQUARES
        board[choose.choice(RED_PALACE)] = "K"
        board[choose.choice(BLACK_PALACE)] = "k"
        for letter in choose.sample(MEN, choose.randrange(3, 12)):
            square = choose.randrange(SQUARES)
            if board[square] == ".":
                board[square] = letter
        try:
            return Position.from_board("".join(board), choose.choice(("red", "black")))
        except FenError:
            continue


def captures_of(position: Position) -> set[Move]:
    """What the side that has just moved could capture if it were to move again; empty when it checks."""
    board = position.board
    try:
        again = Position.from_board(board, "black" if position.side == "red" else "red")
    except FenError:
        return set()
    return {move for move in again.legal_moves() if board[move.to_square] != "."}


def _pressing(position: Position, moves: list[Move], choose: random.Random) -> Move:
    """One of a few random moves that checks or attacks something; else any."""
    sample = choose.sample(moves, min(6, len(moves)))
    for move in sample:
        after = position.after(move)
        if after.is_check or {capture.from_square for capture in captures_of(after)} & {move.to_square}:
            return move
    return sample[0]


def _saving(position: Position, moves: list[Move], choose: random.Random) -> Move:
    """A move of a man that is attacked; else any."""
    attacked = {capture.to_square for capture in captures_of(position)}
    return choose.choice([move for move in moves if move.from_square in attacked] or moves)


def _first_move(position: Position, choose: random.Random, *, presses: bool) -> Move | None:
    board = position.board
    moves = [move for move in position.legal_moves() if board[move.to_square] == "."]
    if not moves:
        return None
    if choose.random() < 0.2:
        return choose.choice(moves)
    return _pressing(position, moves, choose) if presses else _saving(position, moves, choose)


def _corner(first: Move, choose: random.Random) -> int:
    """A third point on the line of a move."""
    if first.from_square % FILES == first.to_square % FILES:
        line = range(first.from_square % FILES, SQUARES, FILES)
    else:
        start = first.from_square // FILES * FILES
        line = range(start, start + FILES)
    return choose.choice([square for square in line if square not in (first.from_square, first.to_square)])


def _round_trip(first: Move, second: Move | None, corner: int | None) -> list[Move]:
    """The moves of one side that lead back to where it started."""
    back = Move(first.to_square, first.from_square)
    if corner is not None:
        return [first, Move(first.to_square, corner), Move(corner, first.from_square)]
    if second is None:
        return [first, back]
    return [first, second, Move(second.to_square, second.from_square), back]


def _attempt(choose: random.Random) -> Game | None:
    """A game decided by a third standing, or None when the circle does not close."""
    start = sparse_position(choose)
    pattern = choose.choice(("to and fro", "to and fro", "to and fro", "triangle", "two steps"))
    position = start
    firsts: list[Move] = []
    for ply in range(4 if pattern == "two steps" else 2):
        move = _first_move(position, choose, presses=ply % 2 == 0)
        if move is None:
            return None
        firsts.append(move)
        position = position.after(move)
    trips = []
    for side in (0, 1):
        second = firsts[side + 2] if pattern == "two steps" else None
        corner = None
        if pattern == "triangle":
            first = firsts[side]
            on_a_line = first.from_square // FILES == first.to_square // FILES or (
                first.from_square % FILES == first.to_square % FILES
            )
            if not on_a_line:
                return None
            corner = _corner(first, choose)
        trips.append(_round_trip(firsts[side], second, corner))
    game = Game(start)
    for ply in range(LONGEST_GAME):
        if game.verdict().state != "ongoing":
            break
        trip = trips[ply % 2]
        move = trip[ply // 2 % len(trip)]
        if not game.position.is_legal(move):
            return None
        game.push(move)
    return game if game.verdict().reason in ("repetition", "perpetual-check", "perpetual-chase") else None


def _somebody_presses(game: Game) -> bool:
    """Whether every move of one side checks or attacks something that was not attacked before it."""
    position = game.start
    pressing = {"red": True, "black": True}
    for move in game.moves[: len(game.moves) // 2]:
        mover = position.side
        if pressing[mover]:
            before = _targets_now(position)
            position = position.after(move)
            attacked = {capture.to_square for capture in captures_of(position)}
            pressing[mover] = position.is_check or bool(attacked - before)
        else:
            position = position.after(move)
    return any(pressing.values())


def _targets_now(position: Position) -> set[int]:
    board = position.board
    return {move.to_square for move in position.legal_moves() if board[move.to_square] != "."}


def cyclic_games(seed: int) -> Iterator[Game]:
    """Endless decided games, the same for the same seed; in most of them somebody presses all the time."""
    choose = random.Random(seed)
    while True:
        game = _attempt(choose)
        if game is not None and (_somebody_presses(game) or choose.random() < QUIET_SHARE):
            yield game
