"""Why a move: what it does, threatens and parries, and how it compares, in data that a coach can speak from.

Nothing here is a sentence. Scores are centipawns for the side that moves; squares are indices.
"""

from dataclasses import dataclass, replace

from engine.errors import IllegalMoveError
from engine.game import Game
from engine.motifs import WORTH_CP, Motif, find_motifs, winning_captures
from engine.move import Move
from engine.net import Judge
from engine.position import Position
from engine.search import Engine, Limits, mate_in_moves

__all__ = ["Capture", "Explanation", "Line", "Sureness", "Threat", "explain"]

DEFAULT_NODES = 60_000
_SWING_PLIES = 12
_SACRIFICE_CP = 150
_PATIENCE = (16, 4, 1)  # sureness compares searches of these fractions of the nodes


@dataclass(frozen=True, slots=True)
class Capture:
    """A man taken on a line: at which ply of it (0 is the move itself), the letter, and where."""

    ply: int
    man: str
    square: int


@dataclass(frozen=True, slots=True)
class Line:
    """A move and what is expected to follow.

    `swing_cp` is the material won less lost along `moves`, as far as captures follow one another or come
    within 12 plies; `captures` are those counted. `mate` is in moves, negative when the mover is mated.
    """

    moves: tuple[Move, ...]
    score_cp: int
    mate: int | None
    swing_cp: int
    captures: tuple[Capture, ...]
    motifs: tuple[Motif, ...]

    @property
    def move(self) -> Move:
        """The first move."""
        return self.moves[0]


@dataclass(frozen=True, slots=True)
class Threat:
    """`kind` "check", "mate" (the mating move is not named) or "capture" with the capture and its prey."""

    kind: str
    move: Move | None
    man: str | None


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure the search is: made moves and plies of its longest look, by how much the best move leads the
    second (None: there is no second), and in how many of `looks` ever longer looks the best one was the same.
    """

    nodes: int
    depth: int
    margin_cp: int | None
    agreeing: int
    looks: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One move explained.

    `played` is the line of the move asked about, `best` of the best move (the same line when they agree),
    `other` the best line that starts differently from `played`. `threatens` is what would follow if the
    opponent passed; `parries` is what he threatened and no longer does, `still_threatened` what he still
    does. `forced` says that there was no other legal move; `loss_cp` is how much better the best move is.
    """

    played: Line
    best: Line
    other: Line | None
    loss_cp: int
    threatens: tuple[Threat, ...]
    parries: tuple[Threat, ...]
    still_threatened: tuple[Threat, ...]
    forced: bool
    sureness: Sureness


def explain(
    game: Game | Position, move: Move, nodes: int = DEFAULT_NODES, net: Judge = None
) -> Explanation:
    """Explain a legal move in a game (or a position without a past), with about 3 x `nodes` made moves.

    Deterministic. Raises IllegalMoveError, and LimitsError for senseless nodes.
    """
    if isinstance(game, Position):
        game = Game(game)
    position = game.position
    if not position.is_legal(move):
        raise IllegalMoveError(f"{move} is not legal for {position.side} in {position.fen()}")
    engine = Engine(hash_mb=8, net=net)
    looks = []
    for part in _PATIENCE:
        engine.new_game()
        looks.append(engine.search(game, Limits(nodes=max(1, nodes // part), candidates=2)))
    whole = looks[-1]
    lines = [_line(position, moves, score) for moves, score in whole.lines]
    best = lines[0]
    second = lines[1] if len(lines) > 1 else None
    played = next((line for line in lines if line.move == move), None)
    if played is None:
        engine.new_game()
        alone = engine.search(game, Limits(nodes=nodes, only=(move,)))
        played = _line(position, alone.lines[0][0], alone.score_cp)
    agreeing = sum(look.move == best.move for look in looks)
    margin = None if second is None else best.score_cp - second.score_cp
    threatens, parries, still = _threats(position, move)
    return Explanation(
        played=_with_sacrifice(position, played, best),
        best=best,
        other=best if played.move != best.move else second,
        loss_cp=max(0, best.score_cp - played.score_cp),
        threatens=threatens,
        parries=parries,
        still_threatened=still,
        forced=len(position.legal_moves()) == 1,
        sureness=Sureness(whole.nodes, whole.depth, margin, agreeing, len(looks)),
    )


def _line(position: Position, moves: tuple[Move, ...], score: int) -> Line:
    captures = _captures(position, moves)
    own = position.side == "red"
    swing = sum(WORTH_CP[c.man.upper()] * (-1 if c.man.isupper() == own else 1) for c in captures)
    motifs = find_motifs(position, moves[0])
    return Line(moves, score, mate_in_moves(score), swing, captures, motifs)


def _captures(position: Position, moves: tuple[Move, ...]) -> tuple[Capture, ...]:
    found: list[Capture] = []
    for ply, move in enumerate(moves):
        man = position.board[move.to_square]
        # Beyond the first plies only an exchange that is under way still belongs to the move.
        if ply >= _SWING_PLIES and (man == "." or not found or found[-1].ply != ply - 1):
            break
        if man != ".":
            found.append(Capture(ply, man, move.to_square))
        position = position.after(move)
    return tuple(found)


def _with_sacrifice(position: Position, played: Line, best: Line) -> Line:
    """A man given away while the score is as good as the best move's is a sacrifice, not an oversight."""
    given = [motif for motif in played.motifs if motif.kind == "leaves-hanging"]
    if not given or best.score_cp - played.score_cp > _SACRIFICE_CP:
        return played
    own = position.side == "red"
    lost = {c.square for c in played.captures if c.ply == 1 and c.man.isupper() == own}
    taken = [motif for motif in given if motif.by in lost]
    if not taken:
        return played
    return replace(played, motifs=(*played.motifs, Motif("sacrifice", taken[0].by, taken[0].on)))


def _pending(position: Position) -> tuple[frozenset[tuple[int, str]], bool, dict[tuple[int, str], Move]]:
    """What the side to move could win by a capture: the preys, whether it could mate, and how."""
    board = position.board
    captures: dict[tuple[int, str], Move] = {}
    legal = set(position.legal_moves())
    for capture in winning_captures(position):
        if capture in legal:
            captures.setdefault((capture.to_square, board[capture.to_square]), capture)
    return frozenset(captures), position.mates_at_once, captures


def _threats(
    position: Position, move: Move
) -> tuple[tuple[Threat, ...], tuple[Threat, ...], tuple[Threat, ...]]:
    """What the move threatens anew; which threats of the opponent it parries; which it leaves."""
    after = position.after(move)
    theirs, their_mate, how = ((frozenset(), False, {}) if position.is_check else _pending(position.passed()))
    left, mate_left, how_left = _pending(after)
    # A man that moved away took the threat with it.
    parried = [Threat("capture", how[prey], prey[1]) for prey in sorted(theirs - left)]
    if position.is_check:
        parried.insert(0, Threat("check", None, None))
    if their_mate and not mate_left:
        parried.insert(0, Threat("mate", None, None))
    still = [Threat("capture", how_left[prey], prey[1]) for prey in sorted(left)]
    if mate_left:
        still.insert(0, Threat("mate", None, None))
    new: list[Threat] = []
    if not after.is_check:
        had, had_mate, _ = _pending(position)
        ours, our_mate, how_ours = _pending(after.passed())
        new = [Threat("capture", how_ours[prey], prey[1]) for prey in sorted(ours - had)]
        if our_mate and not had_mate:
            new.insert(0, Threat("mate", None, None))
    return tuple(new), tuple(parried), tuple(still)
