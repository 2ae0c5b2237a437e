"""docs/levels.md: what the ladder has measured, written by `qiyou ladder report`."""

from collections.abc import Iterable
from pathlib import Path

from engine import LEVELS, Net, level_rule
from tools.ladder.conduct import BLUNDER, HANGS_CP, JUDGE_NODES, JUDGED_EVERY
from tools.ladder.conduct_shares import KINDS, ConductShares
from tools.ladder.contestants import MARKS, level
from tools.ladder.elo import Score, fit_elo, scores
from tools.ladder.match import LONGEST_GAME, engine_signature
from tools.ladder.record import Record
from tools.ladder.shares import Share
from tools.ladder.tally import Tally
from tools.ladder.winning import SCALE_CP

__all__ = ["measured", "write_report"]

_ENOUGH_GAMES = 400
_USUAL_PLIES = 215  # of a game between levels above 21
_NODES_PER_HOUR = 3600 * 1_000_000
_RECORD = "tools/ladder/record"

_HEADING = f"""# The 26 levels

A level is a node limit and a human way of erring, as data in `engine/levels.toml`: how many plies ahead it
looks, which moves go unseen (the same ones throughout one choice, its own and the opponent's; captures, quiet
moves, far and backward ones each with a chance of their own), and how much worse than the best a move may be
to be taken now and then. No level moves at random. A choice starts from an empty memory and depends on the
game, the seed and the net alone, so a slow machine plays the same moves.

**No human rating has been measured.** Elo below is a difference between these levels, not a grade of any
federation.

This page is written by `qiyou ladder report`; games come from `qiyou ladder play` and `qiyou ladder
watch`, the levels' places from games with other openings and other seeds. Games start from openings of 6 to
8 random plies that left the game level, each played twice with colours changed, without the opening book;
results are the referee's. A game of {LONGEST_GAME} plies counts as drawn; between
levels that err by nothing but their node limit a game is given up when both see the same side ahead by
1,500 centipawns for six plies. Intervals are 95 %, over openings.

Games are not cut shorter than that. Of 43 games at 24,000 to 95,000 nodes that were played to the referee's
verdict (by a script outside this repository), 1,500 centipawns for six plies would have told 20 rightly and
none wrongly, 1,000 for six plies 2 of 23 wrongly, 600 for eight plies 4 of 25: what a guard or two defends
is often no win. To call games drawn where both saw less than 20 for 40 plies would have told 3 of 22 drawn
games and saved hardly a ply.

The aim was a score of 63 % against the level below. Between its two ends, a million nodes at the top and a
beginner whom a player without search beats, the ladder is too long for 25 such steps, so levels are placed
some 155 Elo apart, a score of 71 %. Their places on the path (`tools/ladder/path.py`) came from the ladder as
it stood before, with openings of other seeds: 400 games between each two neighbours up to level 19, 32 to 100
above (by a script outside this repository that plays as `qiyou ladder play` does); for the last step nothing
but the trend, some 120 Elo a halving of the nodes from 17,000 to 280,000, a little less above. Levels 21 and
22 were moved once more (22 twice) by their first published games, and played others since.

What was counted is kept in `tools/ladder/record`, so that any machine goes on where another stopped, and this
page is made from it. The games of levels 1 to 24 were lost with the machine that played them, and their lines
there were restored from an earlier edition of this page: points and draws exactly, what the intervals come
from as far as two digits tell. The neighbours up to level 14, pairs two apart up to 19 and the lower end were
played again later, 9,200 games on another machine: points are the same in each pair, and so are draws where
the page had shown them (compared by a script outside this repository).
"""


def write_report(record: Record, out: Path) -> None:
    """Write the page from a record, as far as it goes."""
    found = scores(record.tallies)
    now = record.signature
    parts = [
        _HEADING,
        f"Measured with the engine whose signature is {now} (nodes of three searches to depth 9: it changes\n"
        f"with the evaluation and the search){_judge(now)}. Other games are left out.\n",
        _strength(found, _seeds(record.tallies)),
        _second(found),
        _marks(found),
        _errors(record.conduct),
        _left(found),
    ]
    out.write_text("\n".join(part for part in parts if part), encoding="utf-8")


