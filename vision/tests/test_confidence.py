"""The table that turns nats into confidence."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.confidence import load_calibration, our_calibration
from vision.errors import ModelFileError


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=20))
def test_more_evidence_is_never_less_confidence(nats):
    ordered = np.sort(np.array(nats))
    for piece in (True, False):
        table = our_calibration()
        for curves in (table.decoded, table.cleared, table.raw):
            shares = curves(ordered, np.full(len(ordered), piece))
            assert (np.diff(shares) >= 0).all()
            assert (shares >= 0).all()
            assert (shares <= 1).all()


def test_pieces_and_blanks_have_tables_of_their_own(tmp_path):
    path = tmp_path / "t.json"
    curves = {"piece": [[0, 0.2], [2, 0.8]], "empty": [[0, 0.6], [2, 1.0]]}
    path.write_text(
        json.dumps(curves | {"raw_piece": [[0, 0.1]], "raw_empty": [[0, 0.3]]} | {"clear_piece": [[0, 0.7]]})
    )
    table = load_calibration(path)
    nats, piece = np.array([1.0, 1.0, 9.0]), np.array([True, False, True])
    assert table.decoded(nats, piece).tolist() == pytest.approx([0.5, 0.8, 0.8])
    assert table.cleared(nats, piece).tolist() == pytest.approx([0.7, 0.8, 0.7])
    assert table.raw(nats, piece).tolist() == pytest.approx([0.1, 0.3, 0.1])


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "{}",
        '{"piece": [], "empty": [[0, 1]]}',
        '{"piece": [[0, 0.9], [1, 0.5]], "empty": [[0, 1]]}',
        '{"piece": [[0, 1.5]], "empty": [[0, 1]]}',
        '{"piece": [[0, NaN]], "empty": [[0, 1]]}',
        '{"piece": [["a", 1]], "empty": [[0, 1]]}',
    ],
)
def test_a_table_that_is_none_is_refused_by_name(tmp_path, text):
    path = tmp_path / "t.json"
    path.write_text(text)
    with pytest.raises(ModelFileError, match=r"t\.json"):
        load_calibration(path)
    with pytest.raises(ModelFileError, match="gone"):
        load_calibration(tmp_path / "gone.json")
