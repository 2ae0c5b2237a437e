import json
from dataclasses import asdict

import pytest

from host.calibrate.errors import CalibrationFileError
from host.calibrate.result import STEPS, Calibration, load, save

FULL = Calibration(
    "twin-1",
    lens_residual_cells=0.001,
    lens_bend_mm=0.5,
    height_piece_m=0.0103,
    encoders_shoulder=(1.0, 2.0),
    encoders_elbow=(3.0, 4.0),
    encoders_residual_counts=(0.3, 0.4),
    play_shoulder_rad=0.0017,
    play_elbow_rad=0.0017,
    geometry=(0.0,) * 6,
    geometry_residual_mm=0.2,
)


def test_what_was_saved_is_read_again(tmp_path):
    save(FULL, tmp_path / "new" / "c.json")
    assert load(tmp_path / "new" / "c.json", "twin-1") == FULL


def test_a_step_is_done_when_all_of_its_fields_are_there():
    begun = Calibration("twin-1", lens_residual_cells=0.001)
    assert not begun.done("lens")
    assert all(FULL.done(step) for step in STEPS)


def test_another_device_is_refused_by_name(tmp_path):
    save(FULL, tmp_path / "c.json")
    with pytest.raises(CalibrationFileError, match="belongs to 'twin-1', not to 'arm-7'"):
        load(tmp_path / "c.json", "arm-7")


@pytest.mark.parametrize(
    ("key", "value"),
    [("height_piece_m", "tall"), ("geometry", [1.0, None]), ("lens_bend_mm", 1e300), ("format", 2), ("x", 1)],
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
