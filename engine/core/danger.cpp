#include "danger.h"

#include <bit>

#include "lines.h"

namespace qiyou {

Danger danger_of(const Position& p) {
  const Side enemy = other(p.side());
  Danger danger;
  for (std::uint32_t men = p.men(enemy); men != 0; men &= men - 1) {
    const Man man = man_of(enemy, std::countr_zero(men));
    const Square s = p.square_of(man);
    const auto at = static_cast<std::size_t>(s);
    switch (kind_of(man)) {
      case kGeneral: danger.for_officers |= attacks.general[at]; break;
      case kAdvisor: danger.for_officers |= attacks.advisor[at]; break;
      case kElephant: danger.for_officers |= attacks.elephant[at][p.cornered(s)]; break;
      case kSoldier: danger.for_officers |= attacks.soldier[enemy][at]; break;
      case kHorse: danger.for_chariots |= attacks.horse[at][p.beside(s)]; break;
      case kCannon: danger.for_chariots |= hops(p, s); break;
      case kChariot: break;
    }
  }
  danger.for_chariots |= danger.for_officers;
  return danger;
}

}  // namespace qiyou
