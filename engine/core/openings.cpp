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

std::optional<Game> random_ending(Random& random) {
  constexpr Kind kAttackers[] = {kHorse, kChariot, kCannon, kSoldier, kSoldier};
  Position position;
  const auto put = [&](Side side, Kind kind, int number) {
    Bits free = reach[side][kind] & ~(position.occupancy(kRed) | position.occupancy(kBlack));
    for (int skip = random.below(count(free)); skip > 0; --skip) pop(free);
    position.put(man_of(side, kFirstSlot[kind] + number), pop(free));
  };
  for (const Side side : {kRed, kBlack}) {
    put(side, kGeneral, 0);
    for (const Kind kind : {kAdvisor, kElephant}) {
      const int standing = random.below(kSlotCount[kind] + 1);
      for (int number = 0; number < standing; ++number) put(side, kind, number);
    }
    int drawn[kKinds] = {};
    for (int attackers = random.below(4); attackers > 0; --attackers) {
      const Kind kind = kAttackers[random.below(5)];
      if (drawn[kind] < kSlotCount[kind]) put(side, kind, drawn[kind]++);
    }
  }
  position.set_turn(random.below(2) == 0 ? kRed : kBlack, 0, 1);
  if (in_check(position, other(position.side())) || !has_legal_move(position)) return std::nullopt;
  return Game(position);
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
