"""Untrusted picture files: each is read right, or refused with one sentence that names it."""

import io
import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision import BadPictureError
from vision.files import MOST_PIXELS, decode_picture, load_picture, pictures_in

BLUE, RED, GREY = (200, 60, 20), (20, 40, 210), (90, 90, 90)  # BGR


def two_halves(left=BLUE, right=RED, height: int = 80, width: int = 120) -> np.ndarray:
    picture = np.empty((height, width, 3), np.uint8)
    picture[:, : width // 2], picture[:, width // 2 :] = left, right
    return picture


def encoded(picture: np.ndarray, suffix: str) -> bytes:
    return cv2.imencode(suffix, picture)[1].tobytes()


def near(pixel, colour, tolerance: int = 6) -> bool:
    return bool(np.abs(np.asarray(pixel, dtype=int) - colour).max() <= tolerance)


def refusal(path: Path) -> str:
    with pytest.raises(BadPictureError) as caught:
        load_picture(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header promises any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tiff", ".webp", ".gif"])
def test_every_accepted_kind_is_read_with_its_colours(suffix, tmp_path) -> None:
    path = tmp_path / f"board{suffix}"
    path.write_bytes(encoded(two_halves(), suffix))
    picture = load_picture(path)
    assert picture.shape == (80, 120, 3)
    assert picture.dtype == np.uint8
    palette = 80 if suffix == ".gif" else 6  # a GIF has 256 colours, and the encoder chose them roughly
    assert near(picture[40, 20], BLUE, palette)
    assert near(picture[40, 100], RED, palette)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tiff"])
def test_grey_pictures_become_three_equal_channels(suffix) -> None:
    picture = decode_picture(encoded(np.full((80, 80), 90, np.uint8), suffix), "grey")
    assert near(picture[40, 40], GREY)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_keep_their_brightness(suffix) -> None:
    deep = two_halves().astype(np.uint16) * 257
    picture = decode_picture(encoded(deep, suffix), "deep")
    assert near(picture[40, 20], BLUE)


def test_transparency_is_dropped() -> None:
    clear = np.dstack([two_halves(), np.zeros((80, 120), np.uint8)])
    assert near(decode_picture(encoded(clear, ".png"), "clear")[40, 20], BLUE)


def jpeg_with_orientation(orientation: int) -> bytes:
    """A JPEG whose EXIF says how it is to be turned (tag 0x0112)."""
    jpeg = encoded(two_halves(), ".jpg")
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def test_a_picture_is_turned_as_its_exif_says() -> None:
    quarter = decode_picture(jpeg_with_orientation(6), "quarter")
    assert quarter.shape == (120, 80, 3)
    assert near(quarter[20, 40], BLUE)
    half = decode_picture(jpeg_with_orientation(3), "half")
    assert near(half[40, 20], RED)


def test_cmyk_and_animated_pictures_are_read_right() -> None:
    pillow = pytest.importorskip("PIL.Image", reason="Pillow makes these test pictures; it is not installed")
    first = pillow.fromarray(two_halves()[:, :, ::-1])
    other = pillow.fromarray(two_halves(RED, BLUE)[:, :, ::-1])
    for kind in ("JPEG", "TIFF"):
        buffer = io.BytesIO()
        first.convert("CMYK").save(buffer, kind)
        assert near(decode_picture(buffer.getvalue(), kind)[40, 20], BLUE)
    for kind in ("GIF", "PNG", "WEBP"):
        buffer = io.BytesIO()
        first.save(buffer, kind, save_all=True, append_images=[other], duration=100)
        assert near(decode_picture(buffer.getvalue(), kind)[40, 20], BLUE)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tiff", ".webp", ".gif"])
@pytest.mark.parametrize("kept", [12, 40, 0.5, 0.99])
def test_a_file_that_was_cut_short_is_refused(suffix, kept, tmp_path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (100, 100, 3), dtype=np.uint8)
    data = encoded(noise, suffix)
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(data[: kept if isinstance(kept, int) else int(len(data) * kept)])
    refusal(path)


def test_what_is_no_picture_is_refused(tmp_path) -> None:
    contents = {"empty.png": b"", "text.jpg": b"hello", "page.png": b"<svg/>", "riff.webp": b"RIFF" * 9}
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        refusal(path)


def test_missing_files_folders_and_pipes_are_refused(tmp_path) -> None:
    assert "does not exist" in refusal(tmp_path / "nowhere.png")
    assert "is not a file" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe.png")
    assert "is not a file" in refusal(tmp_path / "pipe.png")


def test_a_promise_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of_size(60_000, 60_000))
    assert str(MOST_PIXELS) in refusal(path)
    path.write_bytes(png_of_size(0, 100))
    refusal(path)


def test_a_picture_too_small_to_show_a_board_is_refused(tmp_path) -> None:
    path = tmp_path / "dot.png"
    path.write_bytes(encoded(np.zeros((1, 1, 3), np.uint8), ".png"))
    assert "1 x 1" in refusal(path)


def test_a_folder_lists_its_pictures_by_name_and_nothing_else(tmp_path) -> None:
    for name in ("b.JPG", "a.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in pictures_in(tmp_path)] == ["a.png", "b.JPG"]


def test_a_folder_without_pictures_is_refused(tmp_path) -> None:
    with pytest.raises(BadPictureError, match="holds no pictures"):
        pictures_in(tmp_path)


KINDS = (".png", ".jpg", ".bmp", ".tiff", ".webp", ".gif")
STARTS = [encoded(two_halves(), suffix)[:200] for suffix in KINDS]


@settings(max_examples=150, deadline=None)
@given(start=st.sampled_from(STARTS), kept=st.integers(0, 200), tail=st.binary(max_size=300))
def test_no_bytes_at_all_get_past_the_refusal_with_anything_but_a_picture(start, kept, tail) -> None:
    try:
        picture = decode_picture(start[:kept] + tail, "bytes")
    except BadPictureError:
        return
    assert picture.ndim == 3


def test_a_jpeg_whose_middle_is_missing_is_refused_though_it_has_an_end() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    data = encoded(noise, ".jpg")
    with pytest.raises(BadPictureError, match="damaged"):
        decode_picture(data[: len(data) // 2] + b"\xff\xd9", "gap")


def test_a_refusal_is_all_that_is_said(capfd) -> None:
    data = bytearray(encoded(two_halves(), ".png"))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(BadPictureError):
        decode_picture(bytes(data), "altered")
    heard = capfd.readouterr()
    assert heard.err == heard.out == ""


WHOLE = [encoded(two_halves(), suffix) for suffix in KINDS]


@settings(max_examples=200, deadline=None)
@given(
    whole=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12),
    kept=st.floats(0.3, 1.0),
)
def test_a_damaged_file_is_read_or_refused_never_more(whole, changes, kept) -> None:
    damaged = bytearray(whole)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    try:
        picture = decode_picture(bytes(damaged[: int(len(damaged) * kept)]), "damaged")
    except BadPictureError:
        return
    assert picture.dtype == np.uint8
    assert picture.ndim == 3
