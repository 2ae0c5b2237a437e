"""The record: what the ladder has measured, without the games, in a folder that stays with the program."""

from dataclasses import dataclass
from pathlib import Path

from engine import LEVELS
from tools.errors import BadInputError
from tools.ladder.conduct import ConductResult
from tools.ladder.conduct_shares import ConductShares, conduct_shares
from tools.ladder.contestants import level
from tools.ladder.match import PairResult, engine_signature
from tools.ladder.results import read, write
from tools.ladder.tally import Tally, tallies

__all__ = ["TALLIES", "Record", "gather", "kept_tallies", "write_record"]

TALLIES = "tallies.jsonl"
_CONDUCT = "conduct.jsonl"


@dataclass(frozen=True)
class Record:
    """What one engine has measured."""

    signature: str
    tallies: tuple[Tally, ...]
    conduct: tuple[ConductShares, ...]


def kept_tallies(folder: Path | None) -> list[Tally]:
    """The tallies in a record's folder, of all engines; none without one. Raises BadInputError."""
    return [] if folder is None else list(read(folder / TALLIES, Tally))


def gather(data: Path, folder: Path | None, signature: str | None = None) -> Record:
    """Join the results in `data` with the record in `folder`. Raises BadInputError where there are none.

    Pairs are counted over the openings of both. A level's errors are those of more games: shares of two
    machines cannot be joined, because a ratio's interval needs the single games. `signature` picks results
    of another engine than this one.
    """
    now = signature or engine_signature()
    results = [r for r in read(data / "pairs.jsonl", PairResult) if r.signature == now]
    counted = tallies(results, [t for t in kept_tallies(folder) if t.signature == now])
    watched = [r for r in read(data / "errors.jsonl", ConductResult) if r.signature == now]
    kept = [] if folder is None else list(read(folder / _CONDUCT, ConductShares))
    conduct = _conduct(watched, [shares for shares in kept if shares.signature == now])
    if not counted and not conduct:
        raise BadInputError(
            f"{data} has no results of this engine (signature {now}); `qiyou ladder play` makes some"
        )
    return Record(now, tuple(counted), conduct)


def _conduct(watched: list[ConductResult], kept: list[ConductShares]) -> tuple[ConductShares, ...]:
    keys = {number: level(number).key for number in range(1, LEVELS + 1)}
    best = {shares.who: shares for shares in kept}
    for number, key in keys.items():
        neighbours = {keys[other] for other in (number - 1, number + 1) if other in keys}
        new = conduct_shares(r for r in watched if r.who == key and r.against in neighbours)
        if new is not None and (new.who not in best or new.games >= best[new.who].games):
            best[new.who] = new
    return tuple(best.values())


def write_record(folder: Path, record: Record) -> None:
    """Write a record as `gather` made it; what the folder keeps of other engines stays."""
    others = [tally for tally in kept_tallies(folder) if tally.signature != record.signature]
    write(folder / TALLIES, [*others, *record.tallies])
    kept = read(folder / _CONDUCT, ConductShares)
    write(folder / _CONDUCT, [*(s for s in kept if s.signature != record.signature), *record.conduct])
