"""What no look can tell is put right by a person, and looked at again each time."""

from host.trial.doubts import QUESTIONS, shows

BOARD = "r" + "." * 89


class Table:
    """Shows one answer of `looks` after the other; the person's acts stand in `acts`."""

    def __init__(self, *looks):
        self.looks = list(looks)
        self.acts = []

    def shows(self):
        return shows(BOARD, lambda board: self.looks.pop(0), lambda *act: self.acts.append(act))


def test_a_board_seen_as_it_stands_needs_nobody():
    assert Table({}).shows() == (True, 0, 0)


def test_empty_points_that_cannot_be_told_are_counted_alone():
    assert Table({5: "?", 6: "?"}).shows() == (True, 2, 0)


def test_each_act_of_a_person_is_looked_at_the_last_one_too():
    table = Table(*[{0: "?"}] * QUESTIONS, {})
    assert table.shows() == (True, 0, QUESTIONS)
    assert table.acts == [("r", 0)] * QUESTIONS
    assert table.looks == []


def test_nobody_is_asked_when_no_look_would_follow():
    table = Table(*[{0: "?"}] * (QUESTIONS + 1))
    assert table.shows() == (False, 0, QUESTIONS)
    assert len(table.acts) == QUESTIONS


def test_a_piece_read_as_another_is_not_asked_about():
    table = Table({0: "n"})
    assert table.shows() == (False, 0, 0)
    assert table.acts == []


def test_a_piece_where_none_should_be_is_not_asked_about():
    assert Table({0: "?", 7: "p"}).shows() == (False, 0, 0)
