#include "bench.h"

#include <string_view>

#include "fen.h"

namespace qiyou {

std::uint64_t bench(Searcher& searcher, Rules rules, const std::atomic<bool>& stop) {
  constexpr std::string_view kPositions[] = {
      kStartFen,
      "r1ba1a3/4kn3/2n1b4/pNp1p1p1p/4c4/6P2/P1P2R2P/1CcC5/9/2BAKAB2 w - - 0 1",
      "2bakab2/9/2n1c1n2/p3p1p1p/2p6/6P2/P1P1P3P/2N1C1N2/9/R1BAKAB1r w - - 0 1",
      "3ak4/4a4/4b4/5N3/2b6/4R4/9/4B4/4A4/r1BAK4 b - - 0 1",
      "4k4/9/4P4/9/9/2n6/9/4B4/4A4/3AK1B2 w - - 0 1",
  };
  constexpr int kDepth = 15;
  std::uint64_t nodes = 0;
  for (const std::string_view text : kPositions) {
    searcher.new_game();
    Limits limits;
    limits.depth = kDepth;
    nodes += searcher.think(Game(parse_fen(text), rules), limits, stop).nodes;
  }
  searcher.new_game();
  return nodes;
}

}  // namespace qiyou
