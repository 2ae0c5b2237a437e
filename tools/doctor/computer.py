"""The robot's computer: disk, clock, temperature, cameras, models, calibration."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import time
from pathlib import Path

from tools.doctor.finding import BAD, GOOD, NOTE, Finding

__all__ = ["calibration", "camera", "clock", "disk", "models", "software", "temperature"]

ROOM_BAD_BYTES = 50 * 1024 * 1024
ROOM_NOTE_BYTES = 1024 * 1024 * 1024
# A Raspberry Pi slows itself down from 80 degrees on and stops at 85.
WARM_C = 70.0
HOT_C = 80.0
# Rubber belts and printed parts settle; half a year is when drift was worth looking for.
OLD_DAYS = 180
_DAY_S = 86400.0
_BEFORE_THIS_WAS_WRITTEN_S = 1_760_000_000.0


def software() -> Finding:
    """Which program this is, on what."""
    version = importlib.metadata.version("qiyou")
    what = f"qiyou {version}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return Finding("software", GOOD, what)


def disk(folder: Path) -> Finding:
    """Free room where games are kept."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    what = f"{free / 1e9:.1f} GB free where games are kept"
    if free < ROOM_BAD_BYTES:
        return Finding("disk", BAD, what, "Make room: a game that cannot be written down does not start.")
    if free < ROOM_NOTE_BYTES:
        return Finding("disk", NOTE, what, "Make room before the next weeks of games.")
    return Finding("disk", GOOD, what)


def clock(now_s: float, synchronised: bool | None) -> Finding:
    """The date (games are kept by it) and who sets it."""
    day = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now_s))
    if now_s < _BEFORE_THIS_WAS_WRITTEN_S:
        return Finding(
            "clock",
            BAD,
            f"it says {day}, which is in the past",
            "Set it: `sudo date -s 'YYYY-MM-DD HH:MM'`.",
        )
    if synchronised is False:
        return Finding("clock", NOTE, f"{day}, not set from the network", "Set it if the date is wrong.")
    return Finding("clock", GOOD, day)


def synchronised(flag: Path = Path("/run/systemd/timesync/synchronized")) -> bool | None:
    """Whether systemd has set the clock from the network; None when nobody says."""
    return flag.exists() if flag.parent.exists() else None


def temperature(zones: Path = Path("/sys/class/thermal")) -> Finding:
    """The hottest sensor of the computer."""
    readings = []
    for path in sorted(zones.glob("thermal_zone*/temp")):
        try:
            readings.append(int(path.read_text()) / 1000)
        except (OSError, ValueError):
            continue
    if not readings:
        return Finding("temperature", NOTE, "this computer shows no temperature")
    hottest = max(readings)
    what = f"{hottest:.0f} degrees"
    if hottest >= HOT_C:
        return Finding(
            "temperature", BAD, what, "Let it cool and give it air: it slows down, and moves may come late."
        )
    if hottest >= WARM_C:
        return Finding("temperature", NOTE, what, "Give the computer more air, or a heat sink.")
    return Finding("temperature", GOOD, what)


def camera(number: int) -> Finding:
    """Whether video device `number` gives pictures of a usable size and brightness. Nothing is kept."""
    import cv2

    name = f"camera {number}"
    if not Path(f"/dev/video{number}").exists():
        there = sorted(path.name for path in Path("/dev").glob("video*"))
        return Finding(
            name,
            BAD,
            f"there is no /dev/video{number}" + (f" (there is {', '.join(there)})" if there else ""),
            "Plug the camera in, or name another with --camera.",
        )
    device = cv2.VideoCapture(number)
    device.set(cv2.CAP_PROP_FRAME_WIDTH, 1280)
    device.set(cv2.CAP_PROP_FRAME_HEIGHT, 720)
    there_is, picture = device.read() if device.isOpened() else (False, None)
    device.release()
    if not there_is or picture is None:
        return Finding(name, BAD, "it gives no picture", "Close other programs that use it.")
    height, width = picture.shape[:2]
    return picture_finding(name, width, height, float(picture.mean()))


def picture_finding(name: str, width: int, height: int, brightness: float) -> Finding:
    """Judge one picture's size (pixels) and mean brightness (0-255)."""
    what = f"{width} x {height}, brightness {brightness:.0f} of 255"
    if height < 700:
        return Finding(name, BAD, what, "Take a camera with 1280 x 720 or more: characters get too small.")
    if brightness < 25:
        return Finding(name, BAD, what, "Switch a light on, and take the cap off the lens.")
    if brightness > 235:
        return Finding(name, NOTE, what, "Dim the light or turn the board: the picture is nearly white.")
    return Finding(name, GOOD, what)


def models() -> Finding:
    """Whether the nets that read the board are the ones that belong to this program."""
    from vision.errors import ModelFileError
    from vision.model_files import MODELS, load_model

    names = sorted(path.name for path in MODELS.glob("*.onnx"))
    try:
        hashes = [load_model(MODELS / name, 1).sha256[:8] for name in names]
    except ModelFileError as error:
        return Finding("models", BAD, str(error), "Install qiyou again.")
    pairs = zip(names, hashes, strict=True)
    return Finding("models", GOOD, ", ".join(f"{name} {sha}" for name, sha in pairs))


def calibration(path: Path | None, now_s: float) -> Finding:
    """How old the calibration file is, and whether a game can use it."""
    if path is None or not path.exists():
        return Finding(
            "calibration",
            NOTE,
            "none was found: the robot file's own numbers are used",
            "Calibrate the robot after it was built or moved.",
        )
    from host.calibrate.errors import CalibrationFileError
    from host.calibrate.result import load_any

    try:
        found = load_any(path)
    except CalibrationFileError as error:
        return Finding("calibration", BAD, str(error), "Run `qiyou calibrate` again.")
    if not found.complete:
        return Finding("calibration", BAD, f"{path} is not finished", "Let `qiyou calibrate` go on with it.")
    days = (now_s - path.stat().st_mtime) / _DAY_S
    what = f"{max(0.0, days):.0f} days old, carried pieces stood {max(found.proof_mm):.2f} mm off at most"
    if days > OLD_DAYS:
        return Finding("calibration", NOTE, what, "Calibrate again when pieces land off their points.")
    return Finding("calibration", GOOD, what)
