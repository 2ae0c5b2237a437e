// Where a man could go, by look-up. Occupancies of one rank and one file are small integers (bit
// file + 1 and bit rank + 1, so that both neighbours of a point are reached by one shift); a
// chariot or cannon is two look-ups in tables indexed by them.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "types.h"

namespace qiyou {

// A set of squares; bit = square.
__extension__ typedef unsigned __int128 Bits;

constexpr Bits bit(Square s) { return static_cast<Bits>(1) << s; }
inline bool has(Bits set, Square s) {
  const auto half = static_cast<std::uint64_t>(s < 64 ? set : set >> 64);
  return (half >> (s & 63) & 1U) != 0;
}
inline int count(Bits b) {
  return std::popcount(static_cast<std::uint64_t>(b)) + std::popcount(static_cast<std::uint64_t>(b >> 64));
}
inline Square pop(Bits& b) {
  const auto low = static_cast<std::uint64_t>(b);
  const Square s = low != 0 ? std::countr_zero(low) : 64 + std::countr_zero(static_cast<std::uint64_t>(b >> 64));
  b &= b - 1;
  return s;
}

// One rank (bit file + 1) or one file (bit rank + 1) of the board.
using Line = std::uint16_t;

struct Attacks {
  // [point on the line][occupancy of the line without its pad bit]: the points a chariot reaches,
  // and those a cannon strikes at (behind exactly one screen).
  std::array<std::array<Line, 512>, kFiles> row_slide;
  std::array<std::array<Line, 512>, kFiles> row_hop;
  std::array<std::array<Line, 1024>, kRanks> col_slide;
  std::array<std::array<Line, 1024>, kRanks> col_hop;
  // [square][blocked neighbours]; the index comes from Position::beside / Position::cornered.
  std::array<std::array<Bits, 16>, kSquares> horse;
  std::array<std::array<Bits, 16>, kSquares> elephant;
  std::array<Bits, kSquares> general;
  std::array<Bits, kSquares> advisor;
  std::array<std::array<Bits, kSquares>, 2> soldier;
  // [horse][target]: the leg's square, or kOff when the horse does not go there.
  std::array<std::array<std::uint8_t, kSquares>, kSquares> leg;
  // [side][target]: from where some man of the side that is no chariot or cannon may strike at the target.
  std::array<std::array<Bits, kSquares>, 2> near;
  // [a][b]: bits a + 1 .. b - 1 between two points of one line, pad included.
  std::array<std::array<Line, kRanks>, kRanks> between;
};

extern const Attacks attacks;

// Where a man of that kind may ever stand; the laws of palace, river and elephant points.
extern const std::array<std::array<Bits, kKinds>, 2> home;

// Where a game can bring it: the same, but for soldiers, which keep to their files until they have crossed.
extern const std::array<std::array<Bits, kKinds>, 2> reach;

}  // namespace qiyou
