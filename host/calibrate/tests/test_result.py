import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from host.arm.aim import ArmGeometry
from host.arm.frames import tray_slots_seat
from host.arm.robot import load as load_robot
from host.calibrate.bundle import PARAMETERS
from host.calibrate.errors import CalibrationFileError
from host.calibrate.result import NAMES, STEPS, Calibration, kept_file, load, save
from host.calibrate.use import calibrated

FULL = Calibration(
    "twin-1",
    lens_residual_cells=0.001,
    lens_bend_mm=0.5,
    height_piece_m=0.0103,
    height_floor_m=0.0003,
    encoders_shoulder=(1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    encoders_elbow=(3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.5),
    encoders_residual_counts=(0.3, 0.4),
    play_shoulder_rad=0.0017,
    play_elbow_rad=0.0017,
    marker_sights=(2.0, -1.5, 0.03, 600.0, 300.0),
    arm={name: 0.001 * number for number, name in enumerate(NAMES)} | {"camera_z_m": 0.615},
    arm_sigma=dict.fromkeys(NAMES, 0.0001),
    arm_covariance=tuple(np.eye(6).ravel() * 1e-8),
    arm_grid_px=0.05,
    arm_marker_px=0.04,
    arm_marker_mm=0.02,
    arm_push_mm=0.03,
    tray_left=(0.001, 0.0, 0.0),
    tray_right=(0.0, -0.002, 0.003),
    tray_residual_mm=0.1,
    proof_mm=(0.2, 0.3),
)
ROBOT = load_robot()


def test_the_file_and_the_fit_name_the_same_numbers():
    assert tuple(NAMES) == PARAMETERS


def test_what_was_saved_is_read_again(tmp_path):
    save(FULL, tmp_path / "new" / "c.json")
    assert load(tmp_path / "new" / "c.json", "twin-1") == FULL


def test_a_step_is_done_when_all_of_its_fields_are_there():
    begun = Calibration("twin-1", lens_residual_cells=0.001)
    assert not any(begun.done(step) for step in STEPS)
    assert FULL.complete
    assert not replace(FULL, proof_mm=()).complete


def test_another_device_is_refused_by_name(tmp_path):
    save(FULL, tmp_path / "c.json")
    with pytest.raises(CalibrationFileError, match="belongs to 'twin-1', not to 'arm-7'"):
        load(tmp_path / "c.json", "arm-7")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("height_piece_m", "tall"),
        ("proof_mm", [1.0, None]),
        ("lens_bend_mm", 1e300),
        ("format", 1),
        ("x", 1),
        ("device", 7),
        ("arm", {"link1_m": 0.1}),
        ("arm", dict.fromkeys(NAMES, "x")),
        ("arm_covariance", [1.0] * 35),
        ("tray_left", [1.0, 2.0]),
    ],
)
def test_a_file_that_is_no_calibration_is_refused(tmp_path, key, value):
    path = tmp_path / "c.json"
    path.write_text(json.dumps({**asdict(FULL), key: value}))
    with pytest.raises(CalibrationFileError, match="is no calibration"):
        load(path, "twin-1")


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{", b"null", b'{"device": NaN}'])
def test_damaged_bytes_are_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "c.json"
    path.write_bytes(content)
    with pytest.raises(CalibrationFileError) as caught:
        load(path, "twin-1")
    assert "\n" not in str(caught.value)


def test_a_game_takes_arm_trays_camera_and_encoders_from_it(tmp_path):
    path = tmp_path / "c.json"
    save(FULL, path)
    found = calibrated(ROBOT, path, "twin-1")
    assert found.aim.geometry == ArmGeometry.of([FULL.arm[name] for name in NAMES[14:20]])
    assert found.aim.covariance == pytest.approx(np.eye(6) * 1e-8)
    assert found.robot.camera.height == 0.615
    assert [curve.terms for curve in found.curves] == [FULL.encoders_shoulder, FULL.encoders_elbow]
    assert [curve.residual_counts for curve in found.curves] == [0.3, 0.4]
    drawn, lies = (tray_slots_seat(robot, "right")[0] for robot in (ROBOT, found.robot))
    assert lies.y - drawn.y == pytest.approx(-0.002 + 0.003 * (drawn.x - (0.211 + 0.018)), abs=1e-6)


def test_a_game_without_one_goes_by_the_drawing():
    found = calibrated(ROBOT, None, "twin-1")
    assert found.aim is None
    assert found.curves is None
    assert found.robot == ROBOT


def test_a_game_refuses_one_that_is_not_finished(tmp_path):
    path = tmp_path / "c.json"
    save(replace(FULL, tray_left=()), path)
    with pytest.raises(CalibrationFileError, match="is not finished"):
        calibrated(ROBOT, path, "twin-1")


def test_each_robot_has_a_file_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert kept_file("Qiyou reference robot").name == "calibration-qiyou-reference-robot.json"
    assert kept_file("../../x").parent == tmp_path / "qiyou"
