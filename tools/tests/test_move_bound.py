import math

import pytest

from host.arm.robot import DEFAULT_FILE, load
from host.arm.scurve import plan_scurve
from tools.cli import main
from tools.link_capacity import measure_link_load
from tools.motion_report import SEATS, draw_turns, measure_move_times, measure_paths, motions_of
from tools.move_bound import load_arm_data, shortest_time
from tools.path_bound import path_excess

ROBOT = load()
DATA = load_arm_data(DEFAULT_FILE)


def test_the_bound_reads_the_same_numbers_as_the_robots_own_loader():
    plan = ROBOT.plan
    assert DATA.links == (ROBOT.arm.link1, ROBOT.arm.link2)
    for own, other in zip(DATA.joints, (plan.shoulder, plan.elbow, plan.lift), strict=True):
        assert (own.speed, own.acceleration, own.jerk) == pytest.approx(
            (other.speed, other.acceleration, other.jerk)
        )
    assert DATA.point.speed == plan.fastest_point
    assert DATA.cleared == plan.fastest_point_cleared
    assert (DATA.lowering, DATA.rising, DATA.rising_holding) == (
        plan.lowering,
        plan.rising,
        plan.rising_with_piece,
    )


@pytest.mark.parametrize("length", [0.003, 0.02])
def test_a_stroke_needs_the_time_of_the_textbook_profile(length):
    lift = ROBOT.plan.lift
    exact = plan_scurve(length, ROBOT.plan.lowering, lift.acceleration, lift.jerk).duration
    found = shortest_time(DATA, (1.5, -1.5, 0.03), (1.5, -1.5, 0.03 - length), "lower")
    assert 0.95 * exact <= found <= exact * (1 + 1e-6)


def test_turning_the_stretched_arm_needs_the_time_of_its_tip():
    # With the elbow fixed the tip runs on a circle of known radius: one more textbook profile.
    plan, elbow, turn = ROBOT.plan, -1.2, 0.8
    radius = math.sqrt(0.32**2 + 0.28**2 + 2 * 0.32 * 0.28 * math.cos(elbow))
    exact = plan_scurve(
        turn * radius, plan.fastest_point_cleared, plan.point_acceleration, plan.point_jerk
    ).duration
    found = shortest_time(DATA, (1.5, elbow, 0.03), (1.5 + turn, elbow, 0.03), "fast swing")
    assert 0.97 * exact <= found <= exact * (1 + 1e-6)


def test_the_median_move_takes_at_most_fifteen_percent_longer_than_the_shortest_possible():
    rows = measure_move_times(None, 4, 2)
    assert {row.seat for row in rows} == set(SEATS)
    assert {row.speed_mm_s for row in rows} == {150.0, 250.0}
    for row in rows:
        assert 1.0 <= row.ratio <= 1.15
        assert row.worst_ratio <= 1.15


def test_swings_go_nearly_the_shortest_way_there_is():
    for row in measure_paths(None, 4, 2):
        assert 1.0 <= row.excess <= 1.03
        assert row.worst_excess <= 1.15


def test_the_search_for_shorter_paths_finds_the_straight_line_of_a_gantry():
    gantry = load_arm_data(DEFAULT_FILE.with_name("robot-gantry.toml"))
    assert path_excess(gantry, (-1.0, 1.0, 0.03), (2.0, 5.0, 0.03)) == pytest.approx(1.0, abs=1e-6)


def test_motions_use_less_than_a_fifth_of_what_a_controller_can_take_in():
    motions = [motion for motion, _ in motions_of(next(draw_turns(ROBOT, "black", 1, 3, fast=True)))]
    link = measure_link_load(ROBOT, motions)
    assert link.refused == 0
    # Segments of some 25 bytes, 80 a second, and a keep-alive of 17 bytes every 15 ms.
    assert 2_000 < link.used_per_s < 5_000
    assert link.share < 0.2


def test_the_verb_refuses_a_senseless_number_of_moves(capsys):
    assert main(["motion", "--moves", "0"]) == 2
    assert "--moves 0 is outside 1 to 10000" in capsys.readouterr().err
