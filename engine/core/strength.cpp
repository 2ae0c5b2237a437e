#include "strength.h"

#include <cmath>

#include "score.h"

namespace qiyou {
namespace {

// A logistic curve on each side of a band of drawn games. A convention for display: not fitted to games.
constexpr double kDrawBand = 180.0;
constexpr double kSlope = 110.0;

int expected_wins(int score) {
  return static_cast<int>(std::lround(1000.0 / (1.0 + std::exp((kDrawBand - score) / kSlope))));
}

}  // namespace

Chances chances(int score) {
  if (is_decided(score)) return score > 0 ? Chances{1000, 0, 0} : Chances{0, 0, 1000};
  const int win = expected_wins(score);
  const int loss = expected_wins(-score);
  return {win, 1000 - win - loss, loss};
}

}  // namespace qiyou
