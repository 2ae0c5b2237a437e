#include "exchange.h"

#include <bit>

#include "evaluate.h"
#include "movegen.h"

namespace qiyou {
namespace {

// Slots from the cheapest man to the dearest.
constexpr int kByWorth[kMenPerSide] = {11, 12, 13, 14, 15, 1, 2, 3, 4, 5, 6, 9, 10, 7, 8, 0};

// The board with some men gone. A cannon needs its screen, so attackers are found anew each time.
class Exchange {
 public:
  Exchange(const Position& p, Square target)
      : p_(p), target_(target), row_(p.row(rank_of(target))), col_(p.col(file_of(target))),
        occupied_(p.occupancy(kRed) | p.occupancy(kBlack)), men_{p.men(kRed), p.men(kBlack)} {}

  void remove(Man man, Square from) {
    men_[side_of(man)] &= ~(1U << (man & 15));
    occupied_ &= ~bit(from);
    if (rank_of(from) == rank_of(target_)) row_ &= ~(2U << file_of(from));
    if (file_of(from) == file_of(target_)) col_ &= ~(2U << rank_of(from));
  }

  Man cheapest_attacker(Side side) const {
    unsigned attackers = 0;  // slots
    for (const int slot : {7, 8, 9, 10}) {
      if ((men_[side] >> slot & 1U) == 0) continue;
      const Man man = man_of(side, slot);
      if (attacks_target(man, p_.square_of(man))) attackers |= 1U << slot;
    }
    const Bits near = attacks.near[side][static_cast<std::size_t>(target_)];
    for (Bits close = near & occupied_ & p_.occupancy(side); close != 0;) {
      const Square s = pop(close);
      if (attacks_target(p_.man_at(s), s)) attackers |= 1U << (p_.man_at(s) & 15);
    }
    if (attackers == 0) return kNobody;
    for (const int slot : kByWorth) {
      if ((attackers >> slot & 1U) != 0) return man_of(side, slot);
    }
    return kNobody;
  }

 private:
  bool attacks_target(Man man, Square s) const {
    const auto i = static_cast<std::size_t>(s);
    switch (kind_of(man)) {
      case kGeneral: return has(attacks.general[i], target_);
      case kAdvisor: return has(attacks.advisor[i], target_);
      case kSoldier: return has(attacks.soldier[side_of(man)][i], target_);
      case kElephant:
        return has(attacks.elephant[i][0], target_) && !has(occupied_, (s + target_) / 2);
      case kHorse: {
        const Square leg = attacks.leg[i][static_cast<std::size_t>(target_)];
        return leg != kOff && !has(occupied_, leg);
      }
      case kChariot: return screens(s) == 0;
      case kCannon: return screens(s) == 1;
    }
    return false;
  }

  int screens(Square s) const {
    const auto between = [](int a, int b) {
      return static_cast<unsigned>(attacks.between[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)]);
    };
    if (s == target_) return -1;
    if (rank_of(s) == rank_of(target_)) return std::popcount(row_ & between(file_of(s), file_of(target_)));
    if (file_of(s) == file_of(target_)) return std::popcount(col_ & between(rank_of(s), rank_of(target_)));
    return -1;
  }

  const Position& p_;
  Square target_;
  unsigned row_;
  unsigned col_;
  Bits occupied_;
  std::uint32_t men_[2];
};

}  // namespace

bool exchange_gains(const Position& p, Move move, int threshold) {
  const Man victim = p.man_at(move.to());
  const Man mover = p.man_at(move.from());
  // What the side that just took stands to lose beyond the threshold; it must become positive for
  // the other side to have a reason to take back.
  int swing = (victim == kNobody ? 0 : kWorth[kind_of(victim)]) - threshold;
  if (swing < 0) return false;
  swing = kWorth[kind_of(mover)] - swing;
  if (swing <= 0) return true;
  Exchange exchange(p, move.to());
  if (victim != kNobody) exchange.remove(victim, move.to());
  exchange.remove(mover, move.from());
  Side side = side_of(mover);
  bool gains = true;
  while (true) {
    side = other(side);
    const Man next = exchange.cheapest_attacker(side);
    if (next == kNobody) return gains;
    gains = !gains;
    exchange.remove(next, p.square_of(next));
    // A general may not take a protected man.
    if (kind_of(next) == kGeneral) return exchange.cheapest_attacker(other(side)) != kNobody ? !gains : gains;
    swing = kWorth[kind_of(next)] - swing;
    if (swing < (gains ? 1 : 0)) return gains;
  }
}

int best_exchange(const Position& position) {
  int best = 0;
  for (const Move capture : legal_moves(position, Only::kCaptures)) {
    // The gain is the highest threshold that is reached: halve the span between what is and what is not.
    int reached = best;
    int missed = kWorth[kind_of(position.man_at(capture.to()))] + 1;
    if (!exchange_gains(position, capture, reached + 1)) continue;
    while (missed - reached > 1) {
      const int middle = (reached + missed) / 2;
      (exchange_gains(position, capture, middle) ? reached : missed) = middle;
    }
    best = reached;
  }
  return best;
}

}  // namespace qiyou
