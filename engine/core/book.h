// The opening book: lines of the engine's own games with weights, compiled in from engine/book.txt.
#pragma once

#include <utility>
#include <vector>

#include "position.h"

namespace qiyou {

struct BookMove {
  Move move;
  int weight = 0;
};

// What the book knows of a position, heaviest first; every line counts mirrored, too. Empty where it
// knows nothing. Throws std::runtime_error when the file that was compiled in is no book.
const std::vector<BookMove>& book_moves(const Position& position);

}  // namespace qiyou
