"""Games on a disk that fills up: whichever line is refused, making room and going on finishes the game."""

import errno
import os

import pytest

from engine import Position
from host.game import journal as journal_module
from host.game.demo import DemoOptions, run_demo
from host.game.driver import Ports, drive
from host.game.errors import JournalWriteError
from host.game.journal import read_journal
from host.game.opening import Wishes, go_on, start_new
from host.game.player import Player
from host.game.simulation import Plot, SimulatedTable
from host.game.state import replay
from host.game.table import Table

PLIES = 4


class Disk:
    """`os` for the journal, with room for `lines` lines and then for half of one."""

    def __init__(self, lines):
        self.left = lines
        self.torn = False

    def __getattr__(self, name):
        return getattr(os, name)

    def write(self, descriptor, data):
        self.left -= 1
        if self.left >= 0:
            return os.write(descriptor, data)
        if not self.torn:
            self.torn = True
            return os.write(descriptor, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def first_move(position, dice):
    del dice
    moves = position.legal_moves()
    return next((move for move in moves if position.board[move.to_square] != "."), moves[0])


def play(opening, world):
    table = Table(opening.standing, robot=opening.plays, plies=opening.plies, versions={})
    ports = Ports(world, Player(opening.seed, opening.level), world, world, opening.journal)
    return drive(table.play(opening.resumed), opening.standing.game, ports)


def new_world(opening):
    return SimulatedTable(Position.start().board, opening.plays, Plot(opening.seed), first_move)


def begin(out):
    return start_new(out, Wishes(seed=3, plies=PLIES, plays="red", level=2))


def test_whichever_line_is_refused_making_room_and_going_on_finishes_the_game(tmp_path, monkeypatch):
    whole = begin(tmp_path / "whole")
    with whole.journal:
        play(whole, new_world(whole))
        lines = len(whole.journal.entries)
    for room in range(lines - 1):
        out = tmp_path / str(room)
        opening = begin(out)
        world = new_world(opening)
        pieces = world.pieces()
        monkeypatch.setattr(journal_module, "os", Disk(room))
        with opening.journal, pytest.raises(JournalWriteError, match=r"No space left.*nothing is lost"):
            play(opening, world)
        monkeypatch.undo()
        assert len(read_journal(out / "journal.jsonl")) == room + 1
        world.power_cut()
        again = go_on(out, Wishes())
        with again.journal:
            play(again, world)
        standing = replay(read_journal(out / "journal.jsonl"), out)
        assert standing.ended is not None
        assert standing.ply >= PLIES
        assert world.board == standing.game.position.board
        assert world.pieces() == pieces


def test_the_record_of_a_finished_game_is_written_once_there_is_room(tmp_path, capsys):
    opening = begin(tmp_path)
    with opening.journal:
        play(opening, new_world(opening))
    assert run_demo(DemoOptions(tmp_path, resume=True))
    assert "this game is over" in capsys.readouterr().out
    assert '[Red "Qiyou"]' in (tmp_path / "game.pgn").read_text()
