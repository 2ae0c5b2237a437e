#include "tactics.h"

#include <algorithm>
#include <bit>

#include "evaluate.h"

namespace qiyou {
namespace {

// Where the features of each sort begin.
enum First : int {
  kHorseReach = 0,                      // points a horse reaches, 0-8
  kHorseSafe = kHorseReach + 9,         // and those where no lesser man strikes
  kChariotSafe = kHorseSafe + 9,        // 0-17
  kCannonSafe = kChariotSafe + 18,      // 0-17
  kStrikes = kCannonSafe + 18,          // 5 sorts of attackers x 7 kinds of victims x protected or not
  kBare = kStrikes + 70,                // a man that nobody protects, by kind
  kPalace = kBare + 7,                  // points of the enemy palace struck by a horse, chariot, cannon, soldier: 0-5
  kCannonFile = kPalace + 24,           // a cannon on the enemy general's file or rank, by men between
  kChariotFile = kCannonFile + 8,
  kHorseChecks = kChariotFile + 8,      // safe points from which a horse would check, 0-3
  kChariotChecks = kHorseChecks + 4,    // 0-4
  kGeneralSteps = kChariotChecks + 5,   // safe steps of the general, 0-4
  kBesiegers = kGeneralSteps + 5,       // men that strike at the enemy palace, 0-7, by the guards left in it, 0-4
  kFacing = kBesiegers + 40,            // the generals on one file with one, two or three men between
  kHanging = kFacing + 3,               // enemy men that could be taken at a gain, as far as one look tells, 0-4
  kCannonChecks = kHanging + 5,         // safe points from which a cannon would check, 0-3
  kEnd = kCannonChecks + 4
};
static_assert(kEnd == kTacticalKinds);

struct Spread {
  std::array<Bits, 1024> of;  // a file's bits on file a
};
constexpr Spread make_spread() {
  Spread spread{};
  for (unsigned line = 0; line < 1024; ++line) {
    for (int rank = 0; rank < kRanks; ++rank) {
      if ((line >> rank & 1U) != 0) spread.of[line] |= bit(square_at(0, rank));
    }
  }
  return spread;
}
constexpr Spread kSpread = make_spread();

constexpr Bits palace_of(Side side) {
  Bits set = 0;
  for (int rank = 0; rank < 3; ++rank) {
    for (int file = 3; file < 6; ++file) set |= bit(square_at(file, side == kRed ? rank : 9 - rank));
  }
  return set;
}
constexpr Bits kPalaces[2] = {palace_of(kRed), palace_of(kBlack)};

Bits on_lines(Square s, unsigned row, unsigned col) {
  return static_cast<Bits>(row >> 1) << (rank_of(s) * kFiles) | kSpread.of[col >> 1] << file_of(s);
}

Bits slides(const Position& p, Square s) {
  return on_lines(s, attacks.row_slide[static_cast<std::size_t>(file_of(s))][static_cast<std::size_t>(p.row(rank_of(s))) >> 1],
                  attacks.col_slide[static_cast<std::size_t>(rank_of(s))][static_cast<std::size_t>(p.col(file_of(s))) >> 1]);
}

Bits hops(const Position& p, Square s) {
  return on_lines(s, attacks.row_hop[static_cast<std::size_t>(file_of(s))][static_cast<std::size_t>(p.row(rank_of(s))) >> 1],
                  attacks.col_hop[static_cast<std::size_t>(rank_of(s))][static_cast<std::size_t>(p.col(file_of(s))) >> 1]);
}

// Points with exactly one man between them and `s`.
Bits beyond_screens(const Position& p, Square s) {
  const unsigned row = p.row(rank_of(s));
  const unsigned col = p.col(file_of(s));
  const auto& row_slide = attacks.row_slide[static_cast<std::size_t>(file_of(s))];
  const auto& col_slide = attacks.col_slide[static_cast<std::size_t>(rank_of(s))];
  const unsigned near_row = row_slide[row >> 1];
  const unsigned near_col = col_slide[col >> 1];
  return on_lines(s, row_slide[(row & ~near_row) >> 1] & ~near_row, col_slide[(col & ~near_col) >> 1] & ~near_col);
}

struct Force {
  Bits strikes[kMenPerSide];  // points that the man of the slot strikes at, own men (whom it protects) included
  Bits lesser = 0;            // struck by soldiers and the guard
  Bits middle = 0;            // by these and horses and cannons
  Bits all = 0;
};

Force force_of(const Position& p, Side side) {
  Force f;
  for (std::uint32_t men = p.men(side); men != 0; men &= men - 1) {
    const int slot = std::countr_zero(men);
    const Square s = p.square_of(man_of(side, slot));
    const auto at = static_cast<std::size_t>(s);
    Bits strikes = 0;
    switch (kSlotKind[slot]) {
      case kGeneral: f.lesser |= strikes = attacks.general[at]; break;
      case kAdvisor: f.lesser |= strikes = attacks.advisor[at]; break;
      case kElephant: f.lesser |= strikes = attacks.elephant[at][p.cornered(s)]; break;
      case kSoldier: f.lesser |= strikes = attacks.soldier[side][at]; break;
      case kHorse: f.middle |= strikes = attacks.horse[at][p.beside(s)]; break;
      case kCannon: f.middle |= strikes = hops(p, s); break;
      case kChariot: f.all |= strikes = slides(p, s); break;
    }
    f.strikes[slot] = strikes;
  }
  f.middle |= f.lesser;
  f.all |= f.middle;
  return f;
}

// [point][occupied diagonal neighbours]: from where a horse would strike at the point. Seen from there the legs
// are the diagonal neighbours; the index comes from Position::cornered.
using Sources = std::array<std::array<Bits, 16>, kSquares>;
constexpr Sources make_sources() {
  constexpr int kStep[8][3] = {{-1, -2, 0}, {-2, -1, 0}, {1, -2, 1}, {2, -1, 1}, {-1, 2, 2}, {-2, 1, 2}, {1, 2, 3}, {2, 1, 3}};
  Sources sources{};
  for (Square s = 0; s < kSquares; ++s) {
    for (unsigned occupied = 0; occupied < 16; ++occupied) {
      for (const auto& step : kStep) {
        const int file = file_of(s) + step[0];
        const int rank = rank_of(s) + step[1];
        if (on_board(file, rank) && (occupied >> step[2] & 1U) == 0) {
          sources[static_cast<std::size_t>(s)][occupied] |= bit(square_at(file, rank));
        }
      }
    }
  }
  return sources;
}
constexpr Sources kHorseSources = make_sources();

// Men between two points of one line; -1 when they share none.
int between(const Position& p, Square a, Square b, bool& on_file) {
  const auto line = [](int x, int y) { return attacks.between[static_cast<std::size_t>(x)][static_cast<std::size_t>(y)]; };
  on_file = file_of(a) == file_of(b);
  if (on_file) return std::popcount(static_cast<unsigned>(p.col(file_of(a)) & line(rank_of(a), rank_of(b))));
  if (rank_of(a) == rank_of(b)) return std::popcount(static_cast<unsigned>(p.row(rank_of(a)) & line(file_of(a), file_of(b))));
  return -1;
}

constexpr int kSort[kKinds] = {4, 4, 4, 0, 1, 2, 3};  // of attackers
constexpr std::uint32_t kSlots[kKinds] = {0x1, 0x6, 0x18, 0x60, 0x180, 0x600, 0xF800};

// What one side's men do. Everything that is asked for more than one man stands in a member.
class Listing {
 public:
  Listing(const Position& p, Side side, const Force& own, const Force& enemy, TacticalList& out)
      : p_(p), side_(side), own_(own), enemy_(enemy), out_(out), ours_(p.occupancy(side)), theirs_(p.occupancy(other(side))),
        general_(p.general(other(side))) {}

