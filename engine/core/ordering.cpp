// The order in which moves are tried, and what is learnt from the ones that cut.
#include <algorithm>

#include "evaluate.h"
#include "exchange.h"
#include "search_tree.h"

namespace qiyou {

int Tree::follow_score(int ply, int back, int piece, Square to) const {
  const Frame& before = frame(ply - back);
  if (tuning_.continuation == 0 || ply < back || before.null) return 0;
  return history_.follow[before.piece][before.to][piece][to];
}

void Tree::rank_moves(const MoveList& list, Ranked* ranked, Move first, int ply) const {
  const Frame& f = frame(ply);
  Move answer;
  if (ply >= 1 && !frame(ply - 1).null) answer = history_.answer[frame(ply - 1).piece][frame(ply - 1).to];
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Move move = list[i];
    const Man victim = position_.man_at(move.to());
    const int piece = piece_index(position_.man_at(move.from()));
    int rank = 0;
    if (move == first) {
      rank = 10'000'000;
    } else if (victim != kNobody) {
      const int learnt = tuning_.capture_history != 0 ? history_.capture[piece][move.to()][kind_of(victim)] : 0;
      const int gain = 16 * kWorth[kind_of(victim)] + learnt;
      rank = gain + (exchange_gains(position_, move, 0) ? 1'000'000 : -1'000'000);
    } else if (tuning_.killers != 0 && move == f.killers[0]) {
      rank = 900'000;
    } else if (tuning_.killers != 0 && move == f.killers[1]) {
      rank = 890'000;
    } else if (tuning_.counter_moves != 0 && move == answer) {
      rank = 880'000;
    } else {
      rank = 2 * history_.quiet[piece][move.to()] + 2 * follow_score(ply, 1, piece, move.to()) +
             follow_score(ply, 2, piece, move.to());
    }
    ranked[i] = {move, rank};
  }
}

Move next_best(Ranked* ranked, std::size_t i, std::size_t size) {
  std::size_t best = i;
  for (std::size_t j = i + 1; j < size; ++j) {
    if (ranked[j].rank > ranked[best].rank) best = j;
  }
  const Ranked chosen = ranked[best];
  for (std::size_t j = best; j > i; --j) ranked[j] = ranked[j - 1];
  ranked[i] = chosen;
  return chosen.move;
}

void Tree::reward_follow(int ply, int piece, Square to, int bonus) {
  for (const int back : {1, 2}) {
    if (ply < back || frame(ply - back).null) continue;
    nudge(history_.follow[frame(ply - back).piece][frame(ply - back).to][piece][to], bonus);
  }
}

void Tree::reward(int ply, Move best, const MoveList& quiets, const MoveList& captures, int depth) {
  const int bonus = std::min(1600, 16 * depth * depth + 32 * depth);
  const auto quiet = [&](Move move, int change) {
    const int piece = piece_index(position_.man_at(move.from()));
    nudge(history_.quiet[piece][move.to()], change);
    reward_follow(ply, piece, move.to(), change);
  };
  const auto capture = [&](Move move, int change) {
    nudge(history_.capture[piece_index(position_.man_at(move.from()))][move.to()]
                         [kind_of(position_.man_at(move.to()))],
          change);
  };
  if (position_.occupied(best.to())) {
    capture(best, bonus);
  } else {
    Frame& f = frame(ply);
    if (best != f.killers[0]) {
      f.killers[1] = f.killers[0];
      f.killers[0] = best;
    }
    if (ply >= 1 && !frame(ply - 1).null) history_.answer[frame(ply - 1).piece][frame(ply - 1).to] = best;
    quiet(best, bonus);
    for (const Move move : quiets) {
      if (move != best) quiet(move, -bonus);
    }
  }
  for (const Move move : captures) {
    if (move != best) capture(move, -bonus);
  }
}

}  // namespace qiyou
