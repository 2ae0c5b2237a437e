"""The player beside a loop that takes its time: steps come by the board's calls, whatever the loop does."""

from array import array

from firmware.player import AHEAD_US, ARMED, DESERTED_US, ENDING, HELD, IDLE, PLAYING, STALL_US, Player
from firmware.wire.messages import SEGMENT_LAST
from safety.braking import BRAKING, CELLS
from safety.segment import Segment

CALL_US = 2000
ARMING_US = 15000
SEGMENT_US = 10000
SEGMENTS = 60


class Board:
    """Counts the words that were given; `spent` us of the loop are gone when it is asked."""

    def __init__(self):
        self.spent = 0
        self.ticks = 0
        self.steps = 0
        self.started = self.fed = 0
        self.dry = False
        self.arming_us = ARMING_US
        self.lead_us = 2500
        self.aborted = False

    def plays(self, play):
        self.play = play

    def starved(self):
        return self.dry

    def give(self, axis, words, at, n):
        if axis == 0:
            self.ticks += sum(word >> 2 for word in words[at : at + n])
            self.steps += sum(word >> 1 & 1 for word in words[at : at + n])

    def feed(self):
        self.fed += 1

    def start(self, at_us):
        self.started += 1
        return at_us + self.spent

    def abort(self):
        self.aborted = True


def playing(spent=0):
    board = Board()
    player = Player(board)
    for index in range(SEGMENTS):
        segment = Segment(8 * SEGMENT_US, (10, 100, 4096 * 7000, 0), (0, 0, 0, 0), (0, 0, 0, 0))
        assert player.queue.push(segment.numbers(), SEGMENT_LAST if index == SEGMENTS - 1 else 0, 1, 0, 0)
    board.spent = spent
    player.start(0)
    board.play(0)
    return board, player


def play_on(board, player, now):
    """Calls of the board beside a loop that turns, until the path is handed out; the time of the last."""
    while player.mode in (ARMED, PLAYING):
        now += CALL_US
        player.turned(now)
        board.play(now)
        assert not player.late
        assert board.ticks // 8 <= now + AHEAD_US
    return now


def test_what_is_handed_out_counts_from_the_start_of_the_machines():
    for spent in (0, 3000, 9000):
        board, player = playing(spent)
        assert board.started == 1
        assert AHEAD_US - 2000 <= board.ticks // 8 <= AHEAD_US
        board.play(spent + CALL_US)
        assert player.mode == PLAYING
        assert not player.late
        assert board.ticks // 8 <= CALL_US + AHEAD_US


def armed():
    board = Board()
    player = Player(board)
    for index in range(SEGMENTS):
        segment = Segment(80_000, (10, 0, 4096 * 8000, 0), (0, 0, 0, 0), (0, 0, 0, 0))
        last = SEGMENT_LAST if index == SEGMENTS - 1 else 0
        assert player.queue.push(segment.numbers(), last, 1, 50_000, 90_000)
    assert not player.start_due(50_000 - ARMING_US - 1)
    assert player.start_due(50_000 - ARMING_US)
    player.start(36_000)
    return board, player


def test_a_motion_is_armed_by_the_loop_and_begun_by_the_board():
    board, player = armed()
    assert player.mode == ARMED
    assert player.at_rest()
    for now in range(36_000, 47_400, CALL_US):
        board.play(now)
        assert board.started == 0
        assert board.ticks == 0
    board.play(47_500)
    assert board.started == 1
    assert player.mode == PLAYING
    assert AHEAD_US - 2000 <= board.ticks // 8 <= AHEAD_US


def test_what_is_slowed_before_its_first_step_runs_slowly():
    board, player = armed()
    player.slow(128)
    now = play_on(board, player, 46_000)
    assert board.steps == 10 * SEGMENTS
    # At half the rate, but for the fall to it in the first quarter of a second.
    assert now - 50_000 > 2 * SEGMENTS * 10_000 - 150_000 - AHEAD_US


def test_a_brake_before_the_first_step_holds_the_path_whole():
    board, player = armed()
    player.brake()
    assert player.mode == HELD
    board.play(50_000)
    assert board.started == 0
    player.resume(60_000)
    play_on(board, player, 60_000)
    assert board.steps == 10 * SEGMENTS


def test_a_path_is_played_to_its_end_by_the_calls_of_the_board_alone():
    board, player = playing()
    play_on(board, player, 0)
    assert player.mode == ENDING
    assert not player.step(SEGMENTS * SEGMENT_US - 1)
    assert player.step(SEGMENTS * SEGMENT_US)
    assert player.mode == IDLE
    assert board.steps == 10 * SEGMENTS == player.position()[0]


def test_a_path_whose_end_is_handed_out_while_the_loop_looks_is_not_short():
    board, player = playing()
    now = 0
    while player.queue.ticks() > 8 * CALL_US:
        now += CALL_US
        player.turned(now)
        board.play(now)
    assert player.mode == PLAYING
    ticks = player.queue.ticks

    def interrupted():
        left = ticks()
        board.play(now + CALL_US)
        return left

    player.queue.ticks = interrupted
    assert not player.runs_short()
    assert player.mode == ENDING


def test_a_machine_that_had_to_wait_in_motion_is_late_and_gets_nothing_more():
    board, player = playing()
    board.play(CALL_US)
    board.dry = True
    board.play(2 * CALL_US)
    assert player.late
    given = board.ticks
    board.play(3 * CALL_US)
    assert board.ticks == given


def test_a_machine_that_waits_because_all_is_played_is_not_late():
    board, player = playing()
    end = SEGMENTS * SEGMENT_US
    for now in range(CALL_US, end, CALL_US):
        player.turned(now)
        board.play(now)
    board.dry = True
    board.play(end - STALL_US)
    board.play(end + CALL_US)
    assert not player.late


def test_a_call_that_comes_after_the_last_step_is_late():
    board, player = playing()
    board.play(AHEAD_US + CALL_US)
    assert player.late


def test_a_loop_that_stands_still_is_braked_for():
    board, player = playing()
    now = 0
    while player.mode == PLAYING:
        now += CALL_US
        board.play(now)
        assert player.deserted == (now > DESERTED_US)
    assert player.rate.mode != BRAKING
    assert now <= DESERTED_US + 2 * CALL_US + CELLS * CALL_US
    player.step(now + AHEAD_US)
    assert player.mode == HELD
    assert 0 < player.position()[0] < 10 * SEGMENTS


def test_an_abort_keeps_what_was_due_and_leaves_the_board_alone():
    board, player = playing()
    for now in range(CALL_US, 100_000, CALL_US):
        player.turned(now)
        board.play(now)
    fed = board.fed
    player.abort(now + 500)
    assert board.aborted
    board.play(now + CALL_US)
    assert board.fed == fed
    assert player.mode == IDLE
    assert abs(player.position()[0] - (now + 500) * 10 / SEGMENT_US) <= 2


def test_what_is_due_never_runs_ahead_of_the_clock():
    board, player = playing()
    for now in range(CALL_US, 300_000, CALL_US):
        player.turned(now)
        board.play(now)
        due = array("i", player.executed(now + 700))
        assert abs(due[0] - (now + 700) * 10 / SEGMENT_US) <= 2
