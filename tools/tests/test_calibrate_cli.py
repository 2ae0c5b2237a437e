import pytest

from host.arm.robot import DEFAULT_FILE
from tools.cli import main


def refused(capsys, *arguments):
    assert main(["calibrate", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_robot_that_is_not_there_is_named(capsys, tmp_path):
    robot = tmp_path / "robot.toml"
    robot.write_text(DEFAULT_FILE.read_text().replace('"/dev/', '"/dev/none/'))
    line = refused(capsys, "--robot", str(robot), "--out", str(tmp_path / "out"))
    assert "there is no arm controller at /dev/none/" in line


def test_a_gantry_is_refused_with_the_reason(capsys, tmp_path):
    robot = str(DEFAULT_FILE.with_name("robot-gantry.toml"))
    assert "goes by its drawing" in refused(capsys, "--robot", robot, "--out", str(tmp_path))


def test_noise_is_for_the_twin(capsys, tmp_path):
    assert "add --twin" in refused(capsys, "--noise", str(tmp_path / "noise.toml"))


def test_a_camera_out_of_range_is_refused(capsys):
    assert "0 is the first camera" in refused(capsys, "--camera", "64")


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
