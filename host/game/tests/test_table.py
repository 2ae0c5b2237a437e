"""Whole games in the deterministic world: whatever fails, nothing is lost."""

import itertools

import pytest

from engine import START_FEN, Game, Move, Position
from host.game.driver import Ports, drive
from host.game.journal import Journal, read_journal
from host.game.player import Player
from host.game.simulation import Plot, SimulatedTable
from host.game.state import Standing, replay
from host.game.table import Table

PLIES = 6


class PowerCutError(Exception):
    pass


def eager(position, dice):
    moves = position.legal_moves()
    captures = [move for move in moves if position.board[move.to_square] != "."]
    return dice.choice(captures or moves)


def make_world(plot, robot):
    return SimulatedTable(Position.start().board, robot, plot, eager)


def start(path, seed, robot, plies=PLIES):
    journal = Journal.create(path)
    fields = {"format": 1, "fen": START_FEN, "seed": seed, "robot": robot, "plies": plies}
    journal.append("start", {**fields, "rules": "wxf", "versions": {}})
    return journal


def play(world, journal, seed, *, scribe=None, body=None, resumed=False, plies=PLIES, level=3):
    standing = replay(journal.entries, journal.path)
    table = Table(standing, robot=world.robot, plies=plies, versions={"engine": "test"})
    ports = Ports(world, Player(seed, level), body or world, world, scribe or journal)
    outcome = drive(table.play(resumed), standing.game, ports)
    return outcome, standing


def check(world, journal, standing, pieces):
    assert world.board == standing.game.position.board
    assert world.pieces() == pieces
    again = replay(read_journal(journal.path), journal.path)
    assert again.game.position == standing.game.position
    assert again.ended is not None
    game = Game()
    for move in again.moves:
        game.push(Move.from_uci(move))


def robot_of(seed):
    return "black" if seed % 2 == 0 else "red"


@pytest.mark.parametrize("seed", range(12))
def test_a_game_with_misread_frames_hands_stops_and_fumbles_ends_as_its_journal_says(seed, tmp_path):
    plot = Plot(seed, 0.1, 0.1, frozenset({2 + seed % 5, 9}), frozenset({4 + seed % 4, 12}))
    world = make_world(plot, robot_of(seed))
    pieces = world.pieces()
    with start(tmp_path / "j", seed, world.robot) as journal:
        outcome, standing = play(world, journal, seed)
        check(world, journal, standing, pieces)
        assert outcome.result == "unfinished"
        faults = [entry for entry in journal.entries if entry["kind"] == "fault"]
        assert len(faults) == 2
        assert world.acts.count("ack") == 2


@pytest.mark.parametrize("motion", range(14))
@pytest.mark.parametrize("seed", [0, 1])
def test_a_stop_in_any_motion_is_recovered_from_by_two_acts(motion, seed, tmp_path):
    world = make_world(Plot(seed, stops=frozenset({motion})), robot_of(seed))
    pieces = world.pieces()
    with start(tmp_path / "j", seed, world.robot) as journal:
        _, standing = play(world, journal, seed)
        check(world, journal, standing, pieces)
        stopped = any(entry["kind"] == "fault" for entry in journal.entries)
    if stopped:
        at = world.acts.index("ack")
        assert world.acts[at : at + 2] == ["ack", "go"]