def measured(record: Record) -> list[dict[str, float | int | None]]:
    """What `qiyou levels` shows of each level: Elo above level 1 and the score against the one below."""
    found = scores(record.tallies)
    ratings = _ratings(found)
    levels: list[dict[str, float | int | None]] = []
    for number in range(1, LEVELS + 1):
        elo, bound = ratings.get(_key(number), (None, None))
        below = found.get((_key(number), _key(number - 1))) if number > 1 else None
        levels.append(
            {
                "elo": None if elo is None else round(elo),
                "elo_bound": None if bound is None else round(bound),
                "below": None if below is None else round(below.share, 3),
                "below_bound": None if below is None else round(below.bound, 3),
                "games": 0 if below is None else below.games,
            }
        )
    return levels


def _ratings(found: dict[tuple[str, str], Score]) -> dict[str, tuple[float, float]]:
    among = {(a, b): s for (a, b), s in found.items() if a not in MARKS and b not in MARKS}
    return fit_elo(among, _key(1))


def _judge(signature: str) -> str:
    if signature == engine_signature():
        return f", which judges by the net {Net.builtin().sha256[:12]}"
    net = Net.builtin().sha256[:12]
    return (
        f".\nThis tree's engine is another by now, signature {engine_signature()}, net {net}: what\n"
        "stands here is true of the one before, and every row has to be played again (`qiyou ladder\n"
        "play`, `qiyou ladder watch`) before it may be said of this one"
    )


def _key(number: int) -> str:
    return level(number).key


def _interval(score: Score) -> str:
    return f"{100 * score.share:.1f} ± {100 * score.bound:.1f}"


def _seeds(kept: Iterable[Tally]) -> dict[tuple[str, str], set[int]]:
    """The seeds of the openings that each pair has played."""
    seeds: dict[tuple[str, str], set[int]] = {}
    for tally in kept:
        seeds.setdefault((tally.a, tally.b), set()).add(tally.seed)
    return seeds


