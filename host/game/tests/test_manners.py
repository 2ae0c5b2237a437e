"""Draws, resigning and illegal moves at the table, in whole games of the deterministic world."""

from dataclasses import replace
from random import Random

import pytest

from engine import Game, Position
from engine.conduct import conduct_rules
from host.game import words
from host.game.decisions import read_record, repeat
from host.game.driver import Ports, drive
from host.game.errors import JournalError
from host.game.journal import Journal, read_journal
from host.game.player import Player
from host.game.requests import Thought
from host.game.simulation import Plot, SimulatedTable
from host.game.state import Standing, replay
from host.game.table import Table

RULES = conduct_rules()
LATE = 60
"""A round in which everything is allowed."""
STRONG = RULES.beginner.up_to_level + 1
BLOCKED = "3ak4/4a4/4b4/9/9/9/9/9/4A4/3AK3C"
"""Nobody is in a hurry here."""


class Ear:
    """Says each wish when the game has come to its ply."""

    def __init__(self, standing, wishes):
        self.standing, self.wishes = standing, dict(wishes)

    def hear(self):
        return self.wishes.pop(self.standing.ply, None)


class Opinionated:
    """Shuffles without taking anything, and sees the same score every time."""

    def __init__(self, score):
        self.score = score

    def choose(self, game):
        move = peaceful(game.position, Random(len(game.moves)))
        return Thought(move.uci(), {"score": self.score, "book": False})


def peaceful(position, dice):
    moves = position.legal_moves()
    return dice.choice([move for move in moves if position.board[move.to_square] == "."] or moves)


def begin(path, board, side, robot, level, place="home", round_number=LATE, quiet=0):
    fen = f"{board} {side} - - {quiet} {round_number}"
    journal = Journal.create(path)
    start = {"format": 1, "fen": fen, "seed": 1, "robot": robot, "plies": 40, "level": level, "place": place}
    journal.append("start", {**start, "rules": "wxf", "versions": {}})
    return journal


def play(world, journal, mind, wishes=(), level=STRONG, place="home"):
    standing = replay(journal.entries, journal.path)
    table = Table(standing, robot=world.robot, plies=40, versions={}, level=level, place=place)
    ports = Ports(world, mind, world, world, journal, Ear(standing, wishes))
    return drive(table.play(), standing.game, ports), standing


def game(tmp_path, score, *, wishes=(), level=STRONG, place="home", quiet=0):
    position = Position.from_fen(f"{BLOCKED} w - - 0 1")
    world = SimulatedTable(position.board, "red", Plot(1), peaceful)
    with begin(tmp_path / "j", BLOCKED, "w", "red", level, place, quiet=quiet) as journal:
        outcome, _ = play(world, journal, Opinionated(score), wishes, level, place)
    entries = read_journal(tmp_path / "j")
    told = replay(entries, tmp_path / "j").game.verdict()
    if outcome.result != "unfinished":
        assert (told.state, told.reason) == (outcome.result, outcome.reason)
    return outcome, entries, [message.text for message in world.said]


def kinds(entries, kind):
    return [entry for entry in entries if entry["kind"] == kind]


def test_a_hopeless_game_is_resigned_in_words_and_in_the_journal(tmp_path):
    outcome, entries, said = game(tmp_path, -2000)
    assert (outcome.result, outcome.reason) == ("black-wins", "resignation")
    (resigned,) = kinds(entries, "resign")
    assert resigned["by"] == "robot"
    assert len(kinds(entries, "intent")) == RULES.resign.over_moves - 1
    assert words.I_RESIGN in said
    assert said[-1].startswith("Black has won (by resignation). Well played!")


def test_against_a_beginner_the_robot_plays_on(tmp_path):
    outcome, entries, _ = game(tmp_path, -2000, level=RULES.beginner.up_to_level)
    assert not kinds(entries, "resign")
    assert outcome.reason != "resignation"


def test_the_person_may_resign_at_any_time(tmp_path):
    for ply in (0, 1, 2):
        folder = tmp_path / str(ply)
        folder.mkdir()
        outcome, entries, said = game(folder, 0, wishes={ply: "resign"})
        assert (outcome.result, outcome.reason) == ("red-wins", "resignation")
        assert kinds(entries, "resign")[0]["ply"] == ply
        assert "Well played" not in said[-1]


def test_a_draw_offered_by_the_person_is_weighed(tmp_path):
    outcome, entries, said = game(tmp_path, -100, wishes={1: "offer-draw"})
    assert (outcome.result, outcome.reason) == ("draw", "agreed-draw")
    assert kinds(entries, "draw")[0]["by"] == "person"
    assert words.I_ACCEPT in said


def test_a_better_robot_thanks_for_the_offer_and_plays_on(tmp_path):
    outcome, entries, said = game(tmp_path, 300, wishes={1: "offer-draw"})
    assert outcome.reason != "agreed-draw"
    assert kinds(entries, "draw")[0]["accepted"] is False
    assert words.I_PLAY_ON in said


def test_before_it_has_thought_the_robot_accepts_nothing(tmp_path):
    _, entries, said = game(tmp_path, -100, wishes={0: "offer-draw"})
    assert kinds(entries, "draw")[0]["accepted"] is False
    assert words.I_PLAY_ON in said


def test_an_answer_without_an_offer_is_told_so(tmp_path):
    outcome, entries, said = game(tmp_path, 300, wishes={1: "accept-draw"})
    assert not kinds(entries, "draw")
    assert words.NO_OFFER in said
    assert outcome.reason != "agreed-draw"


def offered_at(entries):
    return next(entry["ply"] for entry in kinds(entries, "intent") if entry.get("act") == "offer-draw")


