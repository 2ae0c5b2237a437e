import json
from pathlib import Path

import pytest

from engine import Position

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "perft.json"

# Counts of the start position on which published programs agree.
START_COUNTS = (1, 44, 1920, 79666, 3290240)


@pytest.mark.parametrize(("depth", "nodes"), list(enumerate(START_COUNTS)))
def test_the_start_position_has_the_published_number_of_leaves(depth, nodes):
    assert Position.start().perft(depth) == nodes


@pytest.mark.skipif(not DATA.exists(), reason="the shared perft counts are not beside the repository")
def test_every_agreed_count_is_met():
    cases = json.loads(DATA.read_text())["positions"]
    assert len(cases) == 8
    for case in cases:
        position = Position.from_fen(case["fen"])
        for depth in "12345":
            assert position.perft(int(depth)) == case["nodes"][depth], (case["name"], depth)


def test_depths_that_would_never_end_are_refused():
    with pytest.raises(ValueError, match="outside 0 to"):
        Position.start().perft(99)
