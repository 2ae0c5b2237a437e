"""The player on a board whose loops take time: late steps are seen, and no more is ahead than promised."""

from firmware.player import AHEAD_US, PLAYING, Player
from firmware.wire.messages import SEGMENT_LAST
from safety.segment import Segment

LOOP_US = 5000
SEGMENT_US = 10000


class SlowBoard:
    """Counts the words that were given; `spent` us of the loop are gone when it is asked."""

    def __init__(self):
        self.spent = 0
        self.ticks = 0
        self.started = False

    def spent_us(self):
        return self.spent

    def give(self, axis, words, n):
        if axis == 0:
            self.ticks += sum(words[i] >> 2 for i in range(n))

    def start(self):
        self.started = True


def playing(spent):
    board = SlowBoard()
    player = Player(board)
    for index in range(60):
        segment = Segment(8 * SEGMENT_US, (10, 100, 4096 * 7000, 0), (0, 0, 0, 0), (0, 0, 0, 0))
        player.queue.push(segment, SEGMENT_LAST if index == 59 else 0, 1, 0, 0)
    board.spent = spent
    player.start(0)
    return board, player


def test_what_is_handed_out_counts_from_the_end_of_the_loop_that_starts():
    for spent in (0, 3000, 9000):
        board, player = playing(spent)
        assert AHEAD_US - 2000 <= board.ticks // 8 <= AHEAD_US
        assert not player.step(spent + LOOP_US)
        assert player.mode == PLAYING
        assert not player.late


def test_a_loop_that_took_too_long_before_it_fills_is_late():
    board, player = playing(0)
    board.spent = 12000
    player.step(LOOP_US)
    assert player.late


def test_loops_of_five_milliseconds_are_never_late_nor_too_far_ahead():
    board, player = playing(4000)
    now = 4000
    for _ in range(50):
        now += LOOP_US
        player.step(now)
        assert not player.late
        assert board.ticks // 8 <= now + AHEAD_US


def test_after_a_long_loop_the_steps_come_first():
    board, player = playing(0)
    now = 0
    for _ in range(30):
        now += 9000
        board.spent = 0
        player.keep_up(now)
        board.spent = 7000
        player.step(now)
        assert not player.late


def test_after_a_short_loop_they_wait_for_what_the_loop_hears():
    board, player = playing(0)
    before = board.ticks
    board.spent = 0
    player.keep_up(1000)
    assert board.ticks == before
