"""The observer reads only what changed, and waits while something moves. The nets are replaced."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine import Position
from vision import Frame, Reading
from vision.observer import Observer, ObserverLimits
from vision.reading import LABELS, SQUARES, board_to_fen_order, hash_of_pixels
from vision.tests.test_change import CELL, CORNERS, board, noisy

STEP_US = 100_000
HAND = (60, 90, 200)
START = board_to_fen_order(Position.start().board)


class Table:
    """Plays both camera and nets: the labels follow from the picture on show."""

    def __init__(self) -> None:
        self.looks: list[str] = []
        self.known: list[np.ndarray | None] = []
        self.at_us = 0
        self.verdict = "ok"
        self.label, self.moving = "R", "."
        self.corners = np.array(CORNERS)
        self.observer = Observer(looker_at=self._looker)

    def _looker(self, corners):
        table = self

        class Fake:
            def look(self, frame, prior=None, *, free=False, known=None):
                table.known.append(known)
                table.looks.append("find" if corners is None else "read")
                labels = table.label + "." * 75 + table.moving + "." * 13
                where = table.corners if corners is None else corners
                reading = Reading.of_labels(labels, frame_hash=hash_of_pixels(frame.image))
                shown = tuple((float(x), float(y)) for x, y in where)
                return replace(reading, verdict=table.verdict, corners=shown)

        return Fake()

    def see(self, picture: np.ndarray, after_us: int = STEP_US) -> Reading:
        self.at_us += after_us
        return self.observer.look(Frame(noisy(picture, self.at_us // STEP_US), self.at_us, "test"))

    def confirm(self, reading: Reading) -> None:
        self.observer.confirm(Position.start(), reading.frame_hash)


def with_hand(picture: np.ndarray, x: int = 330, y: int = 305) -> np.ndarray:
    covered = picture.copy()
    cv2.line(covered, (619, y), (x, y), HAND, 44)
    return covered


QUIET = board("e0", "e9")


def test_a_board_on_which_nothing_changes_is_found_once_and_not_read_again() -> None:
    table = Table()
    readings = [table.see(QUIET) for _ in range(20)]
    assert table.looks == ["find"]
    assert {reading.verdict for reading in readings} == {"ok"}
    assert len({reading.frame_hash for reading in readings}) == 20


def test_after_a_while_it_is_read_again_all_the_same() -> None:
    table = Table()
    table.see(QUIET)
    table.see(QUIET, ObserverLimits().refresh_us)
    assert table.looks == ["find", "read"]


def test_a_board_with_an_unknown_point_is_not_kept_as_reference() -> None:
    table = Table()
    table.verdict, table.moving = "unsure", "?"
    table.see(QUIET)
    table.see(QUIET)
    assert table.looks == ["find", "find"]


def test_a_hand_means_wait_and_nothing_is_read() -> None:
    table = Table()
    table.see(QUIET)
    for x in (450, 400, 350, 400, 450):
        reading = table.see(with_hand(QUIET, x))
        assert (reading.verdict, reading.reason, reading.fen) == ("wait", "covered", None)
    assert "?" in reading.labels
    assert table.looks == ["find"]


def test_a_move_is_read_once_the_hand_has_been_away_for_a_while() -> None:
    table = Table()
    table.see(QUIET)
    table.see(with_hand(QUIET))
    moved, reads = board("e1", "e9"), []
    for _ in range(8):
        reads.append((table.see(moved).verdict, len(table.looks)))
    waiting = [verdict for verdict, _ in reads[:4]]
    assert waiting == ["wait"] * 4
    assert reads[-1][0] == "ok"
    assert table.looks == ["find", "read", "read"]  # two that agree, then the reference is new


def test_a_reading_that_changes_where_no_pixel_did_is_not_believed() -> None:
    table = Table()
    table.see(QUIET)
    table.label = "N"  # the nets are misled about a9
    reading = table.see(QUIET, ObserverLimits().refresh_us)
    assert (reading.verdict, reading.labels[0], reading.fen) == ("unsure", "?", None)
    table.label = "R"
    assert table.see(QUIET).verdict == "ok"


def test_two_readings_that_differ_make_no_reference() -> None:
    table = Table()
    table.see(QUIET)
    moved = board("e1", "e9")
    for label in "RCRCRC":
        table.moving = label
        table.see(moved, 500_000)
    assert table.looks == ["find"] + ["read"] * 6


def test_a_still_thing_at_the_border_is_read_after_a_while_and_believed_if_all_is_clear() -> None:
    table = Table()
    table.see(QUIET)
    verdicts = [table.see(with_hand(QUIET)).verdict for _ in range(30)]
    assert verdicts[:20] == ["wait"] * 20
    assert verdicts[-1] == "ok"


def test_a_still_hand_that_hides_points_stays_a_hand() -> None:
    table = Table()
    table.see(QUIET)
    table.verdict, table.moving = "unsure", "?"
    readings = [table.see(with_hand(QUIET)) for _ in range(40)]
    assert {(reading.verdict, reading.reason) for reading in readings} == {("wait", "covered")}


@pytest.mark.parametrize("verdict", ["ok", "unsure"])
def test_a_bumped_board_is_named_and_found_again(verdict) -> None:
    table = Table()
    table.see(QUIET)
    shift = np.array([0.4 * CELL, 0.3 * CELL])
    moved = cv2.warpAffine(QUIET, np.float32([[1, 0, shift[0]], [0, 1, shift[1]]]), (620, 620), borderMode=1)
    table.corners, table.verdict = np.array(CORNERS) + shift, verdict
    table.moving = "." if verdict == "ok" else "?"
    readings = [table.see(moved, 500_000) for _ in range(3)]
    assert (readings[0].verdict, readings[0].reason) == ("wait", "moved")
    if verdict == "ok":
        assert readings[-1].verdict == "ok"
        assert np.allclose(readings[-1].corners, table.corners)


def test_forgetting_finds_the_board_anew() -> None:
    table = Table()
    table.see(QUIET)
    table.observer.forget()
    table.see(QUIET)
    assert table.looks == ["find", "find"]


def test_what_the_game_confirmed_is_known_where_no_pixel_changes() -> None:
    table = Table()
    table.confirm(table.see(QUIET))
    table.see(QUIET, ObserverLimits().refresh_us)
    assert table.known[-1] is not None
    assert (table.known[-1].argmax(axis=1) == [LABELS.index(label) for label in START]).all()
    moved = board("e1", "e9")
    for _ in range(3):
        reading = table.see(moved, 500_000)
    changed = ~(table.known[-1] > 0).any(axis=1)
    assert {SQUARES[point] for point in np.flatnonzero(changed)} == {"e0", "e1"}
    assert reading.rests_on != ""


def test_a_look_that_waits_confirms_nothing() -> None:
    table = Table()
    table.see(QUIET)
    table.confirm(table.see(with_hand(QUIET)))
    table.see(QUIET, ObserverLimits().refresh_us)
    assert set(map(type, table.known)) == {type(None)}


def test_a_position_that_stands_for_long_is_agreed_on_anew() -> None:
    table = Table()
    table.confirm(table.see(QUIET))
    later = table.see(QUIET, ObserverLimits().refresh_us)
    table.confirm(later)
    assert table.see(board("e1", "e9"), 500_000).rests_on == later.frame_hash


def test_a_look_that_was_not_the_last_confirms_nothing() -> None:
    table = Table()
    first = table.see(QUIET)
    table.see(QUIET)
    table.confirm(first)
    table.see(QUIET, ObserverLimits().refresh_us)
    assert set(map(type, table.known)) == {type(None)}


def test_a_board_too_hard_to_read_is_kept_once_the_game_confirms_it() -> None:
    table = Table()
    table.verdict, table.moving = "unsure", "?"
    table.confirm(table.see(QUIET))
    table.looks.clear()
    table.see(QUIET)
    assert table.looks == []


def test_a_bumped_board_that_is_hard_to_read_is_read_with_what_was_known() -> None:
    table = Table()
    table.confirm(table.see(QUIET))
    shift = np.array([0.4 * CELL, 0.3 * CELL])
    moved = cv2.warpAffine(QUIET, np.float32([[1, 0, shift[0]], [0, 1, shift[1]]]), (620, 620), borderMode=1)
    table.corners, table.verdict, table.moving = np.array(CORNERS) + shift, "unsure", "?"
    reading = table.see(moved, 500_000)
    assert (reading.verdict, reading.reason) == ("wait", "moved")
    assert table.known[-1] is not None
