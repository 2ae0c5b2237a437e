"""What the net is told of the men's doings, against a plain walk over the board."""

import itertools
import struct
from collections import Counter

import pytest
from hypothesis import given

from engine import LimitsError, Position
from engine.selfplay import MOST_TACTICS, NO_TACTIC, RECORD_BYTES, TACTICAL_KINDS, tactics
from engine.tests.strategies import mirrored_fen, positions, swapped_fen

SLOTS = "KAABBNNRRCCPPPPP"
WORTH = {"K": 10000, "A": 200, "B": 210, "N": 430, "R": 950, "C": 470, "P": 120}
SORT = {"N": 0, "R": 1, "C": 2, "P": 3, "A": 4, "B": 4, "K": 4}
VICTIM = {letter: number for number, letter in enumerate("KABNRCP")}
CROSS = [(1, 0), (-1, 0), (0, 1), (0, -1)]
DIAGONAL = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
# Where each sort of feature begins, in the order of `core/tactics.cpp`.
REACH, SAFE, CHARIOT, CANNON, STRIKES, BARE = 0, 9, 18, 36, 54, 124
PALACE, CANNON_LINE, CHARIOT_LINE, HORSE_CHECKS, CHARIOT_CHECKS = 131, 155, 163, 171, 175
STEPS, BESIEGERS, FACING, HANGING, CANNON_CHECKS = 180, 185, 225, 228, 233


def record(position):
    board, squares = position.board, []
    for man, letters in itertools.groupby(SLOTS + SLOTS.lower()):
        stands = [square for square in range(90) if board[square] == man]
        squares += stands + [127] * (len(list(letters)) - len(stands))
    return bytes(squares) + struct.pack("<hbBI", 0, 0, position.side == "black", 0)


def counted(position):
    """Features of the side to move and of the other."""
    content = tactics(record(position))
    halves = content[:MOST_TACTICS], content[MOST_TACTICS:]
    return [Counter(feature for feature in half if feature != NO_TACTIC) for half in halves]


