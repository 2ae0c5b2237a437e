"""Runs test modules under MicroPython: `micropython run_on_micropython.py ROOT module module ...`.

Every function `test_*` of every module is called; one line for each failure, and a last line
`<passed> passed, <failed> failed`. The exit code is 1 when one failed or none ran.
"""

import sys


def load(name):
    """The module `name`, imported by its dotted path."""
    module = __import__(name)
    for part in name.split(".")[1:]:
        module = getattr(module, part)
    return module


def main(argv):
    """Run all tests of the modules named; returns the exit code."""
    sys.path.insert(0, argv[1])
    passed = failed = 0
    for name in argv[2:]:
        module = load(name)
        for test in sorted(dir(module)):
            if not test.startswith("test_"):
                continue
            try:
                getattr(module, test)()
                passed += 1
            except Exception as error:
                failed += 1
                print("FAILED", name, test)
                sys.print_exception(error)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
