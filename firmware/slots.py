"""Two firmware slots in the flash, and which of them starts.

    main.py, slots.py      the boot layer; only a bare installation writes it
    boot.json              which slot starts, and how often it failed to
    role.json              what this board is; no update touches it
    a/ b/                  one whole firmware each, with `manifest` and `limits.json`
    maintenance            a file whose presence keeps every firmware from starting

A slot just written is on trial: every start of it counts until the host has seen it well and confirms it. A
confirmed one counts only the starts that a watchdog or a fault ended. Three such starts choose the other
slot; when both have failed nothing is started and the prompt stays open. `boot.json` is replaced by renaming,
which flash file systems do whole or not at all, so that a power cut at any time leaves a choice.

This file lies in the root of the flash (for `main.py`) and in each slot (for the firmware).
"""

import json
import os
import sys

NAMES = ("a", "b")
STATE = "boot.json"
FRESH = "boot.new"
MAINTENANCE = "maintenance"
MANIFEST = "/manifest"
FAILED_STARTS = 3
# What a virtual board's process ends with when it asks for a reset.
RESET_CODE = 64


class Choice:
    """What `boot.json` says: `slot`, `trial`, failed `starts`, times in a row it `fell_back`."""

    def __init__(self, slot, trial=False, starts=0, fell_back=0):
        self.slot = slot
        self.trial = trial
        self.starts = starts
        self.fell_back = fell_back


def exists(path):
    """Whether there is a file or folder `path`."""
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def other(slot):
    """The slot that is not `slot`."""
    return NAMES[1 - NAMES.index(slot)]


def whole(slot):
    """Whether a whole firmware was once written to `slot`."""
    return exists(slot + MANIFEST)


def read():
    """The `Choice` on the flash; without a readable one the first slot that holds a firmware."""
    try:
        with open(STATE) as file:
            row = json.load(file)
        slot = row["slot"]
        if slot in NAMES:
            return Choice(slot, bool(row["trial"]), int(row["starts"]), int(row["fell_back"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return Choice(NAMES[1] if whole(NAMES[1]) and not whole(NAMES[0]) else NAMES[0])


def write(choice):
    """Put `choice` on the flash, whole or not at all."""
    row = {
        "slot": choice.slot,
        "trial": choice.trial,
        "starts": choice.starts,
        "fell_back": choice.fell_back,
    }
    with open(FRESH, "w") as file:
        json.dump(row, file)
    os.rename(FRESH, STATE)


def choose(after_fault):
    """Power-on: the slot to start, or None when the prompt shall stay open.

    `after_fault`: a watchdog or a fault ended the last start, not a power cut.
    """
    if exists(MAINTENANCE):
        return None
    choice = read()
    counts = choice.trial or after_fault
    if counts:
        choice.starts += 1
    if choice.starts > FAILED_STARTS:
        if choice.fell_back or not whole(other(choice.slot)):
            return None
        choice = Choice(other(choice.slot), False, 0, 1)
        counts = True
    if counts:
        write(choice)
    return choice.slot


def well():
    """The firmware has run well for a while: a confirmed slot has no failed starts any more."""
    choice = read()
    if not choice.trial and (choice.starts or choice.fell_back):
        write(Choice(choice.slot))


def confirm():
    """The host has seen the firmware on trial well: it stays."""
    write(Choice(read().slot))


def try_out(slot):
    """Start `slot` on trial from the next power-on."""
    write(Choice(slot, True))


def ended_by_fault():
    """Whether the board was reset by its watchdog or by a fault (any reset but power)."""
    if sys.platform == "rp2":
        import machine

        return machine.reset_cause() == machine.WDT_RESET
    return os.getenv("QIYOU_RESET") == "watchdog"


def restart(code):
    """Reset the board; a virtual one ends with `code`, and whoever holds it starts it again."""
    if sys.platform == "rp2":
        import machine

        machine.reset()
    sys.exit(code)
