// Where a man of worth must fear to be taken by a lesser one.
#pragma once

#include "position.h"

namespace qiyou {

struct Danger {
  Bits for_officers = 0;  // horses and cannons: points where soldiers and the guard strike
  Bits for_chariots = 0;  // and these, where horses and cannons strike, too

  bool threatens(Kind kind, Square s) const {
    if (kind == kChariot) return has(for_chariots, s);
    return (kind == kHorse || kind == kCannon) && has(for_officers, s);
  }
};

// For the men of the side to move. A cannon strikes where a man stands now, behind one screen.
Danger danger_of(const Position& position);

}  // namespace qiyou
