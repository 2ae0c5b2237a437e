"""Service over the wire: who this board is, how well its firmware does, and a session that replaces it.

A service session is opened by SERVICE, whatever the tables and limits: its messages keep their ids and
layouts for ever. While it is open the controller is stopped and its motors have no power.
"""

import gc
import sys

import firmware
from firmware import slots
from firmware.version import FIRMWARE
from firmware.wire import messages
from safety import ticks

VERSION = 1
PLATFORMS = {"rp2": 1, "linux": 2}
LEAVE_US = 200000
WELL_US = 2000000
TRIAL_US = 120000000
# Writing and hashing stop the loop for longer than the watchdog of a moving arm allows.
PATIENCE_MS = 8000


class Service:
    """The service's part of an `App`. `active` while a service session is open."""

    def __init__(self, app):
        self._app = app
        self.active = False
        self._running = slots.read()
        self._target = slots.other(self._running.slot)
        self._update = None
        self._began_at = None
        self._settled = False
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
        self._forget_update()
        self.active = True
        self._app.board.patience(PATIENCE_MS)

    def close(self):
        """Another session takes its place."""
        if self.active:
            self._forget_update()
            self.active = False
            self._app.board.patience(0)

    def _load_update(self):
        # Not when the session begins: what moved then has to be braked first.
        if self._update is None:
            from firmware.update import Update

            self._update = Update(self, self._target)
        return self._update

    def _forget_update(self):
        if self._update is not None:
            self._update.drop_file()
            self._update = None
            del sys.modules["firmware.update"]
            del firmware.update

    def on_trial(self):
        """Whether the firmware that runs was not confirmed yet."""
        return self._running.trial

    # --- messages -------------------------------------------------------------------------------

    def take(self, message, body):
        """Obey one message of a service session; `body` holds its values."""
        if message == messages.FILE_OPEN:
            self._load_update().open_file(body[0], body[1], body[2])
        elif message == messages.FILE_DATA:
            self._load_update().data(body[0], body[1], body[2])
        elif message == messages.FLIP:
            self._load_update().flip(body[0])
        elif message == messages.CONFIRM:
            slots.confirm()
            self._running = slots.read()
            self.slot_state(messages.SLOT_CONFIRMED, 0)
        elif message == messages.RESTART:
            self._restart(body[0])

    def event(self, message, *values):
        """Tell the host."""
        self._app.event(message, *values)

    def slot_state(self, result, detail):
        """Tell the host what became of the slots."""
        choice = self._running
        self.event(messages.SLOT_STATE, result, slots.NAMES.index(choice.slot), choice.trial, detail)

    def _restart(self, how):
        if how == messages.RESTART_MAINTENANCE:
            with open(slots.MAINTENANCE, "w"):
                pass
        elif how == messages.RESTART_BACK:
            if not slots.whole(self._target):
                self.slot_state(messages.SLOT_REFUSED, 0)
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
        if self._update is not None and self._update.step():
            self._leave_soon(now_us, slots.RESET_CODE)
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
