// Fixed searches whose count of nodes a change of speed alone must leave as it is.
#pragma once

#include <cstdint>

#include "search.h"

namespace qiyou {

// Nodes over all positions, each searched to the same depth from an empty memory.
std::uint64_t bench(Searcher& searcher, Rules rules, const std::atomic<bool>& stop);

}  // namespace qiyou
