"""A game process that does nothing but move the arm to and fro; the tests of deaths kill it.

python -m hil_tests.mover DIRECTORY
"""

from __future__ import annotations

import sys
from pathlib import Path

from hil_tests.bench import Bench


def main() -> None:
    """Move until killed; says "moving" on stdout when the first motion is well under way."""
    bench = Bench.start(Path(sys.argv[1]))
    bench.get_ready()
    began_us = bench.time.now_us()
    said = False
    way = 0.8
    while True:
        bench.session.begin(bench.swing(way))
        target_us = bench.time.now_us() + 400_000
        bench.session.pause(target_us - bench.time.now_us())
        if not said:
            said = True
            sys.stdout.write(f"moving {began_us}\n")
            sys.stdout.flush()
        bench.session.await_end()
        way = -way


if __name__ == "__main__":
    main()
