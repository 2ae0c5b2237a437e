"""A new firmware, file by file, into the slot that is not running.

Each file is hashed as it is read back from the flash, and the slot is chosen only when every file of its
manifest is there with its hash and nothing else is. The manifest is a text: a first line
`qiyou RELEASE PLATFORM`, then `SHA256 SIZE PATH` for every file.

Loaded when a service session first has use for it, and forgotten at its end: some kilobytes of a Pico's heap.
"""

import binascii
import hashlib
import os
import sys

from firmware import slots
from firmware.wire import messages

MOST_BYTES = 250000
MOST_FILES = 120
INCOMING = "/incoming"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_./"
_CHUNK = 512


def safe_path(path):
    """Whether `path` may be written below a slot: plain lower-case names parted by single slashes."""
    if not path or path[0] == "/" or path[-1] == "/" or ".." in path or "//" in path or "/." in path:
        return False
    for letter in path:
        if letter not in _LETTERS:
            return False
    return path[0] != "."


def text_of(field):
    """The text of a fixed field that is filled up with zero bytes; None when it is no plain text."""
    end = field.find(b"\0")
    plain = field if end < 0 else field[:end]
    for byte in plain:
        if not 32 < byte < 127:
            return None
    return plain.decode()


def make_folders(path):
    """Make every folder on the way to the file `path`."""
    at = path.find("/")
    while at > 0:
        if not slots.exists(path[:at]):
            os.mkdir(path[:at])
        at = path.find("/", at + 1)


def hash_file(path):
    """(size, SHA-256) of a file as it stands on the flash, or None when there is none."""
    digest = hashlib.sha256()
    size = 0
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    try:
        with open(path, "rb") as file:
            n = file.readinto(buffer)
            while n:
                digest.update(view[:n])
                size += n
                n = file.readinto(buffer)
    except OSError:
        return None
    return size, digest.digest()


def is_folder(path):
    """Whether `path` is a folder."""
    return bool(os.stat(path)[0] & 0x4000)


def keep_only(folder, wanted):
    """Remove every file below `folder` not in `wanted`: a leftover could be imported instead."""
    for name in os.listdir(folder):
        path = folder + "/" + name
        if is_folder(path):
            keep_only(path, wanted)
        elif path not in wanted:
            os.remove(path)


class Update:
    """What a service session wrote so far. `service` says what became of it; `target` is the other slot."""

    def __init__(self, service, target):
        self._service = service
        self._target = target
        self._file = None
        self._path = ""
        self._size = 0
        self._written = 0
        self._sha = b""
        self._check = None
        self._wanted = None

    def open_file(self, size, sha, field):
        """Begin a file of `size` bytes with that hash; `field` holds its path."""
        self.drop_file()
        path = text_of(field)
        if path is None or not safe_path(path) or size > MOST_BYTES:
            self._file_state(messages.FILE_REFUSED, 0)
            return
        if self._service.on_trial():
            # The other slot holds the firmware that this one may have to fall back to.
            self._file_state(messages.FILE_ON_TRIAL, 0)
            return
        folder = self._target
        self._path = folder + "/" + path
        self._size, self._sha, self._written = size, sha, 0
        if hash_file(self._path) == (size, sha):
            self._file_state(messages.FILE_STANDS, size)
            return
        # From here on the slot is not whole until its manifest comes again, as the last file.
        if slots.whole(folder):
            os.remove(folder + slots.MANIFEST)
        make_folders(self._path)
        try:
            self._file = open(folder + INCOMING, "wb")  # noqa: SIM115 - closed when the last byte has come
        except OSError:
            self._file_state(messages.FILE_REFUSED, 0)
            return
        if size == 0:
            self._close_file()
        else:
            self._file_state(messages.FILE_WANTED, 0)

    def data(self, offset, count, data):
        """The next `count` bytes of the file."""
        if self._file is None or offset != self._written or count > len(data):
            self.drop_file()
            self._file_state(messages.FILE_REFUSED, self._written)
            return
        count = min(count, self._size - self._written)
        try:
            self._file.write(data[:count])
        except OSError:
            self.drop_file()
            self._file_state(messages.FILE_REFUSED, self._written)
            return
        self._written += count
        if self._written == self._size:
            self._close_file()

    def _close_file(self):
        self._file.close()
        self._file = None
        incoming = self._target + INCOMING
        if hash_file(incoming) == (self._size, self._sha):
            os.rename(incoming, self._path)
            self._file_state(messages.FILE_STANDS, self._size)
        else:
            os.remove(incoming)
            self._file_state(messages.FILE_BROKEN, self._written)

    def drop_file(self):
        """Give up the file under way."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _file_state(self, result, size):
        self._service.event(messages.FILE_STATE, result, size)

    def flip(self, sha):
        """Begin to check the other slot; one file a loop, so that the loop goes on."""
        self.drop_file()
        folder = self._target
        found = hash_file(folder + slots.MANIFEST)
        if found is None or found[1] != sha:
            self._service.slot_state(messages.SLOT_REFUSED, 0)
            return
        try:
            with open(folder + slots.MANIFEST) as file:
                lines = file.read(MOST_FILES * 150).split("\n")
        except (OSError, ValueError):
            lines = [""]
        words = lines[0].split(" ")
        if len(words) != 3 or words[0] != "qiyou" or words[2] != sys.platform or len(lines) > MOST_FILES:
            self._service.slot_state(messages.SLOT_REFUSED, 0)
            return
        self._check = lines[1:]
        self._wanted = {folder + slots.MANIFEST}

    def step(self):
        """Check one more file of a flip under way; True when the other slot has been chosen."""
        if self._check is None:
            return False
        lines = self._check
        folder = self._target
        while lines and not lines[-1]:
            lines.pop()
        if not lines:
            self._check = None
            keep_only(folder, self._wanted)
            slots.try_out(folder)
            self._service.slot_state(messages.SLOT_FLIPPED, len(self._wanted))
            return True
        words = lines.pop().split(" ")
        good = False
        if len(words) == 3 and safe_path(words[2]):
            path = folder + "/" + words[2]
            found = hash_file(path)
            good = found is not None and words[:2] == [binascii.hexlify(found[1]).decode(), str(found[0])]
            self._wanted.add(path)
        if not good:
            self._check = None
            self._service.slot_state(messages.SLOT_REFUSED, len(lines) + 1)
        return False
