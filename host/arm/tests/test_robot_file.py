import contextlib
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.arm.errors import RobotFileError
from host.arm.robot import DEFAULT_FILE, load, loads
from host.arm.units import KINDS, parse_quantity

TEXT = DEFAULT_FILE.read_text("utf-8")
ROBOT = load()


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) >= 1
    return TEXT.replace(old, new, 1)


def error_of(content: str) -> str:
    with pytest.raises(RobotFileError) as caught:
        loads(content, "my-robot.toml")
    return str(caught.value)


def line_of(part: str, content: str = TEXT) -> int:
    return content[: content.index(part)].count("\n") + 1


def test_the_reference_robot_has_the_measures_of_the_design():
    assert ROBOT.arm.link1 == pytest.approx(0.320)
    assert ROBOT.arm.link2 == pytest.approx(0.280)
    assert ROBOT.arm.base_distance == pytest.approx(0.170)
    assert round(ROBOT.shoulder.usteps_per_unit) == 10186
    assert round(ROBOT.elbow.usteps_per_unit) == 8149
    assert ROBOT.lift.usteps_per_unit == pytest.approx(400_000)
    assert ROBOT.plan.fastest_point == pytest.approx(0.150)
    assert ROBOT.plan.fastest_point_cleared == pytest.approx(0.250)
    assert ROBOT.tray.slots == 16


def test_stop_limits_are_one_and_a_half_times_the_plan():
    plan, stop = ROBOT.plan, ROBOT.stop
    assert stop.fastest_point == pytest.approx(1.5 * plan.fastest_point)
    assert stop.fastest_point_cleared == pytest.approx(1.5 * plan.fastest_point_cleared)
    for axis in ("shoulder", "elbow", "lift"):
        for name in ("speed", "acceleration", "jerk"):
            planned, stopping = getattr(getattr(plan, axis), name), getattr(getattr(stop, axis), name)
            assert stopping == pytest.approx(1.5 * planned)


def test_limits_for_the_controllers_are_never_wider_than_the_file():
    limits = ROBOT.limits
    assert limits.point_mm_s == 150
    assert limits.lowering_mm_s == 50
    assert limits.rising_mm_s == 100
    for number, axis in enumerate((ROBOT.shoulder, ROBOT.elbow, ROBOT.lift)):
        assert limits.min_usteps[number] / axis.usteps_per_unit >= axis.low
        assert limits.max_usteps[number] / axis.usteps_per_unit <= axis.high
        assert limits.min_usteps[number] < ROBOT.usteps(ROBOT.park)[number] < limits.max_usteps[number]


def test_an_unknown_key_is_named_with_its_line():
    words = error_of(changed('pitch = "40mm"', 'pitch = "40mm"\npich = "40mm"'))
    assert words.startswith(f"my-robot.toml:{line_of('pitch') + 1}: board.pich: this key is not known")


def test_an_unknown_table_is_named():
    assert "elbows: this key is not known" in error_of(TEXT + '\n[elbows]\nlow = "1deg"\n')


def test_a_number_without_unit_is_refused_with_an_example():
    words = error_of(changed('link1 = "320mm"', "link1 = 320"))
    assert words == (
        f"my-robot.toml:{line_of('link1')}: arm.link1: a length with its unit in quotes is needed, "
        'such as "50mm".'
    )
    assert "a length with its unit is needed" in error_of(changed('link1 = "320mm"', 'link1 = "320"'))


def test_the_wrong_unit_is_refused():
    assert "plan.lowering: a speed with its unit is needed" in error_of(changed('"40mm/s"', '"40mm"'))


def test_a_value_out_of_bounds_is_refused_with_the_bounds():
    words = error_of(changed('fastest_point = "150mm/s"', 'fastest_point = "400mm/s"'))
    assert words.endswith("plan.fastest_point: the value is outside 10mm/s to 150mm/s.")


def test_a_missing_key_and_a_missing_table_are_named():
    assert "nose.press: this key is missing" in error_of(changed('press = "1.1mm"\n', ""))
    start, end = TEXT.index("[camera]"), TEXT.index("[ports]")
    assert "camera: this table is missing" in error_of(TEXT[:start] + TEXT[end:])


def test_a_whole_number_must_be_whole():
    for wrong in ("16.5", '"16"', "true", "0", "100000"):
        assert "shoulder.microsteps" in error_of(changed("microsteps = 16", f"microsteps = {wrong}"))


