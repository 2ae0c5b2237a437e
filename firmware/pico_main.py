"""What a board runs at power-on: copied to the root of its flash as `main.py`, with `slots.py` beside it.

A file `maintenance` in the flash keeps the controller out of the way: no watchdog, the motor gate unfed, the
prompt open, so that support staff can reach the bare board. A firmware that does not start is started again
by the reset that follows, until `slots` chooses the other one.
"""

import sys

import micropython


def choose():
    """The slot to start, or None. The module that knows is forgotten again: it would take memory for good."""
    import slots

    slot = slots.choose(slots.ended_by_fault())
    del sys.modules["slots"]
    return slot


def start():
    """Start the chosen slot; returns only when none is to be started."""
    # The host may be talking already: a 0x03 in its packets must not end the start.
    micropython.kbd_intr(-1)
    slot = choose()
    if slot is None:
        micropython.kbd_intr(3)
        return
    sys.path.insert(0, slot)
    try:
        from firmware.main import main

        code = main(sys.argv, slot + "/")
    except Exception as error:  # whatever a broken firmware raises, the next start must come
        sys.print_exception(error, sys.stderr)
        code = 1
    import slots

    slots.restart(code)


start()
