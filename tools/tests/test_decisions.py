"""What the robot decided can be decided again from its journal, and explained."""

import json

import pytest

from engine import Game, Move
from engine.pgn import write_pgn
from host.game.decisions import read_record, repeat
from host.game.errors import JournalError
from host.game.journal import Journal
from host.game.player import Player
from tools.cli import main

PLIES = 12


def recorded(folder, level=4, seed=3, change=None):
    """A journal of a game in which the robot plays red and the person answers with the first legal move."""
    folder.mkdir()
    game, robot = Game(), Player(seed, level)
    with Journal.create(folder / "journal.jsonl") as journal:
        journal.append(
            "start",
            {
                "format": 1,
                "fen": game.start.fen(),
                "seed": seed,
                "robot": "red",
                "plies": PLIES,
                "rules": "wxf",
                "versions": {},
            },
        )
        for ply in range(PLIES):
            if game.verdict().state != "ongoing":
                break  # a strong robot mates somebody who answers so
            if ply % 2 == 0:
                thought = robot.choose(game)
                record = dict(thought.record)
                if change is not None:
                    change(ply, record)
                journal.append("intent", {"ply": ply, "move": thought.move, "see": {}, "think": record})
                journal.append("seen", {"ply": ply, "move": thought.move, "see": {}})
                game.push(Move.from_uci(thought.move))
            else:
                move = game.position.legal_moves()[0]
                journal.append("person", {"ply": ply, "move": move.uci(), "see": {}})
                game.push(move)
    return game


def test_a_journal_gives_the_game_back_with_who_moved_what(tmp_path):
    game = recorded(tmp_path / "game")
    record = read_record(tmp_path / "game")
    assert tuple(decision.move for decision in record.decisions) == game.moves
    assert [decision.by for decision in record.decisions] == ["robot", "person"] * (PLIES // 2)
    assert record.game_before(5).moves == game.moves[:5]
    assert read_record(tmp_path / "game" / "journal.jsonl") == record


@pytest.mark.parametrize("level", [1, 7, 14])
def test_every_decision_comes_out_the_same_bit_for_bit(tmp_path, level):
    game = recorded(tmp_path / "game", level)
    repeated = repeat(read_record(tmp_path / "game"))
    assert len(repeated) == (len(game.moves) + 1) // 2 >= 3
    assert not any(again.differs for again in repeated)


def test_a_decision_that_was_another_is_found(tmp_path, capsys):
    def other_seed(ply, record):
        if ply == 4:
            record["seed"] += 1

    recorded(tmp_path / "game", level=1, change=other_seed)
    repeated = repeat(read_record(tmp_path / "game"))
    assert [again.ply for again in repeated if again.differs] == [4]
    assert main(["replay", str(tmp_path / "game")]) == 1
    assert "ply 4" in capsys.readouterr().out


@pytest.mark.parametrize("lost", ["level", "seed"])
def test_a_decision_without_its_rule_or_seed_cannot_be_repeated(tmp_path, lost):
    recorded(tmp_path / "game", change=lambda ply, record: record.pop(lost))
    with pytest.raises(JournalError, match="ply 0"):
        repeat(read_record(tmp_path / "game"))


def test_a_rule_that_makes_no_sense_is_refused_with_its_ply(tmp_path):
    recorded(tmp_path / "game", change=lambda ply, record: record["level"].update(nodes=-1))
    with pytest.raises(JournalError, match=r"ply 0.*nodes"):
        repeat(read_record(tmp_path / "game"))


def test_replay_says_that_all_is_the_same(tmp_path, capsys):
    recorded(tmp_path / "game")
    assert main(["replay", str(tmp_path / "game"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["same"]
    assert len(answer["decisions"]) == PLIES // 2


@pytest.mark.parametrize("ply", [0, 3])
def test_why_explains_a_decision_of_either_side(tmp_path, capsys, ply):
    game = recorded(tmp_path / "game")
    assert main(["why", str(tmp_path / "game"), str(ply), "--nodes", "2000", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["move"] == answer["played"]["moves"][0] == game.moves[ply].uci()
    assert (answer["thought"] is None) == (ply % 2 == 1)
    assert main(["why", str(tmp_path / "game"), str(ply), "--nodes", "2000"]) == 0
    assert "sureness" in capsys.readouterr().out


def test_why_reads_a_pgn_too(tmp_path, capsys):
    game = recorded(tmp_path / "game")
    file = tmp_path / "game.pgn"
    file.write_text(write_pgn(game), encoding="utf-8")
    assert main(["why", str(file), "2", "--nodes", "2000", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["move"] == game.moves[2].uci()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["why", "{}", "99"], "PLY 99"),
        (["why", "{}", "-1"], "PLY -1"),
        (["why", "{}", "0", "--nodes", "0"], "--nodes"),
        (["why", "{}/nothing.pgn", "0"], "nothing.pgn"),
        (["replay", "{}/nothing"], "nothing"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, capsys, words, named):
    recorded(tmp_path / "game")
    assert main([word.format(tmp_path / "game") for word in words]) == 2
    assert named in capsys.readouterr().err
