import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.twin.errors import NoiseFileError
from host.twin.noise import DEFAULT_FILE, bounded_normal, bounded_offset, load

TEXT = DEFAULT_FILE.read_text(encoding="utf-8")


def refusal(tmp_path, text):
    path = tmp_path / "noise.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NoiseFileError) as caught:
        load(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.startswith(str(path))
    return sentence


def test_the_committed_file_loads_and_keeps_the_bounds_of_the_design():
    noise = load()
    assert noise.person.place_max_mm <= 40 / 3
    assert noise.pieces.diameter_max_mm <= 0.3
    assert noise.encoder.linearity_deg == 1.0
    assert noise.pieces.height_max_mm >= 0.5
    assert noise.board.warp_mm >= 1.0
    assert noise.motor.play_arcmin >= 6.0
    assert noise.motor.joint_friction_min_nm <= 0.05
    assert noise.motor.joint_friction_max_nm >= 0.3
    assert noise.magnet.release_slip_sigma_mm >= 0.2
    assert noise.camera.radial_sigma > 0.0


def test_every_number_of_the_file_is_explained():
    lines = TEXT.splitlines()
    for heading in re.findall(r"^\[(\w+)\]", TEXT, re.M):
        after = lines[lines.index(f"[{heading}]") + 1]
        assert after.startswith("# "), heading


def test_an_unknown_key_is_named_with_its_line(tmp_path):
    line = TEXT.splitlines().index("blur_px = 0.6") + 1
    sentence = refusal(tmp_path, TEXT.replace("blur_px = 0.6", "blur_cm = 0.6"))
    assert f":{line}: there is no key 'blur_cm' in [camera]" in sentence


def test_a_missing_key_is_named(tmp_path):
    assert "[camera] lacks blur_px; a number from 0 to 3" in refusal(
        tmp_path, TEXT.replace("blur_px = 0.6", "")
    )


@pytest.mark.parametrize("value", ["-1", "99", "nan", "inf", "true", "'2 mm'", "[1]"])
def test_a_number_out_of_bounds_is_refused_with_what_would_be_right(tmp_path, value):
    sentence = refusal(tmp_path, TEXT.replace("blur_px = 0.6", f"blur_px = {value}"))
    assert "a number from 0 to 3 would be right" in sentence


def test_an_unknown_and_a_missing_section_are_named(tmp_path):
    assert "no section [weather]" in refusal(tmp_path, TEXT + "\n[weather]\nrain = 1\n")
    assert "section [clock] is missing" in refusal(tmp_path, TEXT.split("[clock]")[0])


def test_bounds_that_cross_are_refused(tmp_path):
    assert "move_min_s in [person] is above" in refusal(
        tmp_path, TEXT.replace("move_min_s = 1.5", "move_min_s = 5")
    )


def test_what_is_not_toml_or_too_long_is_refused(tmp_path):
    assert "not TOML" in refusal(tmp_path, "blur_px = = 1")
    assert "too long" in refusal(tmp_path, "#" * 70_000)


@given(st.integers(0, 2**32), st.floats(0.0, 5.0), st.floats(0.0, 5.0))
def test_draws_stay_within_their_bound(seed, sigma, most):
    rng = np.random.default_rng(seed)
    # A bound far below sigma would be drawn for very long; such pairs are not written into files.
    most = max(most, sigma / 20) if most else 0.0
    assert abs(bounded_normal(rng, sigma, most)) <= most
    assert math.hypot(*bounded_offset(rng, sigma, most)) <= most or sigma == 0.0
