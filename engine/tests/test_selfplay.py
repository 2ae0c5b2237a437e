"""Self-play records, against the same games replayed through the Python face."""

import struct

import pytest

from engine import Engine, Game, Limits, LimitsError
from engine.selfplay import selfplay

RECORD = struct.Struct("<32bhbBI")
SLOTS = "KAABBNNRRCCPPPPP"
MASK = 2**64 - 1
NODES = 100
# Enough games for mates, leads, repetitions and other ends to be among them.
SEEDS = range(60)


def records_of(seed, games, nodes):
    return list(RECORD.iter_unpack(selfplay(seed, games, nodes)))


def as_seen(record):
    """(board, score, result, black to move, game) of a record."""
    *squares, score, result, black, game = record
    board = ["."] * 90
    for man, square in enumerate(squares):
        if square != 127:
            board[square] = SLOTS[man] if man < 16 else SLOTS[man - 16].lower()
    return "".join(board), score, result, bool(black), game


class SplitMix:
    def __init__(self, state):
        self.state = state

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
        return (z ^ (z >> 31)) % bound


def replay(chance):
    """One game after its random opening: (samples, result for red, reason of the referee or None)."""
    game, engine = Game(), Engine(hash_mb=4)
    for _ in range(6 + chance.below(5)):
        legal = game.position.legal_moves()
        game.push(legal[chance.below(len(legal))])
    samples, ahead, result, reason = [], 0, 0, None
    for ply in range(400):
        verdict = game.verdict()
        if verdict.state != "ongoing":
            result = {"red-wins": 1, "black-wins": -1, "draw": 0}[verdict.state]
            reason = verdict.reason
            break
        found = engine.search(game, Limits(nodes=NODES))
        if ply == 0 and abs(found.score_cp) > 900:
            return None
        position = game.position
        quiet = not position.is_check and position.piece_at(found.move.to_square) == "."
        if quiet and abs(found.score_cp) <= 2500:
            samples.append((position.board, found.score_cp, position.side))
        ahead = ahead + 1 if abs(found.score_cp) > 2500 else 0
        if ahead >= 5 and abs(found.score_cp) < 20000:
            result = 1 if (found.score_cp > 0) == (position.side == "red") else -1
            break
        game.push(found.move)
    return samples, result, reason


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    first = selfplay(5, 2, 60)
    assert first == selfplay(5, 2, 60)
    assert first != selfplay(6, 2, 60)


def test_records_hold_lawful_men_and_results():
    for record in records_of(1, 3, 60):
        board, score, result, _, game = as_seen(record)
        assert board.count("K") == board.count("k") == 1
        assert abs(score) <= 2500
        assert result in (-1, 0, 1)
        assert game < 3


@pytest.mark.parametrize("seed", SEEDS)
def test_records_are_those_of_the_game_and_carry_the_referees_verdict(seed):
    chance, replayed = SplitMix(seed), None
    while replayed is None:
        replayed = replay(chance)
    samples, red_result, _ = replayed
    expected = [
        (board, score, red_result if side == "red" else -red_result, side == "black", 0)
        for board, score, side in samples
    ]
    assert [as_seen(record) for record in records_of(seed, 1, NODES)] == expected


def test_the_games_tried_above_end_in_several_ways():
    reasons = {replayed[2] for seed in SEEDS if (replayed := replay(SplitMix(seed))) is not None}
    assert "checkmate" in reasons
    assert len(reasons) > 2


def test_endings_start_with_few_men_and_openings_stay_what_they_were() -> None:
    records = list(RECORD.iter_unpack(selfplay(7, 12, 60, endings=1000)))
    assert records
    # A general, a guard of four and three attackers a side at most.
    assert all(sum(square != 127 for square in row[:32]) <= 16 for row in records)
    assert any(any(square != 127 for square in row[:16][5:]) for row in records)
    assert selfplay(7, 2, 60, endings=0) == selfplay(7, 2, 60)


def test_a_share_of_endings_beyond_a_thousand_is_refused() -> None:
    with pytest.raises(LimitsError, match="endings 1001 is outside 0 to 1000"):
        selfplay(7, 1, 60, endings=1001)
