"""One seam for every source of frames, and what is noticed about their health."""

import cv2
import numpy as np
import pytest

from vision import BadPictureError, CameraError
from vision.camera import Held, PictureCamera, VideoCamera, open_camera
from vision.camera_health import CameraHealth
from vision.lens import Lens, StraightCamera, load_lens, measure_lens, save_lens


class Device:
    """A video device with a buffer of old pictures and settings that may or may not stick."""

    def __init__(self, *, sticks=True, dead=False) -> None:
        self.sticks, self.dead = sticks, dead
        self.settings: dict[int, float] = {cv2.CAP_PROP_EXPOSURE: 156.0, cv2.CAP_PROP_WB_TEMPERATURE: 4600.0}
        self.reads, self.released = 0, False

    def read(self):
        self.reads += 1
        return not self.dead, np.full((8, 8, 3), self.reads % 256, np.uint8)

    def get(self, setting):
        return self.settings.get(setting, 0.0)

    def set(self, setting, value):
        if not self.sticks and setting in {cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_AUTO_WB}:
            return False
        self.settings[setting] = value
        return True

    def release(self):
        self.released = True


def scene(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(30, 200, (90, 160, 3)).astype(np.uint8)


def test_old_pictures_in_the_buffer_are_passed_over() -> None:
    device = Device()
    assert VideoCamera(device, "cam").take()[0, 0, 0] == 5
    assert VideoCamera(device, "cam", live=False).take()[0, 0, 0] == 6


def test_exposure_and_white_balance_are_held_as_the_camera_found_them() -> None:
    device = Device()
    camera = VideoCamera(device, "cam")
    assert camera.hold() == Held(exposure=True, white_balance=True)
    assert device.settings[cv2.CAP_PROP_AUTO_EXPOSURE] == 1.0
    assert device.settings[cv2.CAP_PROP_AUTO_WB] == 0.0
    assert device.settings[cv2.CAP_PROP_EXPOSURE] == 156.0
    camera.release_settings()
    assert device.settings[cv2.CAP_PROP_AUTO_WB] == 1.0


def test_a_camera_that_cannot_hold_its_settings_says_so() -> None:
    assert VideoCamera(Device(sticks=False), "cam").hold() == Held(exposure=False, white_balance=False)


def test_a_camera_without_pictures_is_named_and_let_go() -> None:
    device = Device(dead=True)
    with pytest.raises(CameraError, match="camera 3 gives no picture"):
        open_camera("3", lambda number: device)
    assert device.released
    with pytest.raises(CameraError, match="cam gives no picture"):
        VideoCamera(device, "cam").take()


def test_what_a_person_writes_opens_the_source_it_names(tmp_path) -> None:
    assert open_camera("/dev/video2", lambda number: Device()).name == "/dev/video2"
    with pytest.raises(CameraError, match="no camera 63"):
        open_camera("63")
    with pytest.raises(CameraError, match="pi or pi:1 would be right"):
        open_camera("pi:x")
    with pytest.raises(CameraError, match=r"picamera2|Raspberry Pi"):
        open_camera("pi")
    with pytest.raises(BadPictureError, match="holds no pictures"):
        open_camera(str(tmp_path))


def test_files_are_a_camera_that_comes_to_an_end(tmp_path) -> None:
    for name in ("b.png", "a.png"):
        cv2.imwrite(str(tmp_path / name), scene(ord(name[0])))
    camera = open_camera(str(tmp_path))
    taken = [camera.take(), camera.take()]
    assert np.array_equal(taken[0], scene(ord("a")))
    assert camera.name.endswith("b.png")
    assert camera.take() is None
    one = open_camera(str(tmp_path / "a.png"))
    assert np.array_equal(one.take(), taken[0])


def test_a_bad_file_among_good_ones_is_refused_and_passed(tmp_path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "b.png"), scene())
    camera = PictureCamera([tmp_path / "a.png", tmp_path / "b.png"])
    with pytest.raises(BadPictureError, match=r"a\.png"):
        camera.take()
    assert camera.take() is not None


def kinds(*pictures) -> list[str | None]:
    health = CameraHealth()
    return [None if (fault := health.judge(picture)) is None else fault.kind for picture in pictures]


def test_a_healthy_camera_has_no_fault() -> None:
    assert kinds(*(scene(seed) for seed in range(6))) == [None] * 6


def test_a_repeated_picture_is_a_frozen_camera() -> None:
    assert kinds(scene(1), scene(2), *[scene(2)] * 4, scene(3)) == [None] * 4 + ["frozen"] * 2 + [None]