def test_the_robot_offers_a_draw_with_its_move_and_a_yes_ends_the_game(tmp_path):
    plies = 2 * (RULES.offer_draw.over_moves - 1)
    outcome, entries, said = game(tmp_path, 0, wishes={plies + 1: "accept-draw"}, quiet=30)
    assert offered_at(entries) == plies
    assert (outcome.result, outcome.reason) == ("draw", "agreed-draw")
    assert said.index(words.I_OFFER_A_DRAW) < len(said) - 1
    assert kinds(entries, "draw")[0] | {"n": 0} == {
        "n": 0, "kind": "draw", "ply": plies + 1, "by": "robot", "accepted": True
    }


def test_an_offer_is_declined_by_a_word_or_by_a_move(tmp_path):
    plies = 2 * (RULES.offer_draw.over_moves - 1)
    for wishes, answers in (({plies + 1: "decline-draw"}, 1), ({}, 0)):
        folder = tmp_path / str(answers)
        folder.mkdir()
        outcome, entries, said = game(folder, 0, wishes=wishes, quiet=30)
        assert outcome.reason != "agreed-draw"
        assert len(kinds(entries, "draw")) == answers
        assert said.count(words.I_OFFER_A_DRAW) >= 1


class Careless(SimulatedTable):
    """A person whose every move is first made wrongly, and put right when the robot says so."""

    wrong = True

    def _make_a_move(self):
        if not self.wrong:
            self.wrong = True
            super()._make_a_move()
            return
        self.wrong = False
        king = self.board.index("k")
        target = next(square for square in range(40, 50) if self.board[square] == ".")
        self.board = self.board[:king] + "." + self.board[king + 1 :]
        self.board = self.board[:target] + "k" + self.board[target + 1 :]


@pytest.mark.parametrize(("place", "lost"), [("home", False), ("club", True)])
def test_illegal_moves_are_taken_back_and_lose_only_in_a_club(tmp_path, place, lost):
    position = Position.from_fen(f"{BLOCKED} w - - 0 1")
    world = Careless(position.board, "red", Plot(1), peaceful)
    with begin(tmp_path / "j", BLOCKED, "w", "red", STRONG, place) as journal:
        outcome, _ = play(world, journal, Opinionated(0), (), STRONG, place)
    illegal = kinds(read_journal(tmp_path / "j"), "illegal")
    if lost:
        assert (outcome.result, outcome.reason) == ("red-wins", "illegal-moves")
        assert [entry["loses"] for entry in illegal] == [False, False, True]
    else:
        assert outcome.result == "unfinished"
        assert len(illegal) > 3


def test_an_offer_and_the_count_of_illegal_moves_survive_a_power_cut(tmp_path):
    plies = 2 * (RULES.offer_draw.over_moves - 1)
    _, entries, _ = game(tmp_path, 0, quiet=30)
    cut = next(i for i, e in enumerate(entries) if e["kind"] == "seen" and e["ply"] == plies) + 1
    standing = replay(entries[:cut], tmp_path / "j")
    assert standing.offered
    assert len(standing.considered) == RULES.offer_draw.over_moves
    illegal = {"kind": "illegal", "ply": plies + 1, "squares": ["e9"], "loses": False}
    standing = replay([*entries[:cut], illegal, illegal], tmp_path / "j")
    assert standing.illegal == 2


def test_a_line_by_nobody_is_refused(tmp_path):
    start = {"kind": "start", "fen": Position.start().fen(), "robot": "red"}
    with pytest.raises(JournalError, match="robot or person"):
        replay([start, {"kind": "resign", "ply": 0, "by": "nobody"}], tmp_path)
    resigned = {"kind": "resign", "ply": 0, "by": "person"}
    with pytest.raises(JournalError, match="over already"):
        replay([start, resigned, resigned], tmp_path)


def test_a_real_game_against_a_strong_level_is_resigned_and_repeats_bit_for_bit(tmp_path):
    board = "2bakab2/9/9/p8/9/9/9/4C2C1/4N4/R2AKA2R"
    position = Position.from_fen(f"{board} b - - 0 1")
    world = SimulatedTable(position.board, "black", Plot(1), peaceful)
    with begin(tmp_path / "j", board, "b", "black", 12) as journal:
        outcome, _ = play(world, journal, Player(1, 12), level=12)
    record = read_record(tmp_path / "j")
    repeated = repeat(record)
    assert not [again for again in repeated if again.differs]
    by_robot = sum(decision.by == "robot" for decision in record.decisions)
    assert len(repeated) == by_robot + (record.resigned is not None)
    assert outcome.reason == "resignation"
    assert record.resigned is not None


def test_an_offer_that_the_rules_do_not_make_is_found_by_the_repetition(tmp_path):
    world = SimulatedTable(Position.start().board, "red", Plot(1), peaceful)
    with begin(tmp_path / "j", Position.start().fen().split()[0], "w", "red", 12, round_number=1) as journal:
        standing = replay(journal.entries, journal.path)
        table = Table(standing, robot="red", plies=3, versions={}, level=12)
        drive(table.play(), standing.game, Ports(world, Player(1, 12), world, world, journal))
    record = read_record(tmp_path / "j")
    assert not [again for again in repeat(record) if again.differs]
    offered = replace(record.decisions[0], act="offer-draw")
    forged = replace(record, decisions=(offered, *record.decisions[1:]))
    assert [again.differs for again in repeat(forged) if again.differs] == [("act",)]


def test_a_standing_without_thoughts_starts_afresh():
    assert Standing(Game()).considered == []
