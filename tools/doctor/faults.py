"""The last faults: what stopped the arm in a kept game, and what to do about each."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from host.link.advice import ADVICE
from safety import reasons
from tools.doctor.finding import GOOD, NOTE, Finding

__all__ = ["LAST", "faults", "read_faults"]

LAST = 20
_MOST_BYTES = 16 * 1024 * 1024
_BY_TEXT = {text: number for number, text in reasons.TEXTS.items()}


def read_faults(game: Path) -> list[str]:
    """Reason texts of the faults in a game's journals and its controllers' last words, oldest first."""
    found: list[str] = []
    for path in [*sorted(game.glob("journal*.jsonl")), *sorted(game.rglob("faults.jsonl"))]:
        if path.stat().st_size > _MOST_BYTES:
            continue
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                found += _reasons_of(entry)
    return [text for text in found if text in _BY_TEXT and text != reasons.TEXTS[reasons.NONE]]


def _reasons_of(entry: dict[str, object]) -> list[str]:
    if entry.get("kind") == "fault":
        return [str(entry.get("reason"))]
    changes = entry.get("changes")
    if "controller" in entry and isinstance(changes, list):
        return [str(change.get("reason")) for change in changes if isinstance(change, dict)]
    return []


def faults(game: Path) -> list[Finding]:
    """One finding for each reason among the last faults of the game kept in `game`, the commonest first."""
    last = read_faults(game)[-LAST:] if game.is_dir() else []
    if not last:
        return [Finding("last faults", GOOD, f"none in the game kept in {game.name}")]
    return [
        Finding(
            "last faults",
            NOTE,
            f"{count} x {text}: {ADVICE[_BY_TEXT[text]].happened}",
            ADVICE[_BY_TEXT[text]].do_now,
        )
        for text, count in Counter(last).most_common()
    ]
