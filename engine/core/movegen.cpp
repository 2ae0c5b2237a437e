#include "movegen.h"

#include "lines.h"

namespace qiyou {
namespace {

// The men that attack along a line: chariots, cannons, and the general by the flying rule.
constexpr int kSliderSlots[5] = {7, 8, 9, 10, 0};

// Men on a line strictly between two of its points.
int screens(Line line, int a, int b) {
  return std::popcount(
      static_cast<unsigned>(line & attacks.between[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)]));
}

// From where a soldier of the side strikes at the point.
Bits soldier_sources(Side side, Square s) {
  const int behind = side == kRed ? s - kFiles : s + kFiles;
  Bits points = behind >= 0 && behind < kSquares ? bit(behind) : 0;
  if (crossed_river(side, s)) {
    if (file_of(s) > 0) points |= bit(s - 1);
    if (file_of(s) < kFiles - 1) points |= bit(s + 1);
  }
  return points;
}

// How many men may stand between for the slider to strike: one for a cannon, none for others.
int needed_screens(int slot) { return slot == 9 || slot == 10 ? 1 : 0; }

// The general's neighbourhood as it will be after a move, for one test.
struct After {
  const Position& position;
  Square from;
  Square to;
  Square general;
  Line row;  // the general's rank and file with the move made
  Line col;

  After(const Position& p, Move move, Square king) : position(p), from(move.from()), to(move.to()), general(king) {
    unsigned rank_line = p.row(rank_of(king));
    unsigned file_line = p.col(file_of(king));
    if (rank_of(from) == rank_of(king)) rank_line &= ~(2U << file_of(from));
    if (file_of(from) == file_of(king)) file_line &= ~(2U << rank_of(from));
    if (rank_of(to) == rank_of(king)) rank_line |= 2U << file_of(to);
    if (file_of(to) == file_of(king)) file_line |= 2U << rank_of(to);
    row = static_cast<Line>(rank_line);
    col = static_cast<Line>(file_line);
  }

  bool occupied(Square s) const { return s == to || (s != from && position.occupied(s)); }

  Square square_of(Man man) const {
    const Square s = position.square_of(man);
    if (s == from) return to;
    return s == to ? kOff : s;
  }

