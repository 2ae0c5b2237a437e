// The engine's strength as the numbers that other programs ask for: Elo and chances to win.
#pragma once

#include <algorithm>

#include "levels.h"

namespace qiyou {

// Elo on the engine's own scale: neighbouring levels are tuned to score 63 % against each other, which
// is 92 points; where the scale begins is a convention. No human rating has been measured.
constexpr int kLowestElo = 600;
constexpr int kEloStep = 92;
constexpr int kHighestElo = kLowestElo + (kLevels - 1) * kEloStep;

constexpr int elo_of_level(int level) { return kLowestElo + (level - 1) * kEloStep; }

// The level nearest to that strength.
constexpr int level_of_elo(int elo) {
  return std::clamp((elo - kLowestElo + kEloStep / 2) / kEloStep + 1, 1, kLevels);
}

// Chances in thousandths for the side to move; they add up to 1000.
struct Chances {
  int win;
  int draw;
  int loss;
};

Chances chances(int score);

}  // namespace qiyou
