#include "tactics.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "evaluate.h"
#include "lines.h"

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

constexpr Bits palace_of(Side side) {
  Bits set = 0;
  for (int rank = 0; rank < 3; ++rank) {
    for (int file = 3; file < 6; ++file) set |= bit(square_at(file, side == kRed ? rank : 9 - rank));
  }
  return set;
}
constexpr Bits kPalaces[2] = {palace_of(kRed), palace_of(kBlack)};

// What the men of one side strike at, own men (whom they protect) included.
struct Force {
  Bits strikes[kMenPerSide];  // by slot
  Bits quiet[2];              // empty points that each cannon reaches
  Bits lesser;                // struck by soldiers and the guard
  Bits middle;                // by these and horses and cannons
  Bits all;
};

constexpr std::uint32_t kSlots[kKinds] = {0x1, 0x6, 0x18, 0x60, 0x180, 0x600, 0xF800};

template <class Visit>
void each_slot(std::uint32_t men, Kind kind, Visit visit) {
  for (men &= kSlots[kind]; men != 0; men &= men - 1) visit(std::countr_zero(men));
}

template <Side kSide>
void gather(const Position& p, Force& f) {
  const std::uint32_t men = p.men(kSide);
  const auto stand = [&](int slot) { return p.square_of(man_of(kSide, slot)); };
  const auto at = [&](int slot) { return static_cast<std::size_t>(stand(slot)); };
  Bits lesser = f.strikes[0] = attacks.general[at(0)];
  each_slot(men, kAdvisor, [&](int slot) { lesser |= f.strikes[slot] = attacks.advisor[at(slot)]; });
  each_slot(men, kElephant, [&](int slot) { lesser |= f.strikes[slot] = attacks.elephant[at(slot)][p.cornered(stand(slot))]; });
  each_slot(men, kSoldier, [&](int slot) { lesser |= f.strikes[slot] = attacks.soldier[kSide][at(slot)]; });
  Bits middle = lesser;
  each_slot(men, kHorse, [&](int slot) { middle |= f.strikes[slot] = attacks.horse[at(slot)][p.beside(stand(slot))]; });
  const Bits empty = ~p.occupancy(kRed) & ~p.occupancy(kBlack);
  each_slot(men, kCannon, [&](int slot) {
    middle |= f.strikes[slot] = hops(p, stand(slot));
    f.quiet[slot - kFirstSlot[kCannon]] = slides(p, stand(slot)) & empty;
  });
  Bits all = middle;
  each_slot(men, kChariot, [&](int slot) { all |= f.strikes[slot] = slides(p, stand(slot)); });
  f.lesser = lesser;
  f.middle = middle;
  f.all = all;
}

// Men between two points of one line; -1 when they share none.
int between(const Position& p, Square a, Square b, bool& on_file) {
  const auto line = [](int x, int y) { return attacks.between[static_cast<std::size_t>(x)][static_cast<std::size_t>(y)]; };
  on_file = file_of(a) == file_of(b);
  if (on_file) return std::popcount(static_cast<unsigned>(p.col(file_of(a)) & line(rank_of(a), rank_of(b))));
  if (rank_of(a) == rank_of(b)) return std::popcount(static_cast<unsigned>(p.row(rank_of(a)) & line(file_of(a), file_of(b))));
  return -1;
}

constexpr int kSort[kKinds] = {4, 4, 4, 0, 1, 2, 3};  // of attackers

// [kind]: the kinds of men worth more, a bit each.
struct Dearer {
  unsigned than[kKinds];
};
constexpr Dearer make_dearer() {
  Dearer dearer{};
  for (int kind = 0; kind < kKinds; ++kind) {
    for (int victim = 0; victim < kKinds; ++victim) {
      if (kWorth[victim] > kWorth[kind]) dearer.than[kind] |= 1U << victim;
    }
  }
  return dearer;
}
constexpr Dearer kDearer = make_dearer();

