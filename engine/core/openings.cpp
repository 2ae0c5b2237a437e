#include "openings.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <utility>
#include <vector>

#include "fen.h"
#include "movegen.h"
#include "search.h"

namespace qiyou {

std::optional<Game> random_opening(Random& random, int plies) {
  Game game(parse_fen(kStartFen));
  for (int ply = 0; ply < plies; ++ply) {
    const MoveList moves = legal_moves(game.position());
    if (moves.empty()) return std::nullopt;
    // Sorted, so that the order in which moves are generated decides nothing.
    std::vector<Move> sorted(moves.begin(), moves.end());
    std::sort(sorted.begin(), sorted.end(), [](Move a, Move b) {
      return std::pair(a.from(), a.to()) < std::pair(b.from(), b.to());
    });
    game.push(sorted[static_cast<std::size_t>(random.below(static_cast<int>(sorted.size())))]);
  }
  if (!has_legal_move(game.position())) return std::nullopt;
  return game;
}

Game balanced_opening(std::uint64_t seed) {
  constexpr int kShortest = 6;
  constexpr int kLongest = 10;
  constexpr int kEven = 250;
  const std::atomic<bool> never{false};
  Random random(seed);
  Searcher judge(1);
  Limits limits;
  limits.nodes = 5000;
  while (true) {
    std::optional<Game> game = random_opening(random, kShortest + random.below(kLongest - kShortest + 1));
    if (!game) continue;
    judge.new_game();
    if (std::abs(judge.think(*game, limits, never).lines.front().score) <= kEven) return *std::move(game);
  }
}

}  // namespace qiyou
