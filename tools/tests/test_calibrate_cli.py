import pytest

from tools.cli import main


def refused(capsys, *arguments):
    assert main(["calibrate", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_real_robot_is_refused_with_the_reason(capsys):
    assert "do not yet run through the controllers" in refused(capsys)


@pytest.mark.parametrize("seed", ["-1", str(2**31)])
def test_a_seed_out_of_range_is_refused(capsys, seed):
    assert "1 would be right" in refused(capsys, "--twin", "--seed", seed)


def test_another_devices_result_is_refused(capsys, tmp_path):
    from host.calibrate.result import FILE, Calibration, save

    save(Calibration("twin-3"), tmp_path / FILE)
    assert "belongs to 'twin-3'" in refused(capsys, "--twin", "--seed", "4", "--out", str(tmp_path))


def test_a_file_as_folder_is_refused(capsys, tmp_path):
    path = tmp_path / "x"
    path.touch()
    assert "is a file" in refused(capsys, "--twin", "--out", str(path))
