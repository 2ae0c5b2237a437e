"""The `qiyou` program: one verb a module, imported only when it is asked for."""

import argparse
import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

from tools.errors import BadInputError

__all__ = ["main"]

_PREFIX = "verb_"
_NEGATIVE_LIST = re.compile(r"-[\d.][^,]*,")


def _verbs() -> list[str]:
    """Names of all verbs, found as modules `verb_<name>.py` beside this file."""
    here = Path(__file__).resolve().parent
    return sorted(path.stem.removeprefix(_PREFIX).replace("_", "-") for path in here.glob(f"{_PREFIX}*.py"))


def _load(verb: str) -> ModuleType:
    return importlib.import_module(f"tools.{_PREFIX}{verb.replace('-', '_')}")


def _overview() -> str:
    lines = ["usage: qiyou VERB [...]", "", "Qiyou 棋友 plays Xiangqi on a real board.", "", "verbs:"]
    lines += [f"  {verb:<13} {_load(verb).SUMMARY}" for verb in _verbs()]
    lines += ["", "`qiyou VERB --help` says more. Exit codes: 0 done, 1 it did not hold, 2 bad input."]
    return "\n".join(lines)


def _lists_joined(words: list[str]) -> list[str]:
    """`--option=LIST` for `--option LIST` where the list's first number is negative.

    argparse takes such a word for an option: it knows single negative numbers only.
    """
    joined: list[str] = []
    for word in words:
        if _NEGATIVE_LIST.match(word) and joined and joined[-1].startswith("--"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def main(argv: list[str] | None = None) -> int:
    """Run one verb of the command line.

    `argv` is the command line without the program's name (default: `sys.argv[1:]`). Returns the
    exit code: 0 done, 1 it did not hold, 2 bad input.
    """
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in {"-h", "--help", "help"}:
        print(_overview())
        return 0
    verb, rest = words[0], words[1:]
    if verb not in _verbs():
        known = ", ".join(_verbs())
        print(f"qiyou: there is no verb {verb!r}; one of {known} would be right", file=sys.stderr)
        return 2
    module = _load(verb)
    parser = argparse.ArgumentParser(prog=f"qiyou {verb}", description=module.SUMMARY)
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(_lists_joined(rest))))
    except SystemExit as stop:
        return int(stop.code or 0)
    except (BadInputError, *getattr(module, "BAD_INPUT", ())) as error:
        print(f"qiyou {verb}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        print(f"qiyou {verb}: the system refused{where}: {error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"qiyou {verb}: stopped by the keyboard; nothing is lost", file=sys.stderr)
        return 1
