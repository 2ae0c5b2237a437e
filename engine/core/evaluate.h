// The worth of a position for the side to move, in hundredths of a soldier-sized unit
// (centipawns), without search.
#pragma once

#include "position.h"

namespace qiyou {

// Rough values by kind, for exchanges and pruning.
constexpr int kWorth[kKinds] = {10000, 200, 210, 430, 950, 470, 120};

int evaluate(const Position& position);

}  // namespace qiyou
