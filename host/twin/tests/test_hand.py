import math

import pytest

from host.twin.errors import PlacementError
from host.twin.hand import LEAST_DISTANCE_M


def finish(world):
    while world.hand.busy:
        world.advance(world.now_us() + 10_000)
    world.advance(world.now_us() + 500_000)


def off_crossing(world, number):
    p = world.truth()["pieces"][number]
    rank, file = divmod(p["square"], 9)
    return math.hypot(p["x_m"] - (file - 4) * 0.04, p["y_m"] - (rank - 4.5) * 0.04)


def places(world):
    return {p["id"]: (p["x_m"], p["y_m"]) for p in world.truth()["pieces"]}


def closest(world):
    spots = list(places(world).values())
    return min(math.dist(a, b) for i, a in enumerate(spots) for b in spots[:i])


def test_a_move_ends_near_its_square_and_pushes_no_neighbour(make, noise):
    world = make(seed=2)
    before = places(world)
    cannon = world.hand.piece_on(64)
    start = world.now_us()
    world.hand.begin_move(64, 67, False)
    finish(world)
    assert noise.person.move_min_s <= (world.now_us() - start) / 1e6 <= noise.person.move_max_s + 0.6
    assert world.hand.piece_on(67) == cannon
    assert off_crossing(world, cannon) <= noise.person.place_max_mm * 1e-3 + 1e-4
    after = places(world)
    assert all(math.dist(before[i], after[i]) < 1e-4 for i in before if i != cannon)
    assert closest(world) >= LEAST_DISTANCE_M - 1e-4
    assert world.is_quiet()


@pytest.mark.parametrize("plays", ["red", "black"])
def test_a_capture_brings_the_taken_piece_to_the_persons_tray_first(make, plays):
    world = make(seed=2, robot_plays=plays)
    mover, taken = world.hand.piece_on(64), world.hand.piece_on(1)
    world.hand.begin_move(64, 1, True)
    finish(world)
    truth = world.truth()["pieces"]
    assert truth[mover]["square"] == 1
    assert truth[taken]["where"] == "tray"
    assert world.piece_seat(taken).x < 0


def test_the_hand_is_seen_as_holding_while_it_carries(make):
    world = make(seed=2)
    cannon = world.hand.piece_on(64)
    world.hand.begin_move(64, 67, False)
    seen = set()
    while world.hand.busy:
        world.advance(world.now_us() + 10_000)
        seen.add(world.truth()["pieces"][cannon]["where"])
    assert "hand" in seen


def test_many_crowded_placings_keep_their_distance(make):
    world = make(seed=6)
    for start, end in ((64, 65), (65, 55), (55, 57), (57, 64), (1, 20), (20, 38)):
        world.hand.begin_move(start, end, False)
        finish(world)
        assert closest(world) >= LEAST_DISTANCE_M - 1e-4


def test_a_piece_on_the_floor_or_in_a_tray_is_put_back_when_asked(make):
    world = make(seed=2, placement="4k4/9/9/9/9/9/9/9/9/4K4")
    world.hand.begin_fix("c", 67)
    finish(world)
    number = world.hand.piece_on(67)
    assert world.pieces[number].label == "c"


def test_fixing_a_square_clears_a_wrong_piece_away(make):
    world = make(seed=2)
    wrong = world.hand.piece_on(64)
    world.hand.begin_fix("p", 64)
    finish(world)
    assert world.truth()["pieces"][wrong]["where"] == "tray"
    assert world.pieces[world.hand.piece_on(64)].label == "p"


def test_a_wave_touches_nothing(make):
    world = make(seed=2)
    before = places(world)
    world.hand.begin_wave(40)
    finish(world)
    assert places(world) == before


def test_an_empty_square_a_busy_hand_and_an_unknown_piece_are_refused(make):
    world = make(seed=2)
    with pytest.raises(PlacementError, match="no piece stands on e4"):
        world.hand.begin_move(40, 41, False)
    with pytest.raises(PlacementError, match="no piece is called 'x'"):
        world.hand.begin_fix("x", 41)
    world.hand.begin_wave(40)
    with pytest.raises(PlacementError, match="still busy"):
        world.hand.begin_move(64, 67, False)
