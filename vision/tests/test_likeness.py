"""Doubtful faces are told by the sure ones that look alike, whichever way they are turned."""

import cv2
import numpy as np

from vision.likeness import told_by_likeness
from vision.polar_faces import correlations, polar_faces

PLANE = np.array([[40.0, 0, 40], [0, 40.0, 40], [0, 0, 1]])
CENTRES = np.array([[x, y] for y in (0.0, 1.5) for x in (0.0, 1.5, 3.0, 4.5)])
MARKS = ("L", "L", "F", "F", "Z", "Z", "7", "L")  # what is written on each piece


def picture(turns: list[int]) -> np.ndarray:
    """Eight discs with a letter each, turned by so many quarter turns."""
    image = np.full((160, 280, 3), 210, np.uint8)
    for (x, y), mark, turn in zip(CENTRES, MARKS, turns, strict=True):
        face = np.full((41, 41, 3), 210, np.uint8)
        cv2.putText(face, mark, (11, 29), 0, 0.8, (30, 30, 30), 2, cv2.LINE_AA)
        left, top = round(40 * x + 40) - 20, round(40 * y + 40) - 20
        image[top : top + 41, left : left + 41] = np.rot90(face, turn)
    return image


def read(sure: dict[int, int]) -> np.ndarray:
    """Log-probabilities of three kinds and a blank: the pieces of `sure` are read, the others not at all."""
    shares = np.full((8, 4), 0.25)
    for piece, kind in sure.items():
        shares[piece] = 0.004
        shares[piece, kind] = 0.988
    return np.log(shares)


def test_a_turned_face_is_most_like_its_twin():
    grey = cv2.cvtColor(picture([0, 1, 0, 2, 0, 3, 0, 2]), cv2.COLOR_BGR2GRAY)
    faces = polar_faces(grey, PLANE, CENTRES)
    alike = correlations(faces, faces[:, 0])
    np.fill_diagonal(alike, -1.0)
    assert [MARKS[twin] for twin in alike[:6].argmax(axis=1)] == list(MARKS[:6])


def test_an_unread_face_is_told_by_its_twins():
    told = told_by_likeness(picture([0, 1, 0, 2, 0, 3, 0, 2]), PLANE, CENTRES, read({0: 0, 2: 1, 4: 2, 6: 2}))
    assert told[[1, 3, 5, 7], :3].argmax(axis=1).tolist() == [0, 1, 2, 0]
    assert np.allclose(np.exp(told).sum(axis=1), 1.0)


def test_sure_faces_and_boards_of_few_pieces_stay_as_they_were_read():
    image, logp = picture([0] * 8), read({0: 0, 2: 1, 4: 2, 6: 2})
    told = told_by_likeness(image, PLANE, CENTRES, logp)
    assert np.allclose(told[[0, 2, 4, 6]], logp[[0, 2, 4, 6]])
    assert np.array_equal(told_by_likeness(image, PLANE, CENTRES[:5], logp[:5]), logp[:5])