  void write() {
    const Bits safe = ~ours_ & ~enemy_.all;
    const Bits from_horses = kHorseSources[static_cast<std::size_t>(general_)][p_.cornered(general_)] & safe;
    const Bits from_chariots = slides(p_, general_) & safe;
    const Bits from_cannons = beyond_screens(p_, general_) & safe & ~theirs_;
    each(kGeneral, [](Square, Bits) {});
    each(kAdvisor, [](Square, Bits) {});
    each(kElephant, [](Square, Bits) {});
    each(kSoldier, [&](Square, Bits strikes) { besiege(kSoldier, strikes); });
    each(kHorse, [&](Square, Bits strikes) {
      besiege(kHorse, strikes);
      out_.add(kHorseReach + count(strikes & ~ours_));
      out_.add(kHorseSafe + count(strikes & ~ours_ & ~enemy_.lesser));
      out_.add(kHorseChecks + std::min(count(strikes & from_horses), 3));
    });
    each(kChariot, [&](Square s, Bits strikes) {
      besiege(kChariot, strikes);
      out_.add(kChariotSafe + count(strikes & ~ours_ & ~enemy_.middle));
      out_.add(kChariotChecks + std::min(count(strikes & from_chariots), 4));
      aim(kChariotFile, s);
    });
    each(kCannon, [&](Square s, Bits strikes) {
      besiege(kCannon, strikes);
      const Bits free = slides(p_, s) & ~ours_ & ~theirs_ & ~enemy_.lesser;
      out_.add(kCannonSafe + count(free));
      out_.add(kCannonChecks + std::min(count(free & from_cannons), 3));
      aim(kCannonFile, s);
    });
    const Square home = p_.general(side_);
    for (Bits bare = ours_ & ~own_.all & ~bit(home); bare != 0;) out_.add(kBare + static_cast<int>(kind_of(p_.man_at(pop(bare)))));
    out_.add(kBesiegers + std::min(besiegers_, 7) * 5 + std::popcount(p_.men(other(side_)) & 0x1EU));
    out_.add(kHanging + std::min(count(hanging_ & ~bit(general_)), 4));
    out_.add(kGeneralSteps + count(attacks.general[static_cast<std::size_t>(home)] & safe));
    bool on_file = false;
    const int between_generals = between(p_, home, general_, on_file);
    if (on_file && between_generals <= 3) out_.add(kFacing + std::max(between_generals, 1) - 1);
  }

