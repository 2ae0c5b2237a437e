// What the search learns about moves while it searches: which were good where.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "types.h"

namespace qiyou {

constexpr int kPieces = 2 * kKinds;
constexpr int kHistoryLimit = 8192;

constexpr int piece_index(Man man) { return kKinds * side_of(man) + kind_of(man); }

using ToHistory = std::int16_t[kPieces][kSquares];

struct History {
  ToHistory quiet;
  std::int16_t capture[kPieces][kSquares][kKinds];
  ToHistory follow[kPieces][kSquares];  // by a move before
  Move answer[kPieces][kSquares];

  void clear() { *this = History{}; }
};

// Grows toward the limit, never past it.
inline void nudge(std::int16_t& value, int bonus) {
  value = static_cast<std::int16_t>(value + bonus - value * std::abs(bonus) / kHistoryLimit);
}

}  // namespace qiyou