class CuttingScribe:
    """Cuts the power before, after or in the middle of a line."""

    def __init__(self, journal, line, when):
        self.journal, self.left, self.when = journal, line, when

    def append(self, kind, fields):
        self.left -= 1
        if self.left >= 0:
            self.journal.append(kind, fields)
            return
        before = self.journal.path.stat().st_size
        if self.when != "before":
            self.journal.append(kind, fields)
        if self.when == "torn":
            with self.journal.path.open("r+b") as file:
                file.truncate((before + self.journal.path.stat().st_size) // 2)
        raise PowerCutError


def lines_of_an_undisturbed_game(tmp_path, seed):
    world = make_world(Plot(seed), robot_of(seed))
    with start(tmp_path / "whole", seed, world.robot) as journal:
        play(world, journal, seed)
        return [entry["kind"] for entry in journal.entries[1:]]


@pytest.mark.parametrize("when", ["before", "after", "torn"])
@pytest.mark.parametrize("seed", [2, 3])
def test_a_power_cut_at_any_line_of_the_journal_loses_nothing(seed, when, tmp_path):
    kinds = lines_of_an_undisturbed_game(tmp_path, seed)
    for line in range(len(kinds)):
        world = make_world(Plot(seed), robot_of(seed))
        pieces = world.pieces()
        path = tmp_path / f"{line}"
        with start(path, seed, world.robot) as journal, pytest.raises(PowerCutError):
            play(world, journal, seed, scribe=CuttingScribe(journal, line, when))
        world.power_cut()
        with Journal.reopen(path) as journal:
            if journal.entries[-1]["kind"] == "end":
                continue
            _, standing = play(world, journal, seed, resumed=True)
            check(world, journal, standing, pieces)


class CuttingBody:
    """Cuts the power before or after what the arm does."""

    def __init__(self, world, motion, when):
        self.world, self.left, self.when = world, motion, when

    def __getattr__(self, name):
        return getattr(self.world, name)

    def _cut(self, motion, *arguments):
        self.left -= 1
        if self.left < 0 and self.when == "before":
            raise PowerCutError
        answer = motion(*arguments)
        if self.left < 0:
            raise PowerCutError
        return answer

    def fetch(self, carry):
        return self._cut(self.world.fetch, carry)

    def put_down(self, carry):
        return self._cut(self.world.put_down, carry)

    def park(self):
        return self._cut(self.world.park)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("seed", [0, 5])
def test_a_power_cut_in_any_motion_loses_nothing(seed, when, tmp_path):
    for motion in itertools.count():
        world = make_world(Plot(seed, misread=0.05), robot_of(seed))
        pieces = world.pieces()
        path = tmp_path / f"{motion}"
        with start(path, seed, world.robot) as journal:
            try:
                play(world, journal, seed, body=CuttingBody(world, motion, when))
                return
            except PowerCutError:
                pass
        world.power_cut()
        with Journal.reopen(path) as journal:
            _, standing = play(world, journal, seed, resumed=True)
            check(world, journal, standing, pieces)


def test_the_set_up_is_checked_and_what_is_wrong_is_named(tmp_path):
    world = make_world(Plot(4, swapped=(0, 1)), "black")
    with start(tmp_path / "j", 4, "black", 2) as journal:
        play(world, journal, 4, plies=2)
    asked = next(message for message in world.said if message.ask == "set-up")
    assert "red chariot" in asked.text
    assert set(asked.squares) == {"a0", "b0"}
    assert world.acts[:2] == ["go", "restore"]


def test_a_request_that_was_not_heard_is_made_again(tmp_path):
    world = make_world(Plot(4, swapped=(0, 1), deaf=2), "black")
    with start(tmp_path / "j", 4, "black", 2) as journal:
        play(world, journal, 4, plies=2)
    asked = [message.text for message in world.said if message.ask == "set-up"]
    assert len(asked) == 3
    assert len(set(asked)) == 1


BETWEEN = [(40,), (40, 49), (40, 49, 31, 50)]


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("line", range(1, 6))
@pytest.mark.parametrize("seed", [2, 3])
def test_a_piece_that_fell_among_points_is_asked_about_until_it_is_gone(seed, line, between, tmp_path):
    world = make_world(Plot(seed, deaf=1, between=between), robot_of(seed))
    pieces = world.pieces()
    with start(tmp_path / "j", seed, world.robot) as journal, pytest.raises(PowerCutError):
        play(world, journal, seed, scribe=CuttingScribe(journal, line, "after"))
    world.power_cut()
    with Journal.reopen(tmp_path / "j") as journal:
        _, standing = play(world, journal, seed, resumed=True)
        check(world, journal, standing, pieces)
    asked = [message for message in world.said if message.ask == "restore"]
    assert 2 <= len(asked) <= 6
    assert "restore" in world.acts


def test_every_move_is_recorded_with_what_it_was_based_on(tmp_path):
    world = make_world(Plot(1), "red")
    with start(tmp_path / "j", 1, "red", 4) as journal:
        play(world, journal, 1, plies=4)
    for entry in read_journal(tmp_path / "j"):
        if entry["kind"] in {"person", "intent", "seen"}:
            assert entry["see"].keys() >= {"frame", "reading", "model"}
            assert entry["versions"] == {"engine": "test"}
        if entry["kind"] == "intent":
            assert entry["think"].keys() >= {"candidates", "rule", "seed", "engine"}


def test_the_same_seed_plays_the_same_game(tmp_path):
    logs = []
    for name in ("a", "b"):
        world = make_world(Plot(7, misread=0.2, hand=0.2), "red")
        with start(tmp_path / name, 7, "red") as journal:
            play(world, journal, 7)
        logs.append((tmp_path / name).read_bytes())
    assert logs[0] == logs[1]


def test_a_game_that_ends_before_its_plies_says_how(tmp_path):
    mate = "3k5/4R4/9/9/9/9/9/9/8R/4K4 w - - 0 1"
    standing = Standing(Game(Position.from_fen(mate)))
    world = SimulatedTable(standing.game.position.board, "red", Plot(1), eager)
    with Journal.create(tmp_path / "j") as journal:
        fields = {"format": 1, "fen": mate, "seed": 1, "robot": "red", "plies": 40, "rules": "wxf"}
        journal.append("start", {**fields, "versions": {}})
        outcome, _ = play(world, journal, 1, plies=40, level=20)
    assert (outcome.result, outcome.reason) == ("red-wins", "checkmate")
