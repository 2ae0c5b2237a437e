"""One thread and a node limit give the same moves and scores on every machine."""

import json

from engine import Net, Position
from tools.pin_searches import PINS_FILE, POSITIONS, search_results

PINS = json.loads(PINS_FILE.read_text(encoding="utf-8"))


def test_searches_find_what_was_pinned():
    assert search_results() == PINS["searches"], "wanted? then `python -m tools.pin_searches` pins them anew"


def test_searches_repeat_themselves():
    assert search_results() == search_results()


def test_scalar_and_vector_arithmetic_judge_the_pinned_positions_alike():
    net = Net.builtin()
    for fen in POSITIONS:
        position = Position.from_fen(fen)
        assert net.evaluate(position, scalar=True) == net.evaluate(position, scalar=False)
