"""Results of games that nobody played, for tests."""

from tools.ladder.match import PairResult


def result(a, b, number, points, signature="1"):
    return PairResult(
        a, b, 5, number, points, (60, 61), ("checkmate", "checkmate"), ("h2e2", "h2e2"), signature
    )
