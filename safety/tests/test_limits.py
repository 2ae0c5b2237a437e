"""Limits are refused with one sentence, or they are whole and have one hash."""

from safety.limits import REFERENCE, SCHEMA, Limits, LimitsError, load


def changed(key, value):
    values = dict(REFERENCE)
    values[key] = value
    return values


def refusal(values):
    try:
        Limits.from_dict(values)
    except LimitsError as error:
        return str(error)
    return ""


def test_the_reference_robot_is_valid_and_round_trips():
    limits = Limits.from_dict(REFERENCE)
    assert limits.as_dict() == REFERENCE
    assert Limits.from_dict(limits.as_dict()).hash() == limits.hash()
    assert 0 <= limits.hash() < 1 << 32


def test_every_value_is_in_the_hash():
    base = Limits(REFERENCE).hash()
    for key in ("link1_mm", "rising_mm_s", "recovery_mm_s", "magnet_hold_s"):
        assert Limits(changed(key, REFERENCE[key] - 1)).hash() != base


def test_the_stop_limits_are_not_below_the_plan_limits():
    assert "stop_joint_usteps_s " in refusal(changed("stop_joint_usteps_s", [10, 10, 10])) + " "
    assert "stop_joint_usteps_s2" in refusal(changed("stop_joint_usteps_s2", [100, 100, 100]))
    assert "stop_point_mm_s" in refusal(changed("stop_point_mm_s", 149))
    assert "stop_fast_point_mm_s" in refusal(changed("stop_fast_point_mm_s", 249))
    assert "fast_point_mm_s" in refusal(changed("fast_point_mm_s", 149))


def test_every_number_has_bounds():
    for key in SCHEMA:
        entries, least, most = SCHEMA[key]
        for bad in (least - 1, most + 1, 1.5, True, "1", None):
            value = bad if entries == 1 else [bad] * entries
            assert key in refusal(changed(key, value)), (key, bad)


def test_lists_have_their_length():
    assert "min_usteps" in refusal(changed("min_usteps", [0, 0]))
    assert "min_usteps" in refusal(changed("min_usteps", 5))


def test_unknown_and_missing_keys_are_named():
    assert "speed" in refusal(changed("speed", 1))
    values = dict(REFERENCE)
    del values["link2_mm"]
    assert "link2_mm" in refusal(values)


def test_ranges_are_not_empty():
    assert "min_usteps" in refusal(changed("min_usteps", [46000, -23900, 0]))


def test_an_encoder_turns_one_way_or_the_other():
    assert "encoder_sign" in refusal(changed("encoder_sign", [0, 1]))


def test_limits_are_loaded_from_a_file_or_refused_with_its_name():
    import json
    import os

    path = "limits-of-a-test.json"

    def attempt(text):
        with open(path, "w") as file:
            file.write(text)
        try:
            return load(path)
        except LimitsError as error:
            return str(error)
        finally:
            os.remove(path)

    assert attempt(json.dumps(REFERENCE)).hash() == Limits(REFERENCE).hash()
    assert path in attempt("{")
    assert path in attempt("[1]")
    refused = ""
    try:
        load("no-such-file.json")
    except LimitsError as error:
        refused = str(error)
    assert "no-such-file.json" in refused