class Walk:
    """One side's men on {(file, rank): letter}; its own letters are the large ones, its back rank is 0."""

    def __init__(self, position, side):
        board = position.board if side == "red" else position.board[::-1].swapcase()
        self.men = {(s % 9, s // 9): man for s, man in enumerate(board) if man != "."}

    def turned(self):
        other = Walk.__new__(Walk)
        other.men = {(8 - x, 9 - y): man.swapcase() for (x, y), man in self.men.items()}
        return other

    def ray(self, at, step):
        """Points along a line with the number of men passed before each."""
        passed, (x, y) = 0, (at[0] + step[0], at[1] + step[1])
        while 0 <= x <= 8 and 0 <= y <= 9:
            yield (x, y), passed
            passed += (x, y) in self.men
            x, y = x + step[0], y + step[1]

    def lines(self, at, screens):
        return {point for step in CROSS for point, passed in self.ray(at, step) if passed == screens}

    def strikes(self, at):
        kind, (x, y) = self.men[at], at
        on_board = {(a, b) for a in range(9) for b in range(10)}
        palace = {(a, b) for a in (3, 4, 5) for b in (0, 1, 2)}
        if kind == "K":
            return {(x + a, y + b) for a, b in CROSS} & palace
        if kind == "A":
            return {(x + a, y + b) for a, b in DIAGONAL} & palace
        if kind == "B":
            ways = [(a, b) for a, b in DIAGONAL if (x + a, y + b) not in self.men]
            return {point for a, b in ways if (point := (x + 2 * a, y + 2 * b)) in on_board and point[1] <= 4}
        if kind == "N":
            ways = [(a, b) for a, b in CROSS if (x + a, y + b) not in self.men]
            jumps = {(x + 2 * a + t * b, y + 2 * b + t * a) for a, b in ways for t in (-1, 1)}
            return jumps & on_board
        if kind == "P":
            return {(x + a, y + b) for a, b in ((0, 1), *(((1, 0), (-1, 0)) if y >= 5 else ()))} & on_board
        if kind == "R":
            return self.lines(at, 0)
        return {point for point in self.lines(at, 1) if point in self.men}

    def points(self, letters):
        return [at for at, man in self.men.items() if man in letters]

    def struck(self, letters="KABNRCP"):
        return set().union(*(self.strikes(at) for at in self.points(letters)))

    def between(self, a, b):
        on = [passed for step in CROSS for point, passed in self.ray(a, step) if point == b]
        return on[0] if on else None


def turn(points):
    return {(8 - x, 9 - y) for x, y in points}


def walked(position, side):
    """The same features without a bit set anywhere."""
    own = Walk(position, side)
    enemy = own.turned()
    ours, theirs = set(own.points("KABNRCP")), set(own.points("kabnrcp"))
    lesser, all_struck = turn(enemy.struck("KABP")), turn(enemy.struck())
    middle = turn(enemy.struck("KABPNC"))
    general, home = own.points("k")[0], own.points("K")[0]
    palace = {(x, y) for x in (3, 4, 5) for y in (7, 8, 9)}
    free = {(x, y) for x in range(9) for y in range(10)} - ours - all_struck
    found, hanging, besiegers = [], set(), 0
    for at in ours:
        kind, strikes = own.men[at], own.strikes(at)
        for victim in strikes & theirs:
            prey, guarded = own.men[victim].upper(), victim in all_struck
            found.append(STRIKES + (SORT[kind] * 7 + VICTIM[prey]) * 2 + guarded)
            if not guarded or WORTH[prey] > WORTH[kind]:
                hanging.add(victim)
        if kind != "K" and at not in own.struck():
            found.append(BARE + VICTIM[kind])
        if kind not in "NRCP":
            continue
        besiegers += bool(strikes & palace)
        found.append(PALACE + "NRCP".index(kind) * 6 + min(len(strikes & palace), 5))
        gap, on_file = own.between(at, general), at[0] == general[0]
        if kind == "N":
            checking = {point for point in free if general in Walk.strikes(_with(own, point, "N"), point)}
            found += [REACH + len(strikes - ours), SAFE + len(strikes - ours - lesser)]
            found.append(HORSE_CHECKS + min(len(strikes & checking), 3))
        elif kind == "R":
            found.append(CHARIOT + len(strikes - ours - middle))
            found.append(CHARIOT_CHECKS + min(len(strikes & free & own.lines(general, 0)), 4))
            found += [CHARIOT_LINE + 4 * (not on_file) + min(gap, 3)] if gap is not None else []
        elif kind == "C":
            quiet = own.lines(at, 0) - ours - theirs - lesser
            found.append(CANNON + len(quiet))
            found.append(CANNON_CHECKS + min(len(quiet & free & own.lines(general, 1)), 3))
            found += [CANNON_LINE + 4 * (not on_file) + min(gap, 3)] if gap is not None else []
    found.append(BESIEGERS + 5 * min(besiegers, 7) + len(own.points("ab")))
    found.append(HANGING + min(len(hanging - {general}), 4))
    found.append(STEPS + len(own.strikes(home) & free))
    gap = own.between(home, general)
    if home[0] == general[0] and gap <= 3:
        found.append(FACING + max(gap, 1) - 1)
    return Counter(found)


def _with(walk, at, man):
    changed = Walk.__new__(Walk)
    changed.men = {**walk.men, at: man}
    return changed


@given(positions())
def test_the_core_counts_what_a_walk_over_the_board_counts(position):
    other = "black" if position.side == "red" else "red"
    assert counted(position) == [walked(position, position.side), walked(position, other)]


@given(positions())
def test_the_mirror_and_the_other_colours_change_nothing(position):
    seen = counted(position)
    assert counted(Position.from_fen(mirrored_fen(position.fen()))) == seen
    assert counted(Position.from_fen(swapped_fen(position.fen()))) == seen


def test_in_the_first_position_both_cannons_aim_at_protected_horses_and_nobody_stands_by_the_chariots():
    own, other = counted(Position.start())
    assert own == other
    assert max(own) < TACTICAL_KINDS
    assert own[STRIKES + (SORT["C"] * 7 + VICTIM["N"]) * 2 + 1] == 2
    assert own[BARE + VICTIM["R"]] == 2
    assert own[HANGING] == 1
    assert not any(own[CANNON_LINE + screens] for screens in range(8))


@pytest.mark.parametrize(("byte", "size"), [(b"\x00", 39), (b"\x00", RECORD_BYTES), (b"\x7f", RECORD_BYTES)])
def test_bytes_that_are_no_records_are_refused(byte, size):
    with pytest.raises(LimitsError):
        tactics(byte * size)
