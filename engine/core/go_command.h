// The words after "go": how long to search, for what, and which moves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "search.h"
#include "words.h"

namespace qiyou {

struct GoCommand {
  Limits limits;
  bool bounded = false;    // some word ends the search
  bool infinite = false;
  bool ponder = false;
  int mate = 0;            // look for a mate in so many moves; 0: no
  std::vector<Move> only;  // as asked for; legality is not looked at
  std::vector<std::string> complaints;
};

// Time limits are worked out for `side`; `overhead_ms` is kept back. UCCI clocks may run in seconds.
GoCommand parse_go(const Words& words, Side side, std::int64_t overhead_ms, bool milliseconds);

}  // namespace qiyou
