// What spares moves: nodes that are settled before their moves, moves that cannot matter.
#include <algorithm>
#include <bit>

#include "exchange.h"
#include "search_tree.h"

namespace qiyou {

// Passing: if even that is good enough, so is a move. Not without men that can lose a tempo.
std::optional<int> Tree::pass(const Node& n) {
  Frame& f = frame(n.ply);
  const int officers = std::popcount(position_.men(position_.side()) & 0x7E0U);
  if (tuning_.null_move == 0 || n.depth < 3 || n.eval < n.beta || f.eval < n.beta - 20 * n.depth + tuning_.null_slack ||
      officers == 0 || n.ply == 0 || frame(n.ply - 1).null || !may_pass_) {
    return std::nullopt;
  }
  if (out_of_time()) return 0;
  const int lead = std::min(3, (n.eval - n.beta) / std::max(1, tuning_.null_lead));
  const int reduced = n.depth - (tuning_.null_move + n.depth / 4 + lead);
  f.null = true;
  ++nodes_;
  path_.push_back({position_.key(), Move(), kNobody, position_.halfmove()});
  position_.make_null();
  table_.prefetch(position_.key());
  int score = -search(-n.beta, -n.beta + 1, reduced, n.ply + 1, !n.expect_cut);
  position_.make_null();
  path_.pop_back();
  f.null = false;
  if (halted_) return 0;
  if (score < n.beta || tainted_) return std::nullopt;
  if (is_decided(score)) score = n.beta;
  // Deep down the side must do well without passing, too, with few officers sooner: in an ending having to
  // move can be what loses.
  const int sure_from = officers <= 2 ? tuning_.null_sure / 2 : tuning_.null_sure;
  if (tuning_.null_sure == 0 || n.depth < sure_from) return score;
  may_pass_ = false;
  const int sure = search(n.beta - 1, n.beta, reduced, n.ply, false);
  may_pass_ = true;
  f.check = n.watch.check;
  if (halted_) return 0;
  return sure >= n.beta && !tainted_ ? std::optional(score) : std::nullopt;
}

// A capture that a shallower search finds so much better than asked will do.
std::optional<int> Tree::try_captures(const Node& n) {
  if (tuning_.probcut == 0 || n.depth < 5 || n.pv || n.watch.check || n.singular || is_decided(n.beta)) return std::nullopt;
  const int bar = n.beta + tuning_.probcut - (n.improving ? 40 : 0);
  if (n.known && n.entry.depth >= n.depth - 3 && n.stored < bar) return std::nullopt;
  Frame& f = frame(n.ply);
  const bool first_takes = n.entry.move && position_.occupied(n.entry.move.to());
  Picker picker(*this, n.watch, first_takes ? n.entry.move : Move(), n.ply, Only::kCaptures);
  while (const Move move = picker.next()) {
    if (picker.rank() < 0) break;
    if (!exchange_gains(position_, move, bar - f.eval)) continue;
    if (out_of_time()) return 0;
    f.quiet = false;
    step(move, n.ply);
    int score = -quiesce(-bar, -bar + 1, n.ply + 1, 0);
    if (score >= bar && !halted_ && !tainted_) score = -search(-bar, -bar + 1, n.depth - 4, n.ply + 1, !n.expect_cut);
    take_back();
    if (halted_) return 0;
    if (score < bar || tainted_) continue;
    table_.store(position_.key(), move, to_table(score, n.ply), f.eval, n.depth - 3, Bound::kLower, f.was_pv);
    return is_decided(score) ? score : score - (bar - n.beta);
  }
  return std::nullopt;
}

std::optional<int> Tree::settle_early(const Node& n) {
  if (n.pv || n.watch.check || n.singular || is_decided(n.beta)) return std::nullopt;
  // So far ahead that a quiet move will hold the lead.
  const int slack = tuning_.reverse_futility * (n.depth - (n.improving ? 1 : 0));
  if (tuning_.reverse_futility != 0 && n.depth <= tuning_.reverse_depth && n.eval - slack >= n.beta) {
    return tuning_.reverse_middle != 0 ? (n.eval + n.beta) / 2 : n.eval;
  }
  return pass(n);
}

// Whether a move can be left out unseen because nothing speaks for it.
bool Tree::hopeless(const Node& n, Move move, const Picker& picker, int tried, int plain_reduction) {
  if (position_.occupied(move.to())) {
    return tuning_.capture_pruning != 0 && n.depth <= 6 && picker.rank() < 0 &&
           !exchange_gains(position_, move, -tuning_.capture_pruning * n.depth);
  }
  const int history = picker.rank();
  const int left = std::max(0, n.depth - plain_reduction / 256);
  const bool late = tuning_.late_move_pruning != 0 && !n.watch.check && n.depth <= 8 &&
                    tried > (tuning_.late_move_pruning + n.depth * n.depth) / (n.improving ? 1 : 2);
  const bool futile = tuning_.futility != 0 && !n.watch.check && left <= 6 && !Picker::is_special(history) &&
                      frame(n.ply).eval + tuning_.futility_base + tuning_.futility * left <= n.alpha;
  const bool bad_before = tuning_.history_pruning != 0 && n.depth <= 4 && history < -tuning_.history_pruning * n.depth;
  return late || futile || bad_before ||
         (tuning_.exchange_pruning != 0 && left <= 7 && !exchange_gains(position_, move, -tuning_.exchange_pruning * left));
}

// 256ths of plies that a late move is searched less.
int Tree::reduction_of(const Node& n, Move move, const Picker& picker, int plain_reduction, bool checks) const {
  int reduction = plain_reduction;
  if (!n.pv) reduction += tuning_.reduction_plain;
  if (!n.improving) reduction += tuning_.reduction_worse;
  if (n.expect_cut) reduction += tuning_.reduction_cut;
  if (checks || n.watch.check) reduction -= tuning_.reduction_check;
  if (frame(n.ply).was_pv) reduction -= tuning_.reduction_pv;
  if (Picker::is_special(picker.rank())) {
    reduction -= 256;
  } else if (!position_.occupied(move.to())) {
    reduction -= std::clamp(256 * picker.rank() / std::max(1, tuning_.reduction_history), -768, 768);
  }
  return std::max(0, reduction);
}

}  // namespace qiyou
