"""What a Pico runs at power-on: copied to its flash as `main.py`.

A file `maintenance` in the flash keeps the controller out of the way: no watchdog, the motor gate unfed,
the prompt open, so that support staff can reach the bare board.
"""

import os
import sys

if "maintenance" not in os.listdir():
    from firmware.main import main

    sys.exit(main(sys.argv))
