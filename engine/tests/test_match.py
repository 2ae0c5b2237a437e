import pytest

from engine import LimitsError, Position
from engine.match import Contestant, balanced_opening, play_pair, tuning


def test_a_pair_at_fixed_nodes_is_repeatable():
    opening = balanced_opening(7)
    pairs = [
        [
            (game.points, game.reason, game.plies, game.nodes)
            for game in play_pair(Contestant(nodes=300), Contestant(nodes=150), opening)
        ]
        for _ in range(2)
    ]
    assert pairs[0] == pairs[1]


def test_equal_contestants_mirror_each_other_in_a_pair():
    red, black = play_pair(Contestant(nodes=200), Contestant(nodes=200), balanced_opening(3))
    assert red.points + black.points == 1
    assert red.plies == black.plies
    assert red.nodes == tuple(reversed(black.nodes))


def test_the_first_contestant_moves_red_in_the_first_game():
    # Whoever is red mates at once.
    won = Position.from_fen("4k4/R8/1R7/9/9/9/9/9/9/3K5 w - - 0 1")
    red, black = play_pair(Contestant(nodes=200), Contestant(nodes=200), won)
    assert (red.points, red.reason, red.plies) == (1, "checkmate", 1)
    assert (black.points, black.reason, black.plies) == (0, "checkmate", 1)


def test_no_search_takes_more_nodes_than_its_limit():
    opening = balanced_opening(5)
    for game in play_pair(Contestant(nodes=100), Contestant(nodes=50), opening):
        for who, limit in enumerate((100, 50)):
            assert 0 < game.nodes[who] <= limit * (game.plies + 1) // 2 + limit


def test_openings_are_decided_by_their_seed_and_start_after_6_to_10_plies():
    assert balanced_opening(11).fen() == balanced_opening(11).fen()
    assert len({balanced_opening(seed).fen() for seed in range(8)}) == 8
    for seed in range(8):
        position = balanced_opening(seed)
        plies = 2 * (position.fullmove - 1) + (position.side == "black")
        assert 6 <= plies <= 10


def test_every_switch_of_the_search_can_be_turned_and_is_kept_inside_its_range():
    opening = balanced_opening(2)
    for name in tuning():
        play_pair(Contestant(nodes=60, tuning={name: 0}), Contestant(nodes=60), opening)
        with pytest.raises(LimitsError, match=rf"{name} is 1000000; 0 to \d+ would be right"):
            Contestant(nodes=60, tuning={name: 1_000_000})


def test_a_contestant_that_makes_no_sense_is_refused_with_a_sentence():
    with pytest.raises(LimitsError, match="neither nodes nor movetime_ms"):
        Contestant()
    with pytest.raises(LimitsError, match="hash_mb 0 is outside 1"):
        Contestant(nodes=1, hash_mb=0)
    with pytest.raises(LimitsError, match=r"the search has no 'nul_move'; one of .*null_move"):
        Contestant(nodes=1, tuning={"nul_move": 0})
