"""A journal replays to its game; lines that make no game are refused with their number."""

from pathlib import Path

import pytest

from engine import START_FEN
from host.game.errors import JournalError
from host.game.state import placement_of, replay, square_index, square_name

PATH = Path("game/journal.jsonl")
FIRST = {"n": 0, "kind": "start", "fen": START_FEN}


def test_squares_and_names_are_inverse():
    assert [square_index(square_name(square)) for square in range(90)] == list(range(90))


def test_person_and_seen_make_moves_and_an_intent_alone_does_not():
    lines = [
        FIRST,
        {"kind": "person", "ply": 0, "move": "h2h9"},
        {"kind": "intent", "ply": 1, "move": "i9h9"},
        {"kind": "lifted", "ply": 1, "piece": "C", "source": "h9", "target": "tray 0", "why": "capture"},
        {"kind": "placed", "ply": 1, "piece": "C", "source": "h9", "target": "tray 0", "why": "capture"},
        {"kind": "lifted", "ply": 1, "piece": "r", "source": "i9", "target": "h9", "why": "move"},
    ]
    standing = replay(lines, PATH)
    assert standing.moves == ["h2h9"]
    assert standing.pending.move == "i9h9"
    assert standing.tray_used == 1
    assert standing.carried == ("r", square_index("i9"))
    standing = replay([*lines, {"kind": "seen", "ply": 1, "move": "i9h9"}], PATH)
    assert standing.moves == ["h2h9", "i9h9"]
    assert standing.pending is None
    assert placement_of(standing.game.position.board) == standing.game.position.placement()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "line 1: the journal is empty"),
        ([{"kind": "start", "fen": "nonsense"}], "line 1: "),
        ([FIRST, {"kind": "person", "ply": 0, "move": "a0a9"}], "line 2: a0a9 is not a legal move"),
        ([FIRST, {"kind": "person", "ply": 3, "move": "h2e2"}], "line 2: ply 3"),
        ([FIRST, {"kind": "person", "ply": 0, "move": "zz"}], "line 2: "),
        ([FIRST, {"kind": "end", "result": "draw"}, {"kind": "resumed", "ply": 0}], "line 3: a line after"),
    ],
)
def test_lines_that_make_no_game_are_refused_with_their_number(lines, message):
    with pytest.raises(JournalError, match=message):
        replay(lines, PATH)
