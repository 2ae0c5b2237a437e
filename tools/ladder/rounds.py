"""Rounds of play: units for what is not on disk yet, farmed out, written down as they come back."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.farm import farm_out
from tools.ladder.conduct import ConductResult, watch_games
from tools.ladder.contestants import Contestant
from tools.ladder.match import Encounter, PairResult, engine_signature, play_encounter
from tools.ladder.results import append, read
from tools.ladder.tally import Tally, tallies

__all__ = ["Round", "play_pairs", "watch_pairs"]

_SAY_EVERY = 20


@dataclass(frozen=True)
class Round:
    """`openings` openings of the set `seed`, `chunk` in one unit of work.

    Results go to `store`, progress to `say`; `scheduler` and `workers` are those of `tools.farm.farm_out`.
    """

    store: Path
    seed: int
    openings: int
    chunk: int
    scheduler: str | None
    workers: int | None
    say: Callable[[str], None]

    def stretches(self, done: Collection[int]) -> Iterator[tuple[int, int]]:
        """The openings that are not done, as (first, last + 1), none longer than a chunk."""
        for start in range(0, self.openings, self.chunk):
            end = min(start + self.chunk, self.openings)
            first = start
            for number in range(start, end + 1):
                if number == end or number in done:
                    if first < number:
                        yield first, number
                    first = number + 1


def play_pairs(
    plan: Round, pairs: Sequence[tuple[Contestant, Contestant]], kept: Sequence[Tally] = ()
) -> None:
    """Play every pair from every opening, two games each, but for what is in the store or among `kept`.

    Only results of this engine (its signature) and of these rules count as being there.
    """
    done: dict[tuple[str, str], frozenset[int]] = {}
    for tally in tallies(read(plan.store, PairResult), kept):
        if (tally.seed, tally.signature) == (plan.seed, engine_signature()):
            done[tally.a, tally.b] = tally.numbers
    units = [
        Encounter(a, b, plan.seed, first, last)
        for a, b in pairs
        for first, last in plan.stretches(done.get((a.key, b.key), ()))
    ]
    # All pairs grow together, so that a round broken off has a little of everything; quick ones first.
    units.sort(key=lambda unit: (unit.first, _effort(unit.a) + _effort(unit.b)))
    plan.say(f"{len(units)} units to play; results in {plan.store}")
    farmed = farm_out(play_encounter, units, plan.scheduler, plan.workers)
    for number, (unit, results) in enumerate(farmed, start=1):
        append(plan.store, results)
        if number % _SAY_EVERY == 0 or number == len(units):
            plan.say(f"{number} of {len(units)} units; last {unit.a.name} against {unit.b.name}")


def _effort(who: Contestant) -> int:
    return who.rule.nodes if who.rule else 0


def watch_pairs(plan: Round, played: Path, pairs: Sequence[tuple[Contestant, Contestant]]) -> None:
    """Count how both sides of these pairs err in the games of `played`, but for what is in the store.

    Only games of this engine from the plan's openings are looked at; none are played.
    """
    wanted = {(a.key, b.key) for a, b in pairs}
    done = {
        (result.who, result.against, result.opening)
        for result in read(plan.store, ConductResult)
        if (result.seed, result.signature) == (plan.seed, engine_signature())
    }
    games = [
        result
        for result in read(played, PairResult)
        if (result.seed, result.signature) == (plan.seed, engine_signature())
        and (result.a, result.b) in wanted
        and result.opening < plan.openings
        and (result.a, result.b, result.opening) not in done
    ]
    games.sort(key=lambda result: result.opening)
    units = [tuple(games[first : first + plan.chunk]) for first in range(0, len(games), plan.chunk)]
    plan.say(f"{len(games)} pairs of games to watch; results in {plan.store}")
    farmed = farm_out(watch_games, units, plan.scheduler, plan.workers)
    for number, (_, results) in enumerate(farmed, start=1):
        append(plan.store, results)
        if number % _SAY_EVERY == 0 or number == len(units):
            plan.say(f"{number} of {len(units)} units")
