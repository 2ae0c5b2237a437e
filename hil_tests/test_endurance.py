"""The short form of `qiyou endurance`, and that a series goes on where it was broken off."""

import itertools
import json
import random

import numpy as np
import pytest

from hil_tests import endurance
from hil_tests.endurance import EnduranceError, Part, random_motions, run_endurance, run_part
from host.arm.robot import load
from host.twin.pio import Pio

ROBOT = load()
PARK = ROBOT.usteps(ROBOT.park)


@pytest.fixture(autouse=True)
def only_virtual(request):
    if request.config.getoption("--device", "virtual") != "virtual":
        pytest.skip("this brings its own virtual boards")


@pytest.mark.parametrize("number", [0, 1])
def test_motions_through_link_and_firmware_come_in_time_and_step_for_step(number):
    part = run_part(ROBOT, number, seed=3, motions=9)
    assert part.seat == ("black", "red")[number]
    assert (part.underruns, part.stops, part.wrong_steps) == (0, 0, 0)
    assert part.steps > 10_000
    assert part.seconds > 5


def test_words_that_come_late_are_counted():
    pio = Pio()
    words = tuple(np.array([8000 << 2], np.uint32) for _ in range(3))
    pio.obey(words, 0, start=True)
    pio.take(20_000)
    pio.obey(words, 20_000, start=False)
    assert pio.underruns == 3
    # A new run may begin whenever it likes.
    pio.take(40_000)
    pio.obey(words, 60_000, start=True)
    assert pio.underruns == 3


def test_the_motions_follow_one_another_and_lower_only_upright():
    motions = list(itertools.islice(random_motions(ROBOT, "red", random.Random(1), PARK), 30))
    assert all(a.end_usteps == b.start_usteps for a, b in itertools.pairwise(motions))
    for motion in motions:
        if motion.label != "swing":
            assert motion.start_usteps[:2] == motion.end_usteps[:2]


def a_part(number, motions, underruns=0):
    return Part(number, "red", motions, 100.0, 1000, underruns, 0, 0, 5000)


def test_a_series_goes_on_where_it_was_broken_off_and_adds_up(tmp_path, monkeypatch):
    ran = []

    def run(robot, number, seed, motions):
        ran.append((number, motions))
        return a_part(number, motions)

    monkeypatch.setattr(endurance, "run_part", run)
    assert run_endurance(ROBOT, 100, 1, tmp_path, lambda _: None).motions == 100
    total = run_endurance(ROBOT, 250, 1, tmp_path, lambda _: None)
    assert ran == [(0, 100), (1, 100), (2, 50)]
    assert (total.motions, total.holds, total.bytes_per_s) == (250, True, 50.0)


def test_one_late_word_in_a_series_is_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(endurance, "run_part", lambda robot, number, seed, motions: a_part(0, 100, number))
    assert run_endurance(ROBOT, 100, 1, tmp_path, lambda _: None).holds
    assert not run_endurance(ROBOT, 200, 1, tmp_path, lambda _: None).holds


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / "part-00000.json").write_text(json.dumps({"what": 1}))
    with pytest.raises(EnduranceError, match="is no part of a series"):
        run_endurance(ROBOT, 100, 1, tmp_path, lambda _: None)