  // By men of either side: of the mover's when it is the enemy general that is asked about.
  bool attacked_by(Side enemy) const {
    for (const int slot : kSliderSlots) {
      const Square s = square_of(man_of(enemy, slot));
      if (s == kOff) continue;
      if (file_of(s) == file_of(general)) {
        if (screens(col, rank_of(s), rank_of(general)) == needed_screens(slot)) return true;
      } else if (slot != 0 && rank_of(s) == rank_of(general)) {
        if (screens(row, file_of(s), file_of(general)) == needed_screens(slot)) return true;
      }
    }
    Bits men = position.occupancy(enemy) & ~(bit(from) | bit(to));
    const Man mover = position.man_at(from);
    if (side_of(mover) == enemy) men |= bit(to);
    for (Bits close = attacks.near[enemy][static_cast<std::size_t>(general)] & men; close != 0;) {
      const Square s = pop(close);
      const Kind kind = kind_of(s == to ? mover : position.man_at(s));
      if (kind == kHorse) {
        const Square leg = attacks.leg[static_cast<std::size_t>(s)][static_cast<std::size_t>(general)];
        if (leg != kOff && !occupied(leg)) return true;
      } else if (kind == kSoldier && has(attacks.soldier[enemy][static_cast<std::size_t>(s)], general)) {
        return true;
      }
    }
    return false;
  }
};

Bits step_targets(const Position& p, Man man, Square s) {
  const auto i = static_cast<std::size_t>(s);
  switch (kind_of(man)) {
    case kGeneral: return attacks.general[i];
    case kAdvisor: return attacks.advisor[i];
    case kElephant: return attacks.elephant[i][p.cornered(s)];
    case kHorse: return attacks.horse[i][p.beside(s)];
    case kSoldier: return attacks.soldier[side_of(man)][i];
    case kChariot:
    case kCannon: break;
  }
  return 0;
}

struct Lines {
  Line row;
  Line col;
};

// Points a chariot or cannon of `side` reaches on its rank and file, own men left out.
Lines line_targets(const Position& p, Side side, bool cannon, Square s, Only only) {
  const int rank = rank_of(s);
  const int file = file_of(s);
  const auto r = static_cast<std::size_t>(rank);
  const auto f = static_cast<std::size_t>(file);
  const std::size_t row_index = static_cast<std::size_t>(p.row(rank)) >> 1;
  const std::size_t col_index = static_cast<std::size_t>(p.col(file)) >> 1;
  const unsigned row_enemies = p.row(other(side), rank);
  const unsigned col_enemies = p.col(other(side), file);
  unsigned row = attacks.row_slide[f][row_index];
  unsigned col = attacks.col_slide[r][col_index];
  if (!cannon) {
    if (only == Only::kCaptures) return {static_cast<Line>(row & row_enemies), static_cast<Line>(col & col_enemies)};
    return {static_cast<Line>(row & ~static_cast<unsigned>(p.row(side, rank))),
            static_cast<Line>(col & ~static_cast<unsigned>(p.col(side, file)))};
  }
  const unsigned row_captures = attacks.row_hop[f][row_index] & row_enemies;
  const unsigned col_captures = attacks.col_hop[r][col_index] & col_enemies;
  if (only == Only::kCaptures) return {static_cast<Line>(row_captures), static_cast<Line>(col_captures)};
  row = (row & ~static_cast<unsigned>(p.row(rank))) | row_captures;
  col = (col & ~static_cast<unsigned>(p.col(file))) | col_captures;
  return {static_cast<Line>(row), static_cast<Line>(col)};
}

template <class Visit>
void each_point(Square s, Lines lines, Visit visit) {
  for (unsigned row = lines.row; row != 0; row &= row - 1) {
    visit(square_at(std::countr_zero(row) - 1, rank_of(s)));
  }
  for (unsigned col = lines.col; col != 0; col &= col - 1) {
    visit(square_at(file_of(s), std::countr_zero(col) - 1));
  }
}

// Calls sink.lines(from, Lines) and sink.set(from, Bits) with legal targets only, or sink.one(move)
// for men that had to be tested move by move.
template <Only kOnly, class Sink>
void each_legal(const Position& p, const Watch& watch, Sink& sink) {
  const Side side = p.side();
  const Bits wanted = kOnly == Only::kCaptures ? p.occupancy(other(side)) : ~p.occupancy(side);
  std::uint32_t men = p.men(side);
  const std::uint32_t tested = watch.check || watch.empty_cannon_line ? 0xFFFFU : (watch.shields | 1U);
  while (men != 0) {
    const int slot = std::countr_zero(men);
    men &= men - 1;
    const Man man = man_of(side, slot);
    const Square from = p.square_of(man);
    const bool test = (tested >> slot & 1U) != 0;
    // On an empty cannon line the closed points are illegal for all; who shields nothing else and
    // is not in check needs no further test.
    const bool exact = !watch.check && slot != 0 && (watch.shields >> slot & 1U) == 0;
    const auto try_target = [&](Square to) {
      if (exact) {
        if (!has(watch.closed, to)) sink.one(Move(from, to));
      } else if (safe_after(p, Move(from, to))) {
        sink.one(Move(from, to));
      }
    };
    const Kind kind = kSlotKind[slot];
    if (kind == kChariot || kind == kCannon) {
      const Lines lines = line_targets(p, side, kind == kCannon, from, kOnly);
      if (!test) {
        sink.lines(from, lines);
      } else {
        each_point(from, lines, try_target);
      }
    } else {
      Bits targets = step_targets(p, man, from) & wanted;
      if (!test) {
        sink.set(from, targets);
      } else {
        while (targets != 0) try_target(pop(targets));
      }
    }
  }
}

struct Collect {
  MoveList list;
  void one(Move move) { list.add(move); }
  void set(Square from, Bits targets) {
    while (targets != 0) list.add(Move(from, pop(targets)));
  }
  void lines(Square from, Lines targets) {
    each_point(from, targets, [&](Square to) { list.add(Move(from, to)); });
  }
};

struct Count {
  int total = 0;
  void one(Move) { ++total; }
  void set(Square, Bits targets) { total += count(targets); }
  void lines(Square, Lines targets) {
    total += std::popcount(static_cast<unsigned>(targets.row) | static_cast<unsigned>(targets.col) << 16);
  }
};

}  // namespace

Watch watch_general(const Position& p) {
  const Side side = p.side();
  const Side enemy = other(side);
  const Square general = p.general(side);
  const int rank = rank_of(general);
  const int file = file_of(general);
  Watch watch;
  // Own men on a piece of one line; `at` gives the man on a point of it.
  const auto shield = [&](unsigned own, auto at) {
    for (; own != 0; own &= own - 1) watch.shields |= 1U << (p.man_at(at(std::countr_zero(own) - 1)) & 15);
  };
  const auto look = [&](int slot, unsigned men, unsigned own, Line between, auto at) {
    const int screens_now = std::popcount(men & between);
    const int needed = needed_screens(slot);
    if (screens_now == needed) watch.check = true;
    if (screens_now == needed + 1) shield(own & between, at);
    if (needed == 1 && screens_now == 0) {
      watch.empty_cannon_line = true;
      for (unsigned points = between; points != 0; points &= points - 1) {
        watch.closed |= bit(at(std::countr_zero(points) - 1));
      }
    }
  };
  for (const int slot : kSliderSlots) {
    const Square s = p.square_of(man_of(enemy, slot));
    if (s == kOff) continue;
    if (file_of(s) == file) {
      const Line between = attacks.between[static_cast<std::size_t>(rank_of(s))][static_cast<std::size_t>(rank)];
      look(slot, p.col(file), p.col(side, file), between, [&](int i) { return square_at(file, i); });
    } else if (slot != 0 && rank_of(s) == rank) {
      const Line between = attacks.between[static_cast<std::size_t>(file_of(s))][static_cast<std::size_t>(file)];
      look(slot, p.row(rank), p.row(side, rank), between, [&](int i) { return square_at(i, rank); });
    }
  }
  for (const int slot : {5, 6}) {
    const Square s = p.square_of(man_of(enemy, slot));
    if (s == kOff) continue;
    const Square leg = attacks.leg[static_cast<std::size_t>(s)][static_cast<std::size_t>(general)];
    if (leg == kOff) continue;
    const Man blocker = p.man_at(leg);
    if (blocker == kNobody) {
      watch.check = true;
    } else if (side_of(blocker) == side) {
      watch.shields |= 1U << (blocker & 15);
    }
  }
  for (int slot = kFirstSlot[kSoldier]; slot < kMenPerSide; ++slot) {
    const Square s = p.square_of(man_of(enemy, slot));
    if (s != kOff && has(attacks.soldier[enemy][static_cast<std::size_t>(s)], general)) watch.check = true;
  }
  return watch;
}

