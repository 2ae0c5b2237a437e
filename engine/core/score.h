// What the numbers of the search mean: mates, decisions by the rules, bounds.
#pragma once

#include <cstdlib>

#include "tt.h"

namespace qiyou {

constexpr int kMaxPly = 120;
constexpr int kInfinite = 32000;
constexpr int kMateScore = 30000;
// Scores beyond this are mates; a win by the repetition rules is kept apart below it.
constexpr int kMateBound = kMateScore - 2 * kMaxPly;
constexpr int kRepetitionScore = 28000;

inline bool is_mate(int score) { return std::abs(score) > kMateBound; }
inline bool is_decided(int score) { return std::abs(score) > kRepetitionScore - 2 * kMaxPly; }

// Mates are stored as seen from the node, used as seen from the root.
inline int to_table(int score, int ply) {
  if (!is_mate(score)) return score;
  return score > 0 ? score + ply : score - ply;
}
inline int from_table(int score, int ply) {
  if (!is_mate(score)) return score;
  return score > 0 ? score - ply : score + ply;
}

// Whether a stored score answers the question put by the window.
inline bool settles(Bound bound, int stored, int alpha, int beta) {
  return bound == Bound::kExact || (bound == Bound::kLower && stored >= beta) ||
         (bound == Bound::kUpper && stored <= alpha);
}

// Whether a stored score is a better guess than the evaluation: a bound on the far side of it, no mate.
inline bool tells_more(Bound bound, int stored, int eval) {
  return !is_decided(stored) && (bound == Bound::kExact || (bound == Bound::kLower && stored > eval) ||
                                 (bound == Bound::kUpper && stored < eval));
}

}  // namespace qiyou
