"""The support bundle: a zip with the doctor's page and the dry facts of a game. No picture, no name.

What goes in is listed here, key by key; anything else stays at home. Words that point at a person or a place
(the user's name, the computer's, home folders) are replaced wherever they stand.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import json
import re
import socket
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.doctor.finding import Finding

__all__ = ["write_bundle"]

_JOURNAL_KEYS = ("n", "kind", "ply", "move", "piece", "source", "target", "reason", "held", "result", "rules")
_FAULT_KEYS = ("controller", "alive", "state", "reason", "usteps", "changes")
_PACKAGES = ("numpy", "scipy", "onnxruntime", "opencv-python-headless", "pyserial", "ruckig", "mujoco")
_MOST_LINES = 20_000
_HOME = re.compile(r"/(?:home|Users|root)(?:/[^/\s\"':]+)?")


class _Scrubber:
    """Takes out of a text what points at a person or a place."""

    def __init__(self, words: Iterable[str]) -> None:
        long = sorted({re.escape(word) for word in words if len(word) > 2}, key=len, reverse=True)
        self._words = [re.compile(rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])", re.I) for word in long]

    def __call__(self, text: str) -> str:
        text = _HOME.sub("/HOME", text)
        for word in self._words:
            text = word.sub("NAME", text)
        return text


def _own_words() -> list[str]:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = ""
    # "root" and "pi" are nobody's name; hiding them would only make the page hard to read.
    return [word for word in (user, socket.gethostname(), Path.home().name) if word not in {"root", "pi"}]


def write_bundle(
    path: Path, findings: list[Finding], game: Path, extra_words: Iterable[str] = ()
) -> list[str]:
    """Write the bundle to `path`; returns the names of what is in it. `extra_words`: names to take out."""
    scrub = _Scrubber([*_own_words(), *extra_words])
    parts: dict[str, str] = {
        "doctor.json": json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=1),
        "packages.json": json.dumps(_versions(), indent=1),
    }
    if game.is_dir():
        for source in sorted(game.glob("journal*.jsonl")):
            parts[source.name] = _lines(source, _JOURNAL_KEYS)
        for number, source in enumerate(sorted(game.rglob("faults.jsonl"))):
            parts[f"faults-{number}.jsonl"] = _lines(source, _FAULT_KEYS)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, scrub(text))
    return sorted(parts)


def _versions() -> dict[str, str]:
    found = {"qiyou": importlib.metadata.version("qiyou")}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _lines(source: Path, keys: tuple[str, ...]) -> str:
    out = []
    for line in source.read_text(encoding="utf-8", errors="replace").splitlines()[-_MOST_LINES:]:
        try:
            entry: Any = json.loads(line)
        except ValueError:
            out.append('{"kind": "not readable"}')
            continue
        if isinstance(entry, dict):
            out.append(json.dumps({key: entry[key] for key in keys if key in entry}, ensure_ascii=False))
    return "\n".join(out) + "\n"
