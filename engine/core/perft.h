// Counting the leaves of the tree of legal moves: the test of move generation.
#pragma once

#include <cstdint>

#include "position.h"

namespace qiyou {

std::uint64_t perft(Position& position, int depth);

}  // namespace qiyou
