"""Pinned searches: moves and scores that one thread and a node limit give on every machine.

`python -m tools.pin_searches` writes `engine/tests/pinned_searches.json` anew after a wanted change of the
search or of the net; until then a test fails.
"""

import json
from pathlib import Path

from engine import Engine, Game, Limits, Position

__all__ = ["PINS_FILE", "POSITIONS", "search_results"]

ENGINE = Path(__file__).resolve().parents[1] / "engine"
PINS_FILE = ENGINE / "tests" / "pinned_searches.json"
NODES = 20_000
POSITIONS = (
    "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1",
    "r1bakabr1/9/1cn1c1n2/p1p1p1p1p/9/9/P1P1P1P1P/1CN1C1N2/9/R1BAKABR1 w - - 8 5",
    "2bak4/4a4/4b1n2/p3p3p/6p2/2P6/P3P1P1P/4B1N2/4A4/3AK1B2 b - - 4 30",
    "3ak4/4a4/4b4/5N3/2b6/4R4/9/4B4/4A4/r1BAK4 b - - 0 1",
    "4ka3/4a4/9/9/4P4/9/2n6/4B4/4A4/3AK1B2 w - - 0 1",
)


def search_results() -> list[dict[str, object]]:
    """What a search of 20,000 nodes finds in each position, by the net and by the hand-written evaluation."""
    found: list[dict[str, object]] = []
    for fen in POSITIONS:
        for judge in ("net", "rules"):
            engine = Engine(hash_mb=4, net="rules" if judge == "rules" else None)
            result = engine.search(Game(Position.from_fen(fen)), Limits(nodes=NODES))
            found.append(
                {
                    "fen": fen,
                    "judge": judge,
                    "move": str(result.move),
                    "score_cp": result.score_cp,
                    "depth": result.depth,
                    "nodes": result.nodes,
                }
            )
    return found


if __name__ == "__main__":
    pins = {"nodes": NODES, "searches": search_results()}
    PINS_FILE.write_text(json.dumps(pins, indent=1) + "\n", encoding="utf-8")