def _strength(found: dict[tuple[str, str], Score], seeds: dict[tuple[str, str], set[int]]) -> str:
    ratings = _ratings(found)
    lines = [
        "## Strength\n",
        "| level | nodes | Elo above level 1 | against the level below, % | games | drawn | openings |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for number in range(1, LEVELS + 1):
        rating = ratings.get(_key(number))
        elo = "not joined yet" if rating is None else f"{rating[0]:.0f} ± {rating[1]:.0f}"
        pair = (_key(number), _key(number - 1)) if number > 1 else None
        score = found.get(pair) if pair else None
        below = f"{_interval(score)} | {score.games} | {score.draws}" if score else "- | 0 | -"
        below += f" | {_listed(sorted(seeds[pair]))}" if pair in seeds else " | -"
        lines.append(f"| {number} | {level_rule(number).nodes:,} | {elo} | {below} |")
    lines.append("\nOpenings: the seed they are drawn with.\n")
    lines.append(_state(found))
    return "\n".join(lines) + "\n"


def _state(found: dict[tuple[str, str], Score]) -> str:
    neighbours = {k: found.get((_key(k), _key(k - 1))) for k in range(2, LEVELS + 1)}
    whole = {k: s for k, s in neighbours.items() if s is not None and s.games >= _ENOUGH_GAMES}
    thin = [k for k, s in neighbours.items() if k not in whole]
    off = [k for k, s in whole.items() if not (0.52 <= s.share <= 0.75 and s.low <= 0.72 and s.high >= 0.55)]
    text = f"{len(whole)} of {LEVELS - 1} pairs of neighbours have {_ENOUGH_GAMES} games or more"
    text += f" (too few yet: level {_listed(thin)} against the one below).\n" if thin else ".\n"
    text += "The aim is 52 to 75 %, with an interval that overlaps 55 to 72 %. "
    if not whole:
        return text
    return text + (f"Outside it with enough games: level {_listed(off)}." if off else "All those reach it.")


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _second(found: dict[tuple[str, str], Score]) -> str:
    pairs = [(k, (_key(k + 2), _key(k))) for k in range(1, LEVELS - 1)]
    rows = [(k, found[pair]) for k, pair in pairs if pair in found]
    if not rows:
        return ""
    lines = [
        "## Two levels apart\n",
        "The aim is at least 70 %.\n",
        "| levels | score of the higher, % | games |",
        "|---|---:|---:|",
    ]
    lines += [f"| {k + 2} against {k} | {_interval(s)} | {s.games} |" for k, s in rows]
    return "\n".join(lines) + "\n"


def _marks(found: dict[tuple[str, str], Score]) -> str:
    rows = [(mark, found[(_key(1), mark)]) for mark in MARKS if (_key(1), mark) in found]
    if not rows:
        return ""
    lines = [
        "## The lower end\n",
        "Level 1 against three players without search. `random` moves uniformly at random. `timid` moves",
        "at random among the moves after which the enemy wins least by exchanges on one point. `careful`",
        "counts what its own move takes, too: it neither hangs men nor leaves hanging ones standing, and",
        "knows nothing else.\n",
        "| against | level 1 scored, % | games |",
        "|---|---:|---:|",
    ]
    lines += [f"| {mark} | {_interval(s)} | {s.games} |" for mark, s in rows]
    return "\n".join(lines) + "\n"


def _errors(conduct: Iterable[ConductShares]) -> str:
    of = {shares.who: shares for shares in conduct}
    told = {number: of[_key(number)] for number in range(1, LEVELS + 1) if _key(number) in of}
    if not told:
        return ""
    lines = [
        "## How they err\n",
        "Each level in games of the table of strength: 400 against both its neighbours, or 200 against one",
        "(levels 1 and 26 have but one); so neighbours are compared in the same games. *Throws away*:",
        f"moves that lose at least {round(100 * BLUNDER)} % win probability, by two searches of",
        f"{JUDGE_NODES:,} nodes at every {JUDGED_EVERY}th ply (win probability",
        f"1 / (1 + exp(-score / {SCALE_CP:.0f} cp))). *Hangs a man*: moves after which exchanges on one",
        f"point cost {HANGS_CP} cp or more, what the move took counted, though another move did not.",
        "*Misses mate*: of the chances to mate at once, those not taken. *Allows mate*: of the plies at",
        "which some but not all moves let the enemy mate at once, those at which it did. Intervals are 95 %,",
        "over openings.\n",
        "| level | games | plies | throws away, % | hangs a man, % | misses mate, % | allows mate, % |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for number, level_shares in told.items():
        shares = " | ".join(map(_share, level_shares.shares))
        lines.append(f"| {number} | {level_shares.games} | {level_shares.plies:,} | {shares} |")
    return "\n".join([*lines, "", _rises({n: told[n].shares for n in told})]) + "\n"


def _share(share: Share | None) -> str:
    if share is None:
        return "-"
    return f"{100 * share.value:.1f} ± {100 * share.bound:.1f} ({share.part} of {share.whole:,})"


def _rises(told: dict[int, tuple[Share | None, ...]]) -> str:
    """Where a level errs more than the one below it by more than chance explains."""
    rises = [
        f"level {number} {name}"
        for column, (name, _, _) in enumerate(KINDS)
        for number in told
        if (above := told[number][column]) is not None
        and (below := told.get(number - 1, (None,) * len(KINDS))[column]) is not None
        and above.exceeds(below)
    ]
    text = "Errors should become fewer from level to level. "
    if rises:
        return text + f"They become more, beyond what chance explains, here: {', '.join(rises)}."
    return text + "No share is larger than that of the level below by more than chance explains."


def _left(found: dict[tuple[str, str], Score]) -> str:
    pairs = {k: found.get((_key(k), _key(k - 1))) for k in range(2, LEVELS + 1)}
    missing = {k: _ENOUGH_GAMES - (s.games if s else 0) for k, s in pairs.items()}
    missing = {k: games for k, games in missing.items() if games > 0}
    if not missing:
        return ""
    lines = [
        "## Left to play\n",
        f"    qiyou ladder play --data DIR --record {_RECORD} --chunk 1 --from-level {min(missing) - 1}",
        f"    qiyou ladder report --data DIR --record {_RECORD}\n",
        "The first goes on from what DIR and the record hold, one process a core, and may be broken off at",
        "any time; the second adds what was played to the record and to this page. To play on many machines",
        "that have this program: `dask scheduler` on one, `dask worker tcp://HOST:8786 --nworkers N",
        "--nthreads 1` on each of N cores, and `--scheduler tcp://HOST:8786` with the first. At",
        f"{_USUAL_PLIES} plies a game and a million nodes a second:\n",
        "| level | games missing against the level below | core-hours |",
        "|---:|---:|---:|",
    ]
    for number, games in missing.items():
        nodes = _USUAL_PLIES * (level_rule(number).nodes + level_rule(number - 1).nodes) / 2
        lines.append(f"| {number} | {games} | {games * nodes / _NODES_PER_HOUR:.1f} |")
    return "\n".join(lines) + "\n"
