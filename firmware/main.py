"""Starts a controller: role from the command line or `role.json`, limits from `limits.json`.

`role.json` lies in the current directory, which on a Pico is the root of its flash, `limits.json` in the slot
that was started. A controller without a role or limits stays silent: its gate output never toggles, so the
motors get no power.
"""

import gc
import json
import sys

ROLES = ("arm", "hand")
# While the program is loaded: left to itself the garbage of loading fills a Pico's heap before the first
# collection, and what stays lies scattered in it, with no 4 KB left in one piece.
LOADING_BYTES = 16384


def read_role(argv):
    """The role: the first argument, else what `role.json` ({"role": "arm"}) says."""
    if len(argv) > 1:
        return argv[1]
    with open("role.json") as file:
        return json.load(file)["role"]


def make_board(role, limits):
    """The board this program runs on."""
    if sys.platform == "rp2":
        from firmware.board.rp2 import Board
    else:
        from firmware.board.virtual import Board
    return Board(role, limits)


class KeptLimits:
    """The numbers of a `safety.limits.Limits`, without what reads and judges them."""

    def __init__(self, limits, keys):
        for key in keys:
            setattr(self, key, getattr(limits, key))
        self.table = limits.table
        self.arm = limits.arm
        self._hash = limits.hash()

    def hash(self):
        """CRC-32 of the limits' text."""
        return self._hash


def _load_limits(path):
    """The limits of the file `path`; the module that knows what is right is forgotten again."""
    import safety
    from safety import limits

    kept = KeptLimits(limits.load(path), limits.SCHEMA)
    del sys.modules["safety.limits"]
    del safety.limits
    return kept


def _forget_names():
    """Free what only hosts and people need: some kilobytes of a Pico's heap."""
    from firmware.wire import cobs, messages, packet
    from safety import reasons

    del messages.decode, messages.fields, messages.MessageError, packet.build, packet.header, cobs.encode
    messages.TABLE = ()
    messages.NAMES.clear()
    reasons.TEXTS.clear()


def run(argv, home=""):
    """Run the controller until its board ends; `home` leads to the slot ("a/")."""
    role = read_role(argv)
    if role not in ROLES:
        raise ValueError("role must be arm or hand, not %s" % role)
    gc.threshold(LOADING_BYTES)
    from firmware.app import App, part_of

    part = part_of(role)  # before the board: its watchdog would not wait for a file to be loaded
    limits = _load_limits(home + "limits.json")
    _forget_names()
    app = App(make_board(role, limits), role, limits, part)
    gc.collect()
    gc.threshold(-1)
    app.run()


def main(argv, home=""):
    """Run the controller from the slot at `home`; returns the exit code.

    A failure goes to standard error, never into the serial stream. The loop is over then, so gate and wave
    stand still: the motors lose their power and the peer stops.
    """
    try:
        run(argv, home)
    except Exception as error:
        sys.print_exception(error, sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
