"""`qiyou engine`: the UCI and UCCI program on stdin and stdout."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from tools.errors import BadInputError

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "the engine for other programs: UCI and UCCI on stdin and stdout"

PROGRAM = "qiyou-engine"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options: the conversation sets them."""
    parser.epilog = "Options are set by the conversation (setoption); `go perft N` counts leaves."


def run(_: argparse.Namespace) -> int:
    """Become the engine's program, which stands beside this Python."""
    beside = Path(sys.executable).with_name(PROGRAM)
    program = str(beside) if beside.exists() else shutil.which(PROGRAM)
    if program is None:
        raise BadInputError(f"{beside} is not there; installing the project builds it")
    os.execv(program, [program])
    return 0
