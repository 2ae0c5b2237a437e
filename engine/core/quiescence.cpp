// The end of every line: captures until the position is quiet.
#include <algorithm>

#include "evaluate.h"
#include "exchange.h"
#include "judge.h"
#include "search_tree.h"

namespace qiyou {

// `deep` counts the plies of quiescence above.
int Tree::quiesce(int alpha, int beta, int ply, int deep) {
  Frame& f = frame(ply);
  f.pv_length = 0;
  tainted_ = false;
  int score = 0;
  if (recurrence(ply, score)) return score;
  if (insufficient_material(position_)) return 0;
  const Watch watch = watch_general(position_);
  f.check = watch.check;
  if (position_.halfmove() >= natural_limit_) return has_legal_move(position_) ? 0 : -kMateScore + ply;
  if (ply >= kMaxPly) return watch.check ? 0 : evaluation();

  Entry entry;
  const bool known = table_.probe(position_.key(), entry);
  const int stored = from_table(entry.score, ply);
  if (known && beta - alpha == 1 && settles(entry.bound(), stored, alpha, beta)) return stored;
  int best = -kInfinite;
  int eval = 0;
  if (!watch.check) {
    best = eval = known ? entry.eval : evaluation();
    if (tuning_.quiet_table != 0 && known && tells_more(entry.bound(), stored, eval)) best = stored;
    if (best >= beta) {
      if (tuning_.quiet_table != 0 && !known) table_.store(position_.key(), Move(), to_table(best, ply), eval, 0, Bound::kLower, false);
      return best;
    }
    alpha = std::max(alpha, best);
  }
  Move best_move;
  bool any_taint = false;
  Picker picker(*this, watch, entry.move, ply, watch.check ? Only::kAll : Only::kCaptures);
  while (const Move move = picker.next()) {
    if (!watch.check) {
      if (picker.rank() < 0) break;  // captures that lose material come last
      const int hope = eval + kWorth[kind_of(position_.man_at(move.to()))] + tuning_.quiet_margin;
      if (hope <= alpha) {
        best = std::max(best, hope);
        continue;
      }
    } else if (best > -kMateBound && picker.given() > 3 && !position_.occupied(move.to())) {
      continue;  // one quiet way out of check is looked at, not all
    }
    if (out_of_time()) return best == -kInfinite ? 0 : best;
    step(move, ply);
    score = -quiesce(-beta, -alpha, ply + 1, deep + 1);
    take_back();
    if (halted_) return best == -kInfinite ? 0 : best;
    any_taint = any_taint || tainted_;
    if (score > best) {
      best = score;
      if (score > alpha) {
        best_move = move;
        alpha = score;
        keep_line(ply, move);
        if (score >= beta) break;
      }
    }
  }
  // Then the checks that lose nothing: an answer to them is forced, so that a threat shows itself.
  if (!watch.check && deep < tuning_.quiet_checks && best < beta) {
    const Checks checks = checks_of(position_);
    for (const Move move : legal_moves(position_, watch, Only::kAll)) {
      if (position_.occupied(move.to()) || !gives_check(position_, checks, move) || !exchange_gains(position_, move, 0)) continue;
      if (out_of_time()) return best;
      step(move, ply);
      score = -quiesce(-beta, -alpha, ply + 1, deep + 1);
      take_back();
      if (halted_) return best;
      any_taint = any_taint || tainted_;
      if (score <= best) continue;
      best = score;
      if (score <= alpha) continue;
      best_move = move;
      alpha = score;
      keep_line(ply, move);
      if (score >= beta) break;
    }
  }
  if (watch.check && picker.given() == 0) return -kMateScore + ply;
  tainted_ = any_taint;
  if (!any_taint) {
    table_.store(position_.key(), best_move, to_table(best, ply), eval, 0, best >= beta ? Bound::kLower : Bound::kUpper,
                 known && entry.pv());
  }
  return best;
}

}  // namespace qiyou
