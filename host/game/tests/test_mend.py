"""One comparison decides between done, carry, look again and ask; the robot never undoes a person's act."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Position
from host.game.mend import Agreed, Ask, Errand, Mending, Unclear, apply_move, mend
from host.game.state import square_index

START = Position.start().board
QUIET = (square_index("h2"), square_index("e2"))
TAKES = (square_index("h2"), square_index("h9"))


def _put(board, **changes):
    points = list(board)
    for name, letter in changes.items():
        points[square_index(name)] = letter
    return "".join(points)


def test_a_move_not_begun_is_carried_and_a_capture_clears_its_point_first():
    assert mend(START, START, QUIET) == Mending((Errand("C", *QUIET, "move"),))
    victim, mover = TAKES[1], TAKES[0]
    expected = (Errand("n", victim, None, "capture"), Errand("C", mover, victim, "move"))
    assert mend(START, START, TAKES) == Mending(expected)


def test_a_move_that_stands_is_agreed():
    assert mend(apply_move(START, *TAKES), START, TAKES) == Agreed()


def test_a_capture_cut_in_half_goes_on_with_the_mover():
    seen = _put(START, h9=".")
    assert mend(seen, START, TAKES) == Mending((Errand("C", *TAKES, "move"),))


def test_a_piece_on_the_nose_is_put_down():
    seen = _put(START, h2=".", h9=".")
    assert mend(seen, START, TAKES, held="C") == Mending((Errand("C", None, TAKES[1], "move"),))
    seen = _put(START, h9=".")
    expected = (Errand("n", None, None, "capture"), Errand("C", *TAKES, "move"))
    assert mend(seen, START, TAKES, held="n") == Mending(expected)


def test_a_dropped_piece_is_fetched_where_it_lies():
    dropped = square_index("e4")
    seen = _put(START, h2=".", h9=".", e4="C")
    assert mend(seen, START, TAKES) == Mending((Errand("C", dropped, TAKES[1], "stray"),))
    seen = _put(START, h9=".", e4="n")
    errands = mend(seen, START, TAKES).errands
    assert Errand("n", dropped, None, "stray") in errands
    assert Errand("C", *TAKES, "move") in errands


def test_a_lost_piece_is_asked_for():
    assert mend(_put(START, h2=".", h9="."), START, TAKES) == Ask((TAKES[1],))


def test_what_cannot_be_told_is_looked_at_again():
    assert mend(_put(START, a0="?"), START, QUIET) == Unclear((0,))


def test_a_crooked_piece_is_straightened_once_it_matters():
    goal = apply_move(START, *QUIET)
    assert mend(goal, START, QUIET, offsets={QUIET[1]: (0.001, 0.0)}) == Agreed()
    crooked = mend(goal, START, QUIET, offsets={QUIET[1]: (0.004, 0.004)})
    assert crooked == Mending((Errand("C", QUIET[1], QUIET[1], "straighten"),))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_strangers_change_is_never_undone(data):
    """Whatever piece outside the move was displaced: the robot asks, it does not carry."""
    move = data.draw(st.sampled_from([QUIET, TAKES]))
    base = data.draw(st.sampled_from([START, apply_move(START, *move)]))
    others = [s for s in range(90) if START[s] != "." and s not in move and START[s] not in "Cn"]
    taken = data.draw(st.sampled_from(others))
    free = [s for s in range(90) if base[s] == "." and s not in move]
    put = data.draw(st.sampled_from(free))
    seen = apply_move(base, taken, put)
    assert isinstance(mend(seen, START, move), Ask)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_errands_lead_to_the_goal_and_never_stack_pieces(data):
    move = data.draw(st.sampled_from([QUIET, TAKES]))
    goal = apply_move(START, *move)
    letters = {START[s] for s in move} - {"."}
    seen = list(data.draw(st.sampled_from([START, goal])))
    for square in move:
        if data.draw(st.booleans()):
            seen[square] = "."
    if data.draw(st.booleans()):
        free = [s for s in range(90) if seen[s] == "." and s not in move]
        seen[data.draw(st.sampled_from(free))] = data.draw(st.sampled_from(sorted(letters)))
    held = data.draw(st.sampled_from([None, *sorted(letters)]))
    answer = mend("".join(seen), START, move, held=held)
    if not isinstance(answer, Mending):
        return
    for errand in answer.errands:
        if errand.source is not None:
            assert seen[errand.source] == errand.piece
            seen[errand.source] = "."
        if errand.target is not None:
            assert seen[errand.target] == "."
            seen[errand.target] = errand.piece
    assert "".join(seen) == goal
