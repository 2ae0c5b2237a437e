#include "oversight.h"

#include <algorithm>
#include <cstdlib>

namespace qiyou {
namespace {

constexpr int kFar = 4;
constexpr int kMostOverlooked = 950;  // nobody is blind to a whole kind of move

}  // namespace

std::uint64_t mixed(std::uint64_t z) {
  // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
  z += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

bool overlooked(const Position& position, Move move, const Oversight& oversight) {
  int chance = position.occupied(move.to()) ? oversight.captures : oversight.quiet;
  const int ranks = rank_of(move.to()) - rank_of(move.from());
  const int files = file_of(move.to()) - file_of(move.from());
  if (std::abs(ranks) >= kFar || std::abs(files) >= kFar) chance += oversight.far;
  if ((position.side() == kRed ? ranks : -ranks) < 0) chance += oversight.backward;
  const auto bar = static_cast<std::uint64_t>(std::min(chance, kMostOverlooked));
  return mixed(oversight.salt ^ move.bits) % 1000 < bar;
}

}  // namespace qiyou
