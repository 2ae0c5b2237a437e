"""Service over the wire: who this board is, and a new firmware into the slot that is not running.

A service session is opened by SERVICE, whatever the tables and limits: its messages keep their ids and
layouts for ever. While it is open the controller is stopped and its motors have no power. Files go to the
other slot only, each is hashed as it is read back from the flash, and the slot is chosen only when every file
of its manifest is there with its hash and nothing else is.

The manifest is a text: a first line `qiyou RELEASE PLATFORM`, then `SHA256 SIZE PATH` for every file.
"""

import binascii
import gc
import hashlib
import os
import sys

from firmware import slots
from firmware.version import FIRMWARE
from firmware.wire import messages
from safety import ticks

VERSION = 1
PLATFORMS = {"rp2": 1, "linux": 2}
MOST_BYTES = 250000
MOST_FILES = 120
INCOMING = "/incoming"
LEAVE_US = 200000
WELL_US = 2000000
TRIAL_US = 120000000
# Writing and hashing stop the loop for longer than the watchdog of a moving arm allows.
PATIENCE_MS = 8000
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


class Service:
    """The service's part of an `App`. `active` while a service session is open."""

    def __init__(self, app):
        self._app = app
        self.active = False
        self._running = slots.read()
        self._target = slots.other(self._running.slot)
        self._began_at = None
        self._settled = False
        self._file = None
        self._path = ""
        self._size = 0
        self._written = 0
        self._sha = b""
        self._check = None
        self._wanted = None
        self._leave = None
        self._leave_at = 0

    # --- who ------------------------------------------------------------------------------------

    def identity(self, now_us, host_nonce):
        """The IDENTITY message."""
        app = self._app
        choice = self._running
        if app.part.at_rest():
            # What is free then is free for good, not garbage that happens to be collected already.
            gc.collect()
        return messages.encode(
            messages.IDENTITY,
            VERSION,
            app.role,
            PLATFORMS.get(sys.platform, 0),
            FIRMWARE,
            messages.TABLE_HASH,
            app.limits.hash(),
            slots.NAMES.index(choice.slot),
            choice.trial,
            choice.starts,
            choice.fell_back,
            app.machine.state,
            app.machine.reason,
            min(gc.mem_free() >> 10, 65535),
            app.board.temperature(),
            self.active,
            host_nonce,
            app.board.identity(),
        )

    def open(self):
        """A service session begins: the motor gate is unfed until it ends."""
        self._drop_file()
        self._check = None
        self.active = True
        self._app.board.patience(PATIENCE_MS)

    def close(self):
        """Another session takes its place."""
        if self.active:
            self._drop_file()
            self._check = None
            self.active = False
            self._app.board.patience(0)

    # --- messages -------------------------------------------------------------------------------

    def take(self, message, body):
        """Obey one message of a service session; `body` holds its values."""
        if message == messages.FILE_OPEN:
            self._open_file(body[0], body[1], body[2])
        elif message == messages.FILE_DATA:
            self._data(body[0], body[1], body[2])
        elif message == messages.FLIP:
            self._flip(body[0])
        elif message == messages.CONFIRM:
            slots.confirm()
            self._running = slots.read()
            self._slot_state(messages.SLOT_CONFIRMED, 0)
        elif message == messages.RESTART:
            self._restart(body[0])

    def _open_file(self, size, sha, field):
        self._drop_file()
        path = text_of(field)
        if path is None or not safe_path(path) or size > MOST_BYTES:
            self._file_state(messages.FILE_REFUSED, 0)
            return
        if self._running.trial:
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

    def _data(self, offset, count, data):
        if self._file is None or offset != self._written or count > len(data):
            self._drop_file()
            self._file_state(messages.FILE_REFUSED, self._written)
            return
        count = min(count, self._size - self._written)
        try:
            self._file.write(data[:count])
        except OSError:
            self._drop_file()
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

    def _drop_file(self):
        if self._file is not None:
            self._file.close()
            self._file = None

    def _file_state(self, result, size):
        self._app.event(messages.FILE_STATE, result, size)

    # --- the flip -------------------------------------------------------------------------------

    def _flip(self, sha):
        """Begin to check the other slot; one file a loop, so that the loop goes on."""
        self._drop_file()
        folder = self._target
        found = hash_file(folder + slots.MANIFEST)
        if found is None or found[1] != sha:
            self._slot_state(messages.SLOT_REFUSED, 0)
            return
        try:
            with open(folder + slots.MANIFEST) as file:
                lines = file.read(MOST_FILES * 150).split("\n")
        except (OSError, ValueError):
            lines = [""]
        words = lines[0].split(" ")
        if len(words) != 3 or words[0] != "qiyou" or words[2] != sys.platform or len(lines) > MOST_FILES:
            self._slot_state(messages.SLOT_REFUSED, 0)
            return
        self._check = lines[1:]
        self._wanted = {folder + slots.MANIFEST}

    def _check_next(self, now_us):
        lines = self._check
        folder = self._target
        while lines and not lines[-1]:
            lines.pop()
        if not lines:
            self._check = None
            keep_only(folder, self._wanted)
            slots.try_out(folder)
            self._slot_state(messages.SLOT_FLIPPED, len(self._wanted))
            self._leave_soon(now_us, slots.RESET_CODE)
            return
        words = lines.pop().split(" ")
        good = False
        if len(words) == 3 and safe_path(words[2]):
            path = folder + "/" + words[2]
            found = hash_file(path)
            good = found is not None and words[:2] == [binascii.hexlify(found[1]).decode(), str(found[0])]
            self._wanted.add(path)
        if not good:
            self._check = None
            self._slot_state(messages.SLOT_REFUSED, len(lines) + 1)

    def _slot_state(self, result, detail):
        choice = self._running
        self._app.event(messages.SLOT_STATE, result, slots.NAMES.index(choice.slot), choice.trial, detail)

    def _restart(self, how):
        if how == messages.RESTART_MAINTENANCE:
            with open(slots.MAINTENANCE, "w"):
                pass
        elif how == messages.RESTART_BACK:
            if not slots.whole(self._target):
                self._slot_state(messages.SLOT_REFUSED, 0)
                return
            slots.write(slots.Choice(self._target, False, 0, 1))
        self._leave_soon(self._app.board.now_us, slots.RESET_CODE)

    # --- the step -------------------------------------------------------------------------------

    def _leave_soon(self, now_us, code):
        self._leave = code
        self._leave_at = now_us

    def step(self, now_us):
        """Once a loop: the flip under way, the trial's end, the restart that was asked for."""
        if self._began_at is None:
            self._began_at = now_us
        if self._check is not None:
            self._check_next(now_us)
        if self._leave is not None:
            if ticks.diff(now_us, self._leave_at) >= LEAVE_US:
                slots.restart(self._leave)
        elif not self._settled and ticks.diff(now_us, self._began_at) >= WELL_US:
            if not self._app.machine.powered:
                slots.well()
                self._settled = True
                self._began_at = now_us
        elif self._settled and self._running.trial and ticks.diff(now_us, self._began_at) >= TRIAL_US:
            self._began_at = now_us
            if not self._app.machine.powered:
                # Nobody confirms it: the next start counts toward falling back.
                self._leave_soon(now_us, slots.RESET_CODE)