 private:
  // Every man of a kind: whom it attacks, and `more` of it.
  template <class More>
  void each(Kind kind, More more) {
    for (std::uint32_t men = p_.men(side_) & kSlots[kind]; men != 0; men &= men - 1) {
      const int slot = std::countr_zero(men);
      const Bits strikes = own_.strikes[slot];
      for (Bits victims = strikes & theirs_; victims != 0;) {
        const Square at = pop(victims);
        const Kind victim = kind_of(p_.man_at(at));
        const bool guarded = (enemy_.all & bit(at)) != 0;
        if (!guarded || kWorth[victim] > kWorth[kind]) hanging_ |= bit(at);
        out_.add(kStrikes + (kSort[kind] * kKinds + victim) * 2 + (guarded ? 1 : 0));
      }
      more(p_.square_of(man_of(side_, slot)), strikes);
    }
  }

  void besiege(Kind kind, Bits strikes) {
    const int struck = std::min(count(strikes & kPalaces[other(side_)]), 5);
    besiegers_ += struck != 0 ? 1 : 0;
    out_.add(kPalace + (static_cast<int>(kind) - kHorse) * 6 + struck);
  }

  void aim(int first, Square s) {
    bool on_file = false;
    const int men_between = between(p_, s, general_, on_file);
    if (men_between >= 0) out_.add(first + (on_file ? 0 : 4) + std::min(men_between, 3));
  }

  const Position& p_;
  Side side_;
  const Force& own_;
  const Force& enemy_;
  TacticalList& out_;
  Bits ours_;
  Bits theirs_;
  Square general_;  // the enemy's
  Bits hanging_ = 0;
  int besiegers_ = 0;
};

}  // namespace

std::array<TacticalList, 2> tactics_of(const Position& position) {
  const Force red = force_of(position, kRed);
  const Force black = force_of(position, kBlack);
  std::array<TacticalList, 2> lists;
  Listing(position, kRed, red, black, lists[kRed]).write();
  Listing(position, kBlack, black, red, lists[kBlack]).write();
  return lists;
}

}  // namespace qiyou
