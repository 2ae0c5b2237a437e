"""Starts a controller: role from the command line or `role.json`, limits from `limits.json`.

`role.json` lies in the current directory, which on a Pico is the root of its flash, `limits.json` in the slot
that was started. A controller without a role or limits stays silent: its gate output never toggles, so the
motors get no power.
"""

import gc
import json
import sys

from firmware.app import App
from safety import limits as safety_limits

ROLES = ("arm", "hand")


def read_role(argv):
    """The role: the first argument, else what `role.json` ({"role": "arm"}) says."""
    if len(argv) > 1:
        return argv[1]
    with open("role.json") as file:
        return json.load(file)["role"]


def make_board(role):
    """The board this program runs on."""
    if sys.platform == "rp2":
        from firmware.board.rp2 import Board
    else:
        from firmware.board.virtual import Board
    return Board(role)


def run(argv, home=""):
    """Run the controller until its board ends; `home` leads to the slot ("a/")."""
    role = read_role(argv)
    if role not in ROLES:
        raise ValueError("role must be arm or hand, not %s" % role)
    limits = safety_limits.load(home + "limits.json")
    app = App(make_board(role), role, limits)
    gc.collect()
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
