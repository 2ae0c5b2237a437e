"""Conversations with the program."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("qiyou-engine")
START = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1"



def say(text):
    done = subprocess.run([PROGRAM], input=text, capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def last(lines, word):
    return next(line for line in reversed(lines) if line.startswith(word))


def test_uci_greets_with_its_options():
    lines = say("uci\nisready\nquit\n")
    assert lines[0].startswith("id name Qiyou")
    options = "Hash Threads MultiPV Ponder Level Seed EvalFile RuleSet UCI_LimitStrength UCI_Elo UCI_ShowWDL"
    for option in options.split():
        assert any(line.startswith(f"option name {option} type ") for line in lines)
    assert lines[-2:] == ["uciok", "readyok"]


def test_ucci_greets_and_says_goodbye():
    lines = say("ucci\nposition startpos\ngo depth 4\nisready\nposition startpos\nquit\n")
    assert "ucciok" in lines
    assert len(last(lines, "bestmove").split()[1]) == 4
    assert lines[-1] == "bye"


def test_perft_runs_to_its_end_before_quit_and_before_the_end_of_input():
    assert say("position startpos\ngo perft 3\nquit\n")[-1] == "Nodes searched: 79666"
    assert say("go perft 3")[-1] == "Nodes searched: 79666"
    assert say("go perft 0\n")[-1] == "Nodes searched: 1"
    lines = say(f"position fen {START} moves b2e2\ngo perft 1\n")
    assert last(lines, "b9c7") == "b9c7: 1"


def test_a_bounded_search_is_answered_at_the_end_of_input():
    lines = say("position startpos moves b2e2 h9g7\ngo nodes 3000\n")
    assert last(lines, "bestmove")
    assert " pv " in last(lines, "info depth")


def test_an_endless_search_answers_only_to_stop():
    lines = say("go infinite\nisready\nstop\nisready\nquit\n")
    assert lines.index("readyok") < lines.index(last(lines, "bestmove"))


def test_the_same_conversation_gives_the_same_answer():
    text = "setoption name Seed value 5\nsetoption name Level value 9\nposition startpos\ngo\nquit-not\n"
    assert last(say(text), "bestmove") == last(say(text), "bestmove")


def test_several_lines_are_reported():
    lines = say("setoption name MultiPV value 3\ngo depth 5\n")
    for number in (1, 2, 3):
        assert any(f" multipv {number} " in line for line in lines)


def test_mates_are_told_in_moves():
    lines = say("position fen 3k5/9/9/9/4R4/9/9/9/9/4K4 w - - 0 1\ngo depth 3\n")
    assert "score mate 1" in last(lines, "info depth")
    lines = say("position fen 3k5/3PP4/9/9/9/9/9/9/9/4K4 b\ngo depth 3\n")
    assert lines[-1] == "bestmove (none)"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("castle", "is no command"),
        ("setoption name Hash value lots", "whole number from 1 to 4096"),
        ("setoption name Threads value 80", "whole number from 1 to 16"),
        ("setoption name Colour value blue", "no option"),
        ("setoption name RuleSet value house", "wxf or cxa"),
        ("position fen 4k4/9/9/9/9/9/9/9/9/4K4 w", "face each other"),
        ("position startpos moves b2e2 b2e2", "ply 1 'b2e2' is not legal"),
        ("position nowhere", "startpos"),
        ("go perft many", "go perft needs a depth"),
        ("go depth zero", "go depth needs a whole number"),
        ("x" * 70000, "longer than"),
    ],
)
def test_nonsense_is_answered_and_changes_nothing(command, answer):
    lines = say(f"{command}\nstop\nd\nquit\n")
    assert any(line.startswith("info string") and answer in line for line in lines)
    assert lines[-1] == START


@pytest.mark.parametrize(
    ("fen", "reason"),
    [
        ("4k4/9/9/9/9/9/9/9/9/3KK4 w", "red general on e0 is one too many"),
        ("4k4/9/9/9/9/9/9/9/R8/4K4 b", "face each other"),
        ("3k5/9/9/9/9/9/9/9/4A4/A3K4 w", "red advisor on a0 cannot stand there"),
        ("3k5/9/9/4B4/9/9/9/9/9/4K4 w", "red elephant on e6 cannot stand there"),
        ("3k5/9/9/9/9/9/9/9/6P2/4K4 w", "red soldier on g1 cannot stand there"),
        ("3k5/9/9/9/9/9/9/9/9/3RK4 w", "black general on d9 stands in check"),
        ("3k5/9/9/9/9/9/9/9/9/RRR1K4 w", "red chariot on c0 is one too many"),
        ("3x5/9/9/9/9/9/9/9/9/4K4 w", "'x' on rank 9"),
    ],
)
def test_illegal_positions_are_refused_with_the_man_and_the_square(fen, reason):
    lines = say(f"position fen {fen} - - 0 1\nd\nquit\n")
    assert reason in lines[0]
    assert lines[-1] == START


def test_thousands_of_moves_are_read():
    dance = " ".join(["b2e2 b7e7 e2b2 e7b7"] * 1500)
    lines = say(f"position startpos moves {dance} h2e2\nd\ngo nodes 100\n")
    assert lines[0].endswith(" b - - 6001 3001")
    assert last(lines, "bestmove")
    refused = say(f"position startpos moves {dance} h2h2\n")
    assert "ply 6000 'h2h2' is not legal" in refused[0]


def test_pondering_waits_for_the_hit_and_then_keeps_to_the_clock():
    lines = say("go ponder wtime 400 btime 400\nisready\nponderhit\n")
    assert lines.index("readyok") < lines.index(last(lines, "bestmove"))
    held = say("go ponder depth 2\nisready\nstop\nisready\nquit\n")
    assert held.index("readyok") < held.index(last(held, "bestmove"))


def test_a_mate_can_be_asked_for():
    lines = say("position fen 3k5/9/9/9/4R4/9/9/9/9/4K4 w - - 0 1\ngo mate 1\n")
    assert last(lines, "bestmove").startswith("bestmove e5d5")
    assert not any("no mate" in line for line in lines)
    lines = say("position startpos\ngo mate 1 nodes 2000\n")
    assert any("no mate in 1 was found" in line for line in lines)


def test_chances_are_told_when_asked_for():
    lines = say("setoption name UCI_ShowWDL value true\nposition startpos\ngo depth 3\n")
    chances = last(lines, "info depth").split(" wdl ")[1].split()[:3]
    assert sum(map(int, chances)) == 1000
    mate_in_one = "position fen 3k5/9/9/9/4R4/9/9/9/9/4K4 w - - 0 1\ngo depth 2\n"
    mate = say("setoption name UCI_ShowWDL value true\n" + mate_in_one)
    assert " wdl 1000 0 0 " in last(mate, "info depth")


def test_limited_strength_plays_the_level_nearest_to_the_elo():
    options = say("uci\nquit\n")
    lowest = int(next(line for line in options if " UCI_Elo " in line).split(" min ")[1].split()[0])
    weak = f"setoption name UCI_LimitStrength value true\nsetoption name UCI_Elo value {lowest}\n"
    go = "setoption name Seed value 3\nposition startpos moves b2e2\ngo\n"
    by_elo = last(say(weak + go), "bestmove")
    assert by_elo == last(say("setoption name Level value 1\n" + go), "bestmove")
    lines = say("setoption name UCI_LimitStrength value maybe\nsetoption name UCI_Elo value 1\n")
    assert "true or false" in lines[0]
    assert "whole number from" in lines[1]


def test_options_may_have_spaces_in_their_names():
    lines = say("setoption name Clear Hash\nsetoption name Move Overhead value 30\nisready\n")
    assert lines == ["readyok"]


def test_only_legal_moves_are_searched_for():
    lines = say("go depth 2 searchmoves a0a9 a0a1\n")
    assert any("'a0a9' is not legal" in line for line in lines)
    assert last(lines, "bestmove").split()[1] == "a0a1"
    assert say("go depth 2 searchmoves a0a9\n")[-1] == "bestmove (none)"


def test_with_every_move_banned_there_is_no_best_move():
    start = "ucci\nposition fen 4k4/9/9/9/4p4/9/9/9/4p4/3K5 w\n"
    lines = say(start + "banmoves d0d1 d0e1\ngo depth 2\nquit\n")
    assert lines[-2:] == ["nobestmove", "bye"]
    assert any("'a0a1' is not legal" in line for line in say(start + "banmoves a0a1\nquit\n"))


def test_ucci_clocks_may_run_in_seconds():
    lines = say("ucci\nsetoption usemillisec false\nposition startpos\ngo time 1 movestogo 5\nquit-not\n")
    assert last(lines, "bestmove")


def test_moves_can_be_chosen_among_or_banned():
    assert last(say("go depth 4 searchmoves a0a1\n"), "bestmove").split()[1] == "a0a1"
    lines = say("ucci\nposition fen 4k4/9/9/9/4C4/9/9/9/9/4K4 w\nbanmoves e0d0 e0f0 e0e1\ngo depth 2\nquit\n")
    assert last(lines, "bestmove").split()[1].startswith("e5")


def test_the_clock_is_enough_for_a_move():
    assert last(say("go wtime 300 btime 300 winc 0 binc 0\n"), "bestmove")
    assert last(say("ucci\nposition startpos\ngo time 200 movestogo 1\nquit-not\n"), "bestmove")


def test_every_search_is_answered_once_while_commands_keep_coming():
    searches = 150
    with subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        for _ in range(searches):
            # Reading the next command must not send again what the search is writing.
            program.stdin.write("go nodes 400\n" + "isready\n" * 20)
            program.stdin.flush()
        said, _ = program.communicate("quit\n", timeout=120)
    assert said.count("bestmove") <= searches
    depths = [line for line in said.splitlines() if line.startswith("info depth")]
    assert all(line.count("info") == 1 for line in depths)
    assert said.count("readyok\n") == 20 * searches


@pytest.mark.parametrize("threads", [1, 4])
def test_a_search_takes_less_than_a_hundred_megabytes(threads):
    text = f"setoption name Threads value {threads}\nposition startpos\ngo nodes 200000\n"
    with subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        program.stdin.write(text)
        program.stdin.flush()
        while not program.stdout.readline().startswith("bestmove"):
            assert program.poll() is None
        # The most that its own memory ever held; what a child's usage says may be its parent's.
        status = Path(f"/proc/{program.pid}/status").read_text()
        program.communicate("quit\n", timeout=60)
    highest = next(line.split() for line in status.splitlines() if line.startswith("VmHWM:"))
    assert highest[2] == "kB"
    assert int(highest[1]) < 100_000