def test_a_camera_that_plays_the_same_few_pictures_over_and_over_is_frozen_too() -> None:
    again = [scene(seed) for seed in (1, 2, 3)] * 3
    assert kinds(*again, scene(4)) == [None] * 5 + ["frozen"] * 4 + [None]


def test_a_covered_an_overexposed_and_a_dark_camera_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    cap = rng.integers(0, 8, (480, 640, 3)).astype(np.uint8)
    ramp = np.linspace(60, 110, 640)[None, :, None] + rng.normal(0, 2, (480, 640, 3))
    white = np.full((480, 640, 3), 255, np.uint8)
    white[:100] = rng.integers(100, 255, (100, 640, 3))
    dark = cv2.resize(rng.integers(0, 36, (30, 40, 3)).astype(np.uint8), (640, 480))
    assert kinds(cap, ramp.astype(np.uint8), white, dark) == [
        "covered-lens",
        "covered-lens",
        "overexposed",
        "too-dark",
    ]


MATRIX = np.array([[500.0, 0, 320], [0, 500, 240], [0, 0, 1]])
BARREL = np.array([-0.25, 0.06, 0.0, 0.0, 0.0])


def pattern(seed: int) -> np.ndarray:
    """A chequered pattern held askew before a lens with barrel distortion."""
    rng = np.random.default_rng(seed)
    squares = np.kron(np.indices((7, 10)).sum(axis=0) % 2, np.ones((40, 40)))
    flat = np.full((360, 480), 255, np.uint8)
    flat[40:320, 40:440] = np.where(squares > 0, 255, 0)
    turn, _ = cv2.Rodrigues(rng.uniform(-0.4, 0.4, 3))
    across = rng.uniform(-0.6, 0.6, 2)
    plane = MATRIX @ np.column_stack([turn[:, 0], turn[:, 1], [*across, 12.0 - 3 * rng.random()]])
    to_squares = np.array([[1 / 40, 0, -6], [0, 1 / 40, -4.5], [0, 0, 1]])
    straight = cv2.warpPerspective(flat, plane @ to_squares, (640, 480), borderValue=255)
    xs, ys = np.meshgrid(np.arange(640.0), np.arange(480.0))
    bent = np.stack([xs, ys], axis=-1).reshape(-1, 1, 2)
    source = cv2.undistortPoints(bent, MATRIX, BARREL, P=MATRIX).reshape(480, 640, 2).astype(np.float32)
    grey = cv2.remap(straight, source, None, cv2.INTER_LINEAR, borderValue=255)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def test_a_lens_is_measured_from_a_pattern_kept_in_a_file_and_undone(tmp_path) -> None:
    pictures = [pattern(seed) for seed in range(10)]
    lens = measure_lens(pictures)
    assert lens.residual_px < 0.5
    assert lens.focal[0] == pytest.approx(500, rel=0.03)
    assert lens.distortion[0] == pytest.approx(-0.25, abs=0.05)
    save_lens(lens, tmp_path / "lens.json")
    assert load_lens(tmp_path / "lens.json") == lens

    class Once:
        name = "once"

        def take(self):
            return pictures[0]

        def close(self):
            pass

    straight = StraightCamera(Once(), lens).take()
    there, corners = cv2.findChessboardCornersSB(cv2.cvtColor(straight, cv2.COLOR_BGR2GRAY), (9, 6))
    assert there
    row = corners.reshape(6, 9, 2)[0]
    across = np.array([row[-1] - row[0]])[0]
    bend = abs(np.cross(np.append(across, 0), np.append(row[4] - row[0], 0))[2]) / np.hypot(*across)
    assert bend < 0.7


def test_too_few_patterns_and_altered_lens_files_are_refused(tmp_path) -> None:
    with pytest.raises(CameraError, match="0 of 1 pictures show the whole pattern"):
        measure_lens([scene()])
    path = tmp_path / "lens.json"
    for content in ("", "{}", '{"size": [640, 480]}', '{"size":[1,1],"focal":[1,1],"centre":[1,1],'
                    '"distortion":[0,0,0,0,0],"residual_px":1}'):
        path.write_text(content)
        with pytest.raises(CameraError, match=r"lens\.json"):
            load_lens(path)


def test_a_lens_measured_at_another_size_is_refused() -> None:
    class Small:
        name = "small"

        def take(self):
            return scene()

        def close(self):
            pass

    lens = Lens((640, 480), (500, 500), (320, 240), (0, 0, 0, 0, 0), 0.1)
    with pytest.raises(CameraError, match="160 x 90"):
        StraightCamera(Small(), lens).take()
