import threading

import pytest

from engine import Engine, Game, Limits, LimitsError, Move, Position

# Composed for these tests; mate in so many moves for red.
MATES = [
    ("a chariot on the bare file", "3k5/9/9/9/4R4/9/9/9/9/4K4 w", 1),
    ("double cannons", "3aka3/9/9/4C4/9/7C1/9/9/9/3K5 w", 1),
    ("two chariots on the back ranks", "4k4/R8/9/9/9/9/9/9/1R7/3K5 w", 1),
    ("two chariots from afar", "4k4/9/9/9/R8/1R7/9/9/9/3K5 w", 2),
    ("chariot and horse in the corner", "3ak4/4a4/4N4/9/9/9/9/9/R8/3K5 w", None),
]


def search(fen, engine=None, **limits):
    return (engine or Engine(hash_mb=4)).search(Game(Position.from_fen(fen)), Limits(**limits))


@pytest.mark.parametrize(("fen", "moves"), [pytest.param(*case[1:], id=case[0]) for case in MATES])
def test_known_mates_are_found_and_play_out(fen, moves):
    engine = Engine(hash_mb=4)
    game = Game(Position.from_fen(fen))
    first = engine.search(game, Limits(nodes=60_000))
    assert first.mate is not None
    if moves is not None:
        assert first.mate == moves
    for _ in range(2 * first.mate + 4):
        if game.verdict().state != "ongoing":
            break
        game.push(engine.search(game, Limits(nodes=60_000)).move)
    assert game.verdict().state == "red-wins"
    assert game.verdict().reason in ("checkmate", "stalemate")


def test_the_same_search_gives_the_same_result():
    def results():
        engine = Engine(hash_mb=4)
        game = Game()
        found = []
        for candidates in (1, 5, 1, 3):
            found.append(engine.search(game, Limits(nodes=4000, candidates=candidates)))
            game.push(found[-1].move)
        return found

    assert results() == results()


def test_the_memory_of_earlier_games_can_be_erased():
    engine = Engine(hash_mb=4)
    first = engine.search(Game(), Limits(nodes=5000))
    engine.new_game()
    assert engine.search(Game(), Limits(nodes=5000)) == first


def test_limits_of_nodes_and_depth_are_kept():
    assert search("4k4/9/9/9/4C4/9/9/9/9/4K4 w", depth=3).depth == 3
    for nodes in (1, 2, 77, 3000):
        result = Engine(hash_mb=4).search(Game(), Limits(nodes=nodes))
        assert result.nodes <= nodes
        assert Position.start().is_legal(result.move)


def test_the_line_is_legal_and_candidates_are_in_order():
    result = Engine(hash_mb=4).search(Game(), Limits(nodes=20_000, candidates=4))
    scores = [score for _, score in result.candidates]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)
    assert len({move for move, _ in result.candidates}) == 4
    position = Position.start()
    for move in result.pv:
        position = position.after(move)


def test_a_lost_side_without_a_move_has_no_move():
    result = search("3k5/3PP4/9/9/9/9/9/9/9/4K4 b", nodes=100)
    assert result.move is None
    assert result.pv == ()


def test_a_move_that_loses_by_repetition_is_not_played_while_another_stands():
    # Red has checked twice round; the same check once more would lose.
    game = Game(Position.from_fen("3k5/9/9/9/4R4/9/8r/8r/9/5K3 w"))
    steps = [Move.from_uci(step) for step in ("e5d5", "d9e9", "d5e5", "e9d9")]
    for step in (steps * 2)[:6]:
        game.push(step)
    result = Engine(hash_mb=4).search(game, Limits(nodes=3000))
    game.push(result.move)
    assert game.verdict().state != "black-wins"


def test_a_repetition_that_wins_is_seen():
    # Black has chased the cannon twice round and must leave off; the search scores it for red.
    game = Game(Position.from_fen("4k4/9/9/9/1r7/9/9/C8/9/3K5 b"))
    for step in ("b5a5", "a2b2", "a5b5", "b2a2"):
        game.push(Move.from_uci(step))
    result = Engine(hash_mb=4).search(game, Limits(nodes=5000))
    game.push(result.move)
    assert game.verdict().state == "ongoing"


def test_a_search_can_be_stopped_from_another_thread():
    engine = Engine(hash_mb=4)
    timer = threading.Timer(0.2, engine.stop)
    timer.start()
    result = engine.search(Game(), Limits(movetime_ms=60_000))
    timer.join()
    assert Position.start().is_legal(result.move)


@pytest.mark.parametrize(
    ("name", "value"), [("nodes", 0), ("depth", -1), ("movetime_ms", 0), ("candidates", 0)]
)
def test_senseless_limits_are_refused(name, value):
    with pytest.raises(LimitsError, match=name):
        Limits(**{name: value})


def test_senseless_engines_are_refused():
    with pytest.raises(LimitsError, match="hash_mb"):
        Engine(hash_mb=0)


def test_only_the_asked_for_moves_are_weighed():
    asked = (Move.from_uci("a0a1"), Move.from_uci("i3i4"))
    result = Engine(hash_mb=4).search(Game(), Limits(nodes=5000, candidates=5, only=asked))
    assert {move for move, _ in result.candidates} == set(asked)


def test_an_iteration_broken_off_on_a_lost_move_plays_another():
    # Any move but stepping aside lets the cannons mate at once; at some of these limits the
    # iteration that finds out about the first move ends before it has looked at the others.
    fen = "rnbakabnr/9/c6c1/2p1C1p2/p7p/7C1/P1P1P1P1P/9/4A4/RNBAK1BNR b - - 0 4"
    for nodes in range(300, 2400, 100):
        found = Engine(hash_mb=4).search(Game(Position.from_fen(fen)), Limits(nodes=nodes))
        assert found.mate is None, nodes


@pytest.mark.parametrize("threads", [2, 4])
def test_several_threads_find_the_same_mate_and_keep_the_limits(threads):
    engine = Engine(hash_mb=4, threads=threads)
    found = engine.search(Game(Position.from_fen("4k4/9/R8/1R7/9/9/9/9/9/3K5 w - - 0 1")), Limits(depth=6))
    assert found.mate == 2
    bounded = engine.search(Game(), Limits(nodes=20_000))
    assert bounded.move in Position.start().legal_moves()
    # Threads tell each other what they did every 1,024 moves.
    assert 0 < bounded.nodes < 20_000 + 3 * 1024 * threads


def test_stopping_ends_every_thread():
    engine = Engine(hash_mb=4, threads=3)
    timer = threading.Timer(0.2, engine.stop)
    timer.start()
    assert engine.search(Game(), Limits(movetime_ms=60_000)).move is not None
    timer.join()


@pytest.mark.parametrize("threads", [0, 17])
def test_a_number_of_threads_that_makes_no_sense_is_refused(threads):
    with pytest.raises(LimitsError, match=rf"threads {threads} is outside 1 to 16"):
        Engine(threads=threads)