// What one side's men do. All that is asked for more than one man stands in a local variable: what is written
// to `out` could else have changed it.
template <Side kSide, class Out>
void list(const Position& p, const Force& own, const Force& enemy, Out& out) {
  constexpr Side kOther = other(kSide);
  const std::uint32_t men = p.men(kSide);
  const Bits ours = p.occupancy(kSide);
  const Bits theirs = p.occupancy(kOther);
  const Bits enemy_all = enemy.all;
  const Bits beyond_lesser = ~ours & ~enemy.lesser;
  const Bits beyond_middle = ~ours & ~enemy.middle;
  const Bits safe = ~ours & ~enemy_all;
  const Square home = p.general(kSide);
  const Square general = p.general(kOther);
  Bits hanging = 0;
  int besiegers = 0;
  const auto strike = [&](Kind kind, Bits strikes) {
    for (Bits victims = strikes & theirs; victims != 0;) {
      const Bits lowest = victims & -victims;
      const Kind victim = kind_of(p.man_at(pop(victims)));
      const bool guarded = (enemy_all & lowest) != 0;
      if (!guarded || (kDearer.than[kind] >> victim & 1U) != 0) hanging |= lowest;
      out.add(kStrikes + (kSort[kind] * kKinds + victim) * 2 + (guarded ? 1 : 0));
    }
  };
  const auto besiege = [&](Kind kind, Bits strikes) {
    const int struck = std::min(count(strikes & kPalaces[kOther]), 5);
    besiegers += struck != 0 ? 1 : 0;
    out.add(kPalace + (static_cast<int>(kind) - kHorse) * 6 + struck);
  };
  const auto aim = [&](int first, Square s) {
    bool on_file = false;
    const int men_between = between(p, s, general, on_file);
    if (men_between >= 0) out.add(first + (on_file ? 0 : 4) + std::min(men_between, 3));
  };
  const bool lesser_strike = (own.lesser & theirs) != 0;  // seldom: one question spares one for each of ten men
  if (lesser_strike) {
    strike(kGeneral, own.strikes[0]);
    each_slot(men, kAdvisor, [&](int slot) { strike(kAdvisor, own.strikes[slot]); });
    each_slot(men, kElephant, [&](int slot) { strike(kElephant, own.strikes[slot]); });
  }
  each_slot(men, kSoldier, [&](int slot) {
    if (lesser_strike) strike(kSoldier, own.strikes[slot]);
    besiege(kSoldier, own.strikes[slot]);
  });
  const Bits from_horses = horse_sources[static_cast<std::size_t>(general)][p.cornered(general)] & safe;
  each_slot(men, kHorse, [&](int slot) {
    const Bits strikes = own.strikes[slot];
    strike(kHorse, strikes);
    besiege(kHorse, strikes);
    out.add(kHorseReach + count(strikes & ~ours));
    out.add(kHorseSafe + count(strikes & beyond_lesser));
    out.add(kHorseChecks + std::min(count(strikes & from_horses), 3));
  });
  const Bits from_chariots = slides(p, general) & safe;
  each_slot(men, kChariot, [&](int slot) {
    const Bits strikes = own.strikes[slot];
    strike(kChariot, strikes);
    besiege(kChariot, strikes);
    out.add(kChariotSafe + count(strikes & beyond_middle));
    out.add(kChariotChecks + std::min(count(strikes & from_chariots), 4));
    aim(kChariotFile, p.square_of(man_of(kSide, slot)));
  });
  const Bits from_cannons = beyond_screens(p, general) & safe & ~theirs;
  each_slot(men, kCannon, [&](int slot) {
    strike(kCannon, own.strikes[slot]);
    besiege(kCannon, own.strikes[slot]);
    const Bits free = own.quiet[slot - kFirstSlot[kCannon]] & beyond_lesser;
    out.add(kCannonSafe + count(free));
    out.add(kCannonChecks + std::min(count(free & from_cannons), 3));
    aim(kCannonFile, p.square_of(man_of(kSide, slot)));
  });
  for (Bits bare = ours & ~own.all & ~bit(home); bare != 0;) out.add(kBare + static_cast<int>(kind_of(p.man_at(pop(bare)))));
  out.add(kBesiegers + std::min(besiegers, 7) * 5 + std::popcount(p.men(kOther) & 0x1EU));
  out.add(kHanging + std::min(count(hanging & ~bit(general)), 4));
  out.add(kGeneralSteps + count(attacks.general[static_cast<std::size_t>(home)] & safe));
  bool on_file = false;
  const int between_generals = between(p, home, general, on_file);
  if (on_file && between_generals <= 3) out.add(kFacing + std::max(between_generals, 1) - 1);
}

template <class Out>
void list_both(const Position& position, std::array<Out, 2>& out) {
  Force red;
  Force black;
  gather<kRed>(position, red);
  gather<kBlack>(position, black);
  list<kRed>(position, red, black, out[kRed]);
  list<kBlack>(position, black, red, out[kBlack]);
}

}  // namespace

std::array<TacticalList, 2> tactics_of(const Position& position) {
  std::array<TacticalList, 2> lists;
  list_both(position, lists);
  return lists;
}

void count_tactics(const Position& position, std::array<TacticalCounts, 2>& counts) {
  for (TacticalCounts& side : counts) {
    for (std::size_t i = 0; i < side.of.size(); i += 64) std::memset(&side.of[i], 0, 64);  // four short ones are inlined
  }
  list_both(position, counts);
}

}  // namespace qiyou