bool in_check(const Position& p, Side side) {
  // A move from the general's point to itself changes nothing on the board.
  const Square general = p.general(side);
  return After(p, Move(general, general), general).attacked_by(other(side));
}

bool safe_after(const Position& p, Move move) {
  const Square general = p.general(p.side());
  return !After(p, move, move.from() == general ? move.to() : general).attacked_by(other(p.side()));
}

bool gives_check(const Position& p, Move move) {
  // Most moves cannot: they touch no line through the enemy general and no point of a horse's way to it.
  const Square general = p.general(other(p.side()));
  const int file = file_of(general);
  const int rank = rank_of(general);
  const auto on_line = [&](Square s) { return file_of(s) == file || rank_of(s) == rank; };
  const bool opens_leg = std::abs(file_of(move.from()) - file) == 1 && std::abs(rank_of(move.from()) - rank) == 1;
  if (!on_line(move.from()) && !on_line(move.to()) && !opens_leg &&
      (kind_of(p.man_at(move.from())) != kHorse ||
       attacks.leg[static_cast<std::size_t>(move.to())][static_cast<std::size_t>(general)] == kOff)) {
    return false;
  }
  return After(p, move, general).attacked_by(p.side());
}

// The enemy general is not in check now: a move checks by where it ends or by what it opens.
Checks checks_of(const Position& p) {
  const Side side = p.side();
  const Square general = p.general(other(side));
  const int file = file_of(general);
  const int rank = rank_of(general);
  // Up to the first man on each side, and from there to the second.
  const Bits near = slides(p, general);
  const Bits far = beyond_screens(p, general);
  const Bits ours = p.occupancy(side);
  Bits screens = 0;  // empty points between the general and a cannon with no man between
  for (const int slot : {9, 10}) {
    const Square s = p.square_of(man_of(side, slot));
    if (s == kOff || !has(near, s)) continue;
    if (file_of(s) == file) {
      screens |= on_lines(general, 0, attacks.between[static_cast<std::size_t>(rank_of(s))][static_cast<std::size_t>(rank)]);
    } else {
      screens |= on_lines(general, attacks.between[static_cast<std::size_t>(file_of(s))][static_cast<std::size_t>(file)], 0);
    }
  }
  Checks checks;
  for (Bits& points : checks.points) points = screens;
  checks.points[kHorse] |= horse_sources[static_cast<std::size_t>(general)][p.cornered(general)];
  checks.points[kChariot] |= near;
  checks.points[kCannon] |= far;
  checks.points[kSoldier] |= soldier_sources(side, general);
  checks.openers = ours & (near | far | corners[static_cast<std::size_t>(general)]);
  return checks;
}

bool pseudo_legal(const Position& p, Move move) {
  const Square from = move.from();
  const Square to = move.to();
  if (from >= kSquares || to >= kSquares) return false;
  const Man man = p.man_at(from);
  if (man == kNobody || side_of(man) != p.side()) return false;
  if (has(p.occupancy(p.side()), to)) return false;
  const Kind kind = kind_of(man);
  if (kind != kChariot && kind != kCannon) return has(step_targets(p, man, from), to);
  const Lines lines = line_targets(p, p.side(), kind == kCannon, from, Only::kAll);
  if (rank_of(from) == rank_of(to)) return (lines.row >> (file_of(to) + 1) & 1) != 0;
  return file_of(from) == file_of(to) && (lines.col >> (rank_of(to) + 1) & 1) != 0;
}

MoveList legal_moves(const Position& p, const Watch& watch, Only only) {
  Collect collect;
  if (only == Only::kCaptures) {
    each_legal<Only::kCaptures>(p, watch, collect);
  } else {
    each_legal<Only::kAll>(p, watch, collect);
  }
  return collect.list;
}

MoveList legal_moves(const Position& p, Only only) { return legal_moves(p, watch_general(p), only); }

int count_legal_moves(const Position& p) {
  Count counter;
  each_legal<Only::kAll>(p, watch_general(p), counter);
  return counter.total;
}

bool has_legal_move(const Position& p) { return !legal_moves(p).empty(); }

}  // namespace qiyou
