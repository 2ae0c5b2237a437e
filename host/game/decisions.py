"""The decisions of a recorded game, read back from its journal: who moved what, and the robot's thoughts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import cast

from engine import Conduct, Game, LevelPlayer, LevelRule, LevelsError, Move, Position
from engine.conduct import Act
from engine.game import RuleSet
from host.game.errors import JournalError
from host.game.journal import read_journal
from host.game.manners import behave
from host.game.player import DEFAULT_LEVEL
from host.game.state import Standing, replay

__all__ = ["Decision", "Record", "Repeated", "read_record", "repeat"]

_JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Decision:
    """One ply: `by` "robot" or "person"; `think` is what the journal keeps of a robot's choice, and `act`
    whether it offered a draw with the move, or resigned instead of playing it.
    """

    ply: int
    by: str
    move: Move
    think: Mapping[str, object] | None
    act: Act = "play"


@dataclass(frozen=True)
class Record:
    """A recorded game: where it began, under which rules, at which level the robot behaved, its decisions in
    order, and the robot's decision to resign if it did.
    """

    path: Path
    start: Position
    rules: RuleSet
    level: int
    decisions: tuple[Decision, ...]
    resigned: Decision | None

    def game_before(self, ply: int) -> Game:
        """The game as it stood before ply `ply` (0-based)."""
        game = Game(self.start, self.rules)
        for decision in self.decisions[:ply]:
            game.push(decision.move)
        return game


@dataclass(frozen=True)
class Repeated:
    """A robot's decision made once more: `differs` names what came out otherwise, empty when nothing did."""

    ply: int
    move: Move
    again: Move
    differs: tuple[str, ...]


def read_record(path: Path) -> Record:
    """Read a journal, or the one in a folder. Raises JournalError; OSError when it cannot be opened."""
    path = path / _JOURNAL if path.is_dir() else path
    entries = read_journal(path)
    replay(entries, path)  # refuses lines that make no game
    rules = str(entries[0]["rules"])
    if rules not in {"wxf", "cxa"}:
        raise JournalError(f"{path}, line 1: the rules are {rules!r}; wxf or cxa would be right")
    start = Position.from_fen(str(entries[0]["fen"]))
    level = entries[0].get("level", DEFAULT_LEVEL)
    if not isinstance(level, int):
        raise JournalError(f"{path}, line 1: the level is {level!r}; a whole number would be right")
    decisions = tuple(_decisions(entries))
    return Record(path, start, cast(RuleSet, rules), level, decisions, _resigned(entries, len(decisions)))


def _resigned(entries: Sequence[Mapping[str, object]], ply: int) -> Decision | None:
    """The robot's decision to resign."""
    for entry in entries:
        if entry["kind"] == "resign" and entry["by"] == "robot":
            think = cast(Mapping[str, object], entry["think"]) if isinstance(entry["think"], dict) else None
            return Decision(ply, "robot", Move.from_uci(str(entry["move"])), think, "resign")
    return None


def _decisions(entries: Sequence[Mapping[str, object]]) -> list[Decision]:
    found: list[Decision] = []
    think: Mapping[str, object] | None = None
    act: Act = "play"
    for entry in entries[1:]:
        if entry["kind"] == "intent":
            think = cast(Mapping[str, object], entry["think"]) if isinstance(entry["think"], dict) else None
            act = "offer-draw" if entry.get("act") == "offer-draw" else "play"
        elif entry["kind"] in {"person", "seen"}:
            robot = entry["kind"] == "seen"
            move = Move.from_uci(str(entry["move"]))
            by = "robot" if robot else "person"
            found.append(Decision(len(found), by, move, think if robot else None, act if robot else "play"))
    return found


def repeat(record: Record) -> list[Repeated]:
    """Let the engine decide all of the robot's moves, offers and resigning again, each from its recorded
    rule and seed.

    Raises JournalError for a decision recorded without them.
    """
    standing = Standing(Game(record.start, record.rules))
    conduct = Conduct(record.level)
    found = []
    for decision in record.decisions:
        if decision.by == "robot":
            found.append(_repeat_one(record, decision, standing, conduct))
        standing.push(decision.move.uci())
    if record.resigned is not None:
        found.append(_repeat_one(record, record.resigned, standing, conduct))
    return found


def _repeat_one(record: Record, decision: Decision, standing: Standing, conduct: Conduct) -> Repeated:
    think = decision.think or {}
    level, seed = think.get("level"), think.get("seed")
    names = {field.name for field in fields(LevelRule)}
    if not isinstance(level, dict) or set(level) != names or not isinstance(seed, int):
        raise JournalError(
            f"{record.path}: ply {decision.ply} was recorded without level and seed, so it cannot be repeated"
        )
    try:
        choice = LevelPlayer(LevelRule(**level)).choose(standing.game, seed)
    except LevelsError as error:
        raise JournalError(f"{record.path}, ply {decision.ply}: {error}") from error
    now: dict[str, object] = {
        "move": choice.move.uci(),
        "score": choice.score_cp,
        "depth": choice.depth,
        "nodes": choice.nodes,
        "unseen": choice.unseen,
        "book": choice.book,
        "candidates": [[move.uci(), score] for move, score in choice.candidates],
    }
    considered = standing.consider(now)
    now["act"] = "play" if considered is None else behave(conduct, considered)
    then = {**think, "move": decision.move.uci(), "act": decision.act}
    differs = tuple(key for key, value in now.items() if then.get(key) != value)
    return Repeated(decision.ply, decision.move, choice.move, differs)
