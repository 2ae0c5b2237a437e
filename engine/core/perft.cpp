#include "perft.h"

#include "movegen.h"

namespace qiyou {

std::uint64_t perft(Position& position, int depth) {
  if (depth <= 0) return 1;
  if (depth == 1) return static_cast<std::uint64_t>(count_legal_moves(position));
  std::uint64_t nodes = 0;
  for (const Move move : legal_moves(position)) {
    const Undo undo = position.make(move);
    nodes += perft(position, depth - 1);
    position.unmake(undo);
  }
  return nodes;
}

}  // namespace qiyou
