// Starts of games that nobody chose: a few random plies, decided by a seed alone.
#pragma once

#include <cstdint>
#include <optional>

#include "judge.h"

namespace qiyou {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    // SplitMix64 (Steele, Lea, Flood 2014).
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }

 private:
  std::uint64_t state_;
};

// A few random moves from the start; nothing when the game ends on the way.
std::optional<Game> random_opening(Random& random, int plies);

// Few men on random points of theirs: up to three attackers a side behind what is left of each guard;
// nothing when the points drawn make no lawful position.
std::optional<Game> random_ending(Random& random);

// 6 to 10 random plies that leave the game open: the hand-written evaluation, searched 5,000 nodes
// deep, sees neither side more than 250 ahead.
Game balanced_opening(std::uint64_t seed);

}  // namespace qiyou