def test_a_table_must_be_a_table():
    start, end = TEXT.index("[camera]"), TEXT.index("[ports]")
    words = error_of("camera = 3\n" + TEXT[:start] + TEXT[end:])
    assert words == "my-robot.toml:1: camera: a table is needed here, written as [camera]."


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('travel = "30mm"', 'travel = "27mm"', "lift.travel"),
        ('park = "206deg"', 'park = "190deg"', "shoulder.park"),
        ('switch = "-154deg"', 'switch = "-170deg"', "elbow.switch"),
        ('high = "-32deg"', 'high = "5deg"', "elbow.high"),
        ('high = "-32deg"', 'high = "-80deg"', "elbow.high"),
        ('outer_radius = "574mm"', 'outer_radius = "540mm"', "arm.outer_radius"),
        ('inner_radius = "155mm"', 'inner_radius = "30mm"', "arm.inner_radius"),
        ('base_distance = "170mm"', 'base_distance = "140mm"', "arm.base_distance"),
        ('offset = "211mm"', 'offset = "180mm"', "tray.offset"),
        ("columns = 2", "columns = 3", "tray.columns"),
        ("rows = 8", "rows = 16", "tray.columns"),
        ('press = "1.1mm"', 'press = "3mm"', "nose.press"),
        ('travel = "8mm"', 'travel = "7mm"', "nose.switch"),
        ('low = "6mm"', 'low = "9mm"', "lift.low"),
        ("encoder_zero = 700", "encoder_zero = 5000", "shoulder.encoder_zero"),
        ("encoder_sign = 1", "encoder_sign = 0", "shoulder.encoder_sign"),
        ('fastest_point = "225mm/s"', 'fastest_point = "100mm/s"', "stop.fastest_point"),
        ('speed = "75deg/s"', 'speed = "40deg/s"', "stop.shoulder.speed"),
        (
            'fastest_point_cleared = "250mm/s"',
            'fastest_point_cleared = "100mm/s"',
            "plan.fastest_point_cleared",
        ),
    ],
)
def test_keys_that_contradict_each_other_are_refused(old, new, key):
    words = error_of(changed(old, new))
    assert re.match(rf"my-robot\.toml:\d+: {re.escape(key)}: ", words), words


def test_text_that_is_no_toml_is_refused_with_its_line():
    assert error_of("[board]\npitch = = 3\n").startswith("my-robot.toml:2: this is not TOML")


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    with pytest.raises(RobotFileError, match="cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RobotFileError, match="not UTF-8"):
        load(tmp_path / "bytes.toml")
    (tmp_path / "large.toml").write_text("#" * 100_000)
    with pytest.raises(RobotFileError, match="larger than"):
        load(tmp_path / "large.toml")


LINES = TEXT.split("\n")
VALUES = st.one_of(
    st.sampled_from(
        ['"1e9mm"', '"-1mm"', '"nanmm"', "nan", "[]", "{}", '""', '"20:1"', '"0deg"', "-5", "1979-01-01"]
    ),
    st.text(max_size=12),
)


@settings(deadline=None)
@given(st.integers(0, len(LINES) - 1), VALUES, st.sampled_from(["value", "drop", "insert", "twice"]))
def test_any_damage_gives_a_robot_or_one_sentence(number, value, how):
    lines = list(LINES)
    if how == "value":
        lines[number] = f"{lines[number].partition('=')[0]}= {value}"
    elif how == "drop":
        del lines[number]
    elif how == "insert":
        lines.insert(number, value)
    else:
        lines.insert(number, lines[number])
    said = ""
    try:
        loads("\n".join(lines), "my-robot.toml")
    except RobotFileError as error:
        said = str(error)
    assert said == "" or re.fullmatch(r"my-robot\.toml:\d+: [^\n]*", said)


@settings(deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.text(max_size=20))
def test_a_quantity_is_a_finite_number_or_refused(kind, text):
    with contextlib.suppress(ValueError):
        assert math.isfinite(parse_quantity(text, kind))


def test_units_convert_to_si():
    assert parse_quantity("320mm", "length") == pytest.approx(0.32)
    assert parse_quantity("0.25s", "time") == pytest.approx(0.25)
    assert parse_quantity("180deg", "angle") == pytest.approx(math.pi)
    assert parse_quantity("20:1", "ratio") == 20.0
