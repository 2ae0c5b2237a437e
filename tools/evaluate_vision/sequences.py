"""Counts what observer and guard understood in composed games, game by game, so that a run can be gone on
with.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.composed.acts import KINDS
from tools.composed.play import ActRecord, play_game
from tools.errors import BadInputError
from tools.evaluate_vision.bounds import wilson
from tools.text_files import text_of
from vision.look import BoardFinder, PointReader

__all__ = ["Quota", "read_games", "run_games", "summary"]


@dataclass(frozen=True)
class Quota:
    """How many lawful moves (captures among them), captures, and takebacks with half moves there must be."""

    moves: int
    captures: int
    takebacks: int

    def is_met(self, records: Sequence[ActRecord]) -> bool:
        """Whether the records hold enough of each."""
        count = {kind: sum(record.kind == kind for record in records) for kind in KINDS}
        return (
            count["move"] + count["capture"] >= self.moves
            and count["capture"] >= self.captures
            and count["takeback"] + count["half"] >= self.takebacks
        )


def read_games(path: Path, models: str) -> dict[int, list[ActRecord]]:
    """Games already played with these models, by number; a last line cut short by a stop is left out.

    Raises `BadInputError` when the file holds other models' games or is none of this program.
    """
    games: dict[int, list[ActRecord]] = {}
    if not path.exists():
        return games
    lines = text_of(path).split("\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            entry = json.loads(line)
            if entry["models"] != models:
                raise BadInputError(f"{path}, line {number}: played with other models; name another --out")
            games[int(entry["game"])] = [ActRecord(**record) for record in entry["acts"]]
        except (ValueError, KeyError, TypeError) as error:
            raise BadInputError(f"{path}, line {number} is not a played game ({error})") from error
    return games


def run_games(
    path: Path,
    quota: Quota,
    locator: BoardFinder,
    classifier: PointReader,
    report: Callable[[str], None],
    *,
    fonts: bool,
) -> list[ActRecord]:
    """Play games until the quota is met, each one line of `path`; games already there are not played
    again.
    """
    models = f"{locator.sha256}+{classifier.sha256}"
    games = read_games(path, models)
    _cut_torn_line(path)
    records = [record for number in sorted(games) for record in games[number]]
    number = 0
    while not quota.is_met(records):
        if number not in games:
            played = list(play_game(number, fonts=fonts, locator=locator, classifier=classifier))
            entry = {"game": number, "models": models, "acts": [record.as_dict() for record in played]}
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
            records += played
            understood = sum(record.understood for record in records)
            wrong = sum(record.wrong for record in records)
            report(f"game {number}: {understood} of {len(records)} acts understood, {wrong} wrong")
        number += 1
    return records


def _cut_torn_line(path: Path) -> None:
    """Take away a last line that a stop left without its end, so that the next one begins a line."""
    if path.exists():
        whole = path.read_bytes()
        if whole and not whole.endswith(b"\n"):
            path.write_bytes(whole[: whole.rfind(b"\n") + 1])


def summary(records: Sequence[ActRecord]) -> dict[str, object]:
    """Counts for each kind of act and for all: understood with its 95 % interval, wrong acts, questions
    asked.
    """
    kinds: dict[str, object] = {}
    for kind in KINDS:
        part = [record for record in records if record.kind == kind]
        if part:
            kinds[kind] = _counts(part)
    lawful = [record for record in records if record.kind in {"move", "capture"}]
    return {**_counts(records), "lawful": _counts(lawful), "kinds": kinds}


def _counts(records: Sequence[ActRecord]) -> dict[str, object]:
    understood = sum(record.understood for record in records)
    low, high = wilson(understood, len(records))
    return {
        "count": len(records),
        "understood": understood,
        "share": understood / max(1, len(records)),
        "from": low,
        "to": high,
        "wrong": sum(record.wrong for record in records),
        "asked": sum(record.asked for record in records),
    }
