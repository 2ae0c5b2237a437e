"""From a picture to a verdict, with the two nets replaced by scores made to order."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine import Position
from vision import SQUARES, BadCornersError, BadPictureError, Frame, Reading
from vision.classify import KIND_COLUMNS
from vision.geometry import half_turn, homography_from_corners
from vision.locate import Located
from vision.look import Looker
from vision.orientation import half_turned
from vision.reading import board_to_fen_order
from vision.tests.synthetic_scores import scores_of

START = board_to_fen_order(Position.start().board)
CORNERS = [[80.0, 60.0], [400.0, 60.0], [400.0, 420.0], [80.0, 420.0]]
FLAT = np.full((480, 480, 3), 128, np.uint8)
BOARD = FLAT.copy()
BOARD[60:420:4, 80:400:4] = 255  # fine detail, so that it is neither dark nor blurred
LINES = np.full((300, 400, 3), 60, np.uint8)
LINES[::30], LINES[:, ::30] = 255, 255


class Finder:
    """Finds the board where it is told, or not at all."""

    sha256 = "finder"

    def __init__(self, corners=CORNERS) -> None:
        self.corners = corners

    def locate(self, image):
        if self.corners is None:
            return None
        homography = homography_from_corners(self.corners)
        return Located(homography, np.array(self.corners), 0.02, 0.9, 88)


class Reader:
    """Gives scores made from labels; `turned`: the lattice was handed over the other way up."""

    sha256 = "reader"

    def __init__(self, labels=START, *, turned=False, gain: float = -1.5, sure: float = 9.0) -> None:
        self.labels, self.turned, self.gain, self.sure = labels, turned, gain, sure
        self.asked_in_mirror = 0

    def classify(self, image, homography):
        scores = scores_of(self.labels, np.random.default_rng(0), sure=self.sure)
        return half_turned(scores) if self.turned else scores

    def mirror_gain(self, image, homography, scores):
        self.asked_in_mirror += 1
        return self.gain


def look(image=BOARD, *, corners=None, finder=None, reader=None, watch=False, **options) -> Reading:
    looker = Looker(
        corners=corners,
        watch_for_moves=watch,
        locator=finder or (Finder() if corners is None or watch else None),
        classifier=reader or Reader(),
    )
    return looker.look(Frame(image, 0, "test"), **options)


def cover(*squares: str) -> str:
    return "".join("?" if square in squares else label for square, label in zip(SQUARES, START, strict=True))


def test_a_readable_board_is_ok() -> None:
    reading = look()
    assert (reading.verdict, reading.reason) == ("ok", None)
    assert reading.fen == Position.start().placement()
    assert np.allclose(reading.corners, CORNERS)
    assert reading.model_hash == "finder+reader"
    assert len(reading.frame_hash) == 64
    assert set(reading.offsets) == {s for s, label in zip(SQUARES, START, strict=True) if label != "."}


def test_a_board_found_the_other_way_up_is_turned_with_its_corners_and_offsets() -> None:
    straight, turned = look(), look(reader=Reader(turned=True))
    assert turned.verdict == "ok"
    assert turned.labels == straight.labels
    assert np.allclose(turned.corners, CORNERS[2:] + CORNERS[:2])
    assert turned.offsets == straight.offsets


def test_the_same_picture_gives_the_same_reading() -> None:
    one, two = look().to_json(), look().to_json()
    one.pop("ms"), two.pop("ms")
    assert one == two


def test_the_stages_times_are_disjoint() -> None:
    reading = look()
    assert set(reading.ms) == {"hash", "locate", "classify", "decode", "mirror", "quality"}
    assert all(value >= 0 for value in reading.ms.values())


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.full((200, 200, 3), 5, np.uint8), "too-dark"),
        (np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8), "not-xiangqi"),
        (cv2.GaussianBlur(LINES, (0, 0), 6), "blurred"),
    ],
)
def test_where_no_board_is_found_the_picture_says_why(image, reason) -> None:
    reading = look(image, finder=Finder(None))
    assert (reading.verdict, reading.reason, reading.fen, reading.corners) == ("no-board", reason, None, None)


def test_an_arm_from_the_edge_means_wait() -> None:
    reading = look(reader=Reader(cover("i4", "h4", "g5")))
    assert (reading.verdict, reading.reason, reading.fen) == ("wait", "covered", None)


def test_one_unknown_thing_on_the_board_is_unsure_not_a_limb() -> None:
    reading = look(reader=Reader(cover("e4")))
    assert (reading.verdict, reading.reason) == ("unsure", None)
    assert [point.square for point in reading.points if point.label == "?"] == ["e4"]


def test_a_man_who_may_well_not_be_there_is_not_ok() -> None:
    class Doubtful(Reader):
        def __init__(self, bare: float) -> None:
            super().__init__()
            self.bare = bare

        def classify(self, image, homography):
            scores = super().classify(image, homography)
            shares = np.full(9, 1e-4)
            shares[KIND_COLUMNS.index(".")], shares[KIND_COLUMNS.index("C")] = self.bare, 1 - self.bare
            scores.kind_logp[SQUARES.index("h2")] = np.log(shares)
            return scores

    readings = [look(reader=Doubtful(bare)) for bare in (0.001, *np.linspace(0.3, 0.7, 41))]
    least = [min(point.confidence for point in reading.points) for reading in readings]
    assert (readings[0].verdict, least[0] > 0.9) == ("ok", True)
    assert any(0.7 < share < 0.8 for share in least)
    assert {r.verdict for r, share in zip(readings, least, strict=True) if share < 0.8} == {"unsure"}


def test_a_board_of_nothing_known_is_not_xiangqi() -> None:
    reading = look(reader=Reader("?" * 90))
    assert (reading.verdict, reading.reason) == ("no-board", "not-xiangqi")


def test_a_board_too_dark_to_read_is_said_to_be_dark() -> None:
    reading = look((BOARD * 0.1).astype(np.uint8), reader=Reader("?" * 90))
    assert (reading.verdict, reading.reason) == ("unsure", "too-dark")


def test_a_doubtful_point_under_a_reflected_lamp_is_glare() -> None:
    image = BOARD.copy()
    image[200:290, 190:290] = 255  # about e4..e6
    reading = look(image, reader=Reader(cover("e5")))
    assert (reading.verdict, reading.reason) == ("unsure", "glare")


def test_a_lamp_where_nothing_is_doubtful_spoils_nothing() -> None:
    image = BOARD.copy()
    image[200:290, 190:290] = 255
    assert look(image).verdict == "ok"


def test_points_beyond_the_picture_are_open_and_named() -> None:
    beyond = [[80, 60], [400, 60], [400, 500], [80, 500]]
    reading = look(finder=Finder(beyond))
    assert (reading.verdict, reading.reason) == ("unsure", "cut-off")
    assert {point.square[1] for point in reading.points if point.label == "?"} == {"0"}


@pytest.mark.parametrize(("left", "read"), [(12, True), (4, False)])  # of 40 pixels a cell
def test_men_at_the_edge_of_the_picture_are_read_while_most_of_them_is_seen(left, read) -> None:
    reading = look(finder=Finder([[left, 60], [left + 320, 60], [left + 320, 420], [left, 420]]))
    assert (reading.verdict, reading.reason) == ("unsure", "cut-off")
    told = dict(zip(SQUARES, reading.labels, strict=True))
    assert all((told[f"a{rank}"] != "?") == read for rank in range(10))
    assert "?" not in {told[f"b{rank}"] for rank in range(10)}


def test_a_board_that_lies_wholly_beyond_the_picture_is_cut_off() -> None:
    reading = look(corners=[[x + 2000, y] for x, y in CORNERS])
    assert (reading.verdict, reading.reason) == ("unsure", "cut-off")


def test_faces_that_read_better_in_the_mirror_mean_a_mirrored_picture() -> None:
    reading = look(reader=Reader(gain=6.0))
    assert (reading.verdict, reading.reason) == ("unsure", "mirrored")


def test_an_empty_board_has_no_orientation() -> None:
    reading = look(reader=Reader("." * 90))
    assert (reading.verdict, reading.reason) == ("unsure", "ambiguous-orientation")


def test_generals_that_face_each_other_are_no_position() -> None:
    bare = "".join(label if label in "kK" else "." for label in START)
    reading = look(reader=Reader(bare))
    assert reading.verdict == "unsure"
    assert look(reader=Reader(bare), free=True).verdict == "ok"


def test_given_corners_fix_the_board_and_need_no_locator() -> None:
    reading = look(corners=CORNERS)
    assert (reading.verdict, reading.model_hash) == ("ok", "reader")
    assert np.allclose(reading.corners, CORNERS)


def test_corners_named_from_the_wrong_end_are_noticed() -> None:
    reading = look(corners=CORNERS, reader=Reader(turned=True))
    assert (reading.verdict, reading.reason) == ("unsure", "ambiguous-orientation")


def test_a_fixed_board_that_is_found_elsewhere_has_moved() -> None:
    shifted = [[x + 20, y] for x, y in CORNERS]
    reading = look(corners=CORNERS, watch=True, finder=Finder(shifted))
    assert (reading.verdict, reading.reason) == ("wait", "moved")


def test_a_fixed_board_found_the_other_way_up_has_not_moved() -> None:
    other_way = half_turn(homography_from_corners(CORNERS))
    finder = Finder()
    finder.locate = lambda image: Located(other_way, np.array(CORNERS), 0.02, 0.9, 88)
    assert look(corners=CORNERS, watch=True, finder=finder).verdict == "ok"


@pytest.mark.parametrize(
    "corners",
    [
        [CORNERS[1], CORNERS[0], CORNERS[3], CORNERS[2]],
        [CORNERS[0]] * 4,
        [CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3]],
        [[float("nan"), 0], *CORNERS[1:]],
        CORNERS[:3],
    ],
    ids=["mirrored", "one point", "crossed", "not a number", "three"],
)
def test_corners_that_are_no_board_are_refused(corners) -> None:
    with pytest.raises(BadCornersError):
        look(corners=corners)


@pytest.mark.parametrize("image", [np.zeros((10, 10, 3), np.uint8), np.zeros((100, 100), np.uint8)])
def test_an_array_that_is_no_picture_is_refused(image) -> None:
    with pytest.raises(BadPictureError):
        look(image)


class TornReader(Reader):
    """Cannot decide whether the red horse of b0 is a horse or a cannon."""

    def classify(self, image, homography):
        scores = super().classify(image, homography)
        kinds = np.array(scores.kind_logp)
        kinds[SQUARES.index("b0")] = np.log(1e-6)
        kinds[SQUARES.index("b0"), [KIND_COLUMNS.index("N"), KIND_COLUMNS.index("C")]] = np.log([0.55, 0.45])
        return replace(scores, kind_logp=kinds)


def test_a_game_is_not_told_a_guess_and_who_asks_what_a_picture_shows_is() -> None:
    free = {"free": True, "reader": TornReader()}
    for_a_game, asked = look(**free), look(**free, asked=True)
    assert (for_a_game.verdict, for_a_game.labels) == ("unsure", tuple(cover("b0")))
    assert (asked.verdict, asked.labels) == ("unsure", tuple(START))
    assert asked.fen == Position.start().placement()
    sure = {point.square: point.confidence for point in asked.points}
    assert sure["b0"] < 0.65


def test_where_the_picture_itself_is_at_fault_nothing_is_guessed() -> None:
    reader = TornReader(gain=6.0)
    assert look(reader=reader, free=True, asked=True).labels[SQUARES.index("b0")] == "?"
