"""Installing MicroPython itself: a UF2 file onto the disk that a Pico shows in its boot loader.

The format is Microsoft's UF2: blocks of 512 bytes with two magic words in front and one behind, a target
address, a number out of a count, and the family of the chip.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

from tools.errors import BadInputError

__all__ = ["boot_volumes", "check", "install"]

BLOCK = 512
_HEAD = struct.Struct("<8I")
_MAGIC = (0x0A324655, 0x9E5D5157)
_MAGIC_END = 0x0AB16F30
_FAMILY_PRESENT = 0x2000
RP2040 = 0xE48BFF56
_OTHER_FAMILIES = {0xE48BFF59: "a Pico 2 (RP2350)", 0xE48BFF5A: "a Pico 2 (RP2350)", 0xE48BFF57: "a Pico 2"}
_FLASH = range(0x10000000, 0x11000000)
MOST_BYTES = 8 * 1024 * 1024
_CHUNK = 64 * BLOCK


def check(path: Path) -> bytes:
    """The content of a UF2 file that is whole and for a Pico. Raises BadInputError with what is not."""
    if not path.is_file():
        raise BadInputError(f"there is no file {path}; a MicroPython image (.uf2) would be right")
    if path.stat().st_size > MOST_BYTES:
        raise BadInputError(f"{path} is longer than {MOST_BYTES} bytes, so it is no image for a Pico")
    data = path.read_bytes()
    if not data or len(data) % BLOCK:
        raise BadInputError(f"{path} is no UF2 file: its length is no multiple of {BLOCK} bytes")
    count = len(data) // BLOCK
    for index in range(count):
        first, second, flags, address, size, number, total, family = _HEAD.unpack_from(data, index * BLOCK)
        (end,) = struct.unpack_from("<I", data, (index + 1) * BLOCK - 4)
        if (first, second) != _MAGIC or end != _MAGIC_END:
            raise BadInputError(f"{path} is no UF2 file: block {index} does not begin or end as one")
        if flags & _FAMILY_PRESENT and family != RP2040:
            what = _OTHER_FAMILIES.get(family, f"another chip (family {family:08x})")
            raise BadInputError(f"{path} is for {what}; an image for the Raspberry Pi Pico would be right")
        if (number, total) != (index, count) or size > BLOCK - _HEAD.size - 4 or address not in _FLASH:
            raise BadInputError(f"{path} is damaged at block {index} of {count}; fetch it again")
    return data


def boot_volumes(mounts: str | None = None) -> list[Path]:
    """Mounted disks that are a Pico in its boot loader, by their INFO_UF2.TXT.

    `mounts` is the text of /proc/mounts (default: this computer's).
    """
    if mounts is None:
        table = Path("/proc/mounts")
        mounts = table.read_text(encoding="utf-8", errors="replace") if table.exists() else ""
    found = []
    for line in mounts.splitlines():
        words = line.split()
        if len(words) < 3 or words[2] not in {"vfat", "msdos"}:
            continue
        folder = Path(words[1].replace("\\040", " "))
        try:
            about = (folder / "INFO_UF2.TXT").read_text(encoding="ascii", errors="replace")[:1000]
        except OSError:
            continue
        if "RPI-RP2" in about:
            found.append(folder)
    return found


def install(data: bytes, volume: Path, progress: Callable[[int, int], None]) -> None:
    """Write the image onto the volume; the board restarts by itself when the last block has come."""
    with (volume / "micropython.uf2").open("wb", buffering=0) as file:
        for at in range(0, len(data), _CHUNK):
            file.write(data[at : at + _CHUNK])
            progress(min(at + _CHUNK, len(data)), len(data))
        try:
            os.fsync(file.fileno())
        except OSError:
            # The board has restarted with the last block, and its disk is gone: that is success.
            return
