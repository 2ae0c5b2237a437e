// The principal variation search itself.
#include <algorithm>
#include <bit>

#include "exchange.h"
#include "judge.h"
#include "search_tree.h"

namespace qiyou {
namespace {

// log2 in sixteenths, in integers: libm's logarithm differs between machines.
constexpr int log2_16(int n) {
  const int whole = std::bit_width(static_cast<unsigned>(n)) - 1;
  return 16 * whole + (16 * n >> whole) - 16;
}

struct Logarithms {
  int of[64];
};
constexpr Logarithms make_logarithms() {
  Logarithms l{};
  for (int n = 1; n < 64; ++n) l.of[n] = log2_16(n);
  return l;
}
constexpr Logarithms kLogarithms = make_logarithms();

// Plies that a late move is searched less, before anything is known about it.
int late_reduction(const Tuning& tuning, int depth, int number) {
  const int grown = kLogarithms.of[std::min(depth, 63)] * kLogarithms.of[std::min(number, 63)];
  return (tuning.reduction_base + grown * tuning.reduction_slope / 256) / 256;
}

}  // namespace

int Tree::search(int alpha, int beta, int depth, int ply, bool expect_cut) {
  if (depth <= 0) return quiesce(alpha, beta, ply, 0);
  Frame& f = frame(ply);
  const bool pv = beta - alpha > 1;
  f.pv_length = 0;
  tainted_ = false;
  int score = 0;
  if (ply > 0) {
    if (recurrence(ply, score)) return score;
    if (insufficient_material(position_)) return 0;
    // A mate in hand further up cannot be bettered here.
    alpha = std::max(alpha, -kMateScore + ply);
    beta = std::min(beta, kMateScore - ply - 1);
    if (alpha >= beta) return alpha;
  }
  const Watch watch = watch_general(position_);
  f.check = watch.check;
  if (ply > 0 && position_.halfmove() >= kNaturalLimit) return has_legal_move(position_) ? 0 : -kMateScore + ply;
  if (ply >= kMaxPly) return watch.check ? 0 : evaluation();

  const bool singular = static_cast<bool>(f.excluded);
  Entry entry;
  const bool known = !singular && table_.probe(position_.key(), entry);
  const Move first = ply == 0 ? root_moves_[line_].moves[0] : entry.move;
  const int stored = from_table(entry.score, ply);
  // Near the natural limit what was found with more plies left no longer holds.
  if (known && !pv && ply > 0 && entry.depth >= depth && position_.halfmove() < kNaturalLimit - 20 &&
      settles(entry.bound(), stored, alpha, beta)) {
    return stored;
  }

  int eval = 0;
  bool improving = false;
  if (!watch.check) {
    f.eval = eval = singular ? f.eval : (known ? entry.eval : evaluation());
    improving = ply >= 2 && !frame(ply - 2).check && eval > frame(ply - 2).eval;
    if (known && !is_decided(stored) &&
        (entry.bound() == Bound::kExact || (entry.bound() == Bound::kLower && stored > eval) ||
         (entry.bound() == Bound::kUpper && stored < eval))) {
      eval = stored;
    }
  } else {
    f.eval = 0;
  }
  frame(ply + 1).excluded = Move();
  if (ply + 2 <= kMaxPly) frame(ply + 2).killers[0] = frame(ply + 2).killers[1] = Move();

  if (!pv && !watch.check && !singular && !is_decided(beta)) {
    // So far ahead that a quiet move will hold the lead.
    if (tuning_.reverse_futility != 0 && depth <= 7 &&
        eval - tuning_.reverse_futility * (depth - (improving ? 1 : 0)) >= beta) {
      return eval;
    }
    // Passing: if even that is good enough, so is a move. Not without men that can lose a tempo.
    const bool has_force = (position_.men(position_.side()) & 0x7E0U) != 0;
    if (tuning_.null_move != 0 && depth >= 3 && eval >= beta && f.eval >= beta - 20 * depth + tuning_.null_slack && has_force && ply > 0 &&
        !frame(ply - 1).null) {
      if (out_of_time()) return 0;
      const int reduced = depth - (tuning_.null_move + depth / 4 + std::min(3, (eval - beta) / std::max(1, tuning_.null_lead)));
      f.null = true;
      ++nodes_;
      path_.push_back({position_.key(), Move(), kNobody, position_.halfmove()});
      position_.make_null();
      score = -search(-beta, -beta + 1, reduced, ply + 1, !expect_cut);
      position_.make_null();
      path_.pop_back();
      f.null = false;
      if (halted_) return 0;
      if (score >= beta && !tainted_) return is_decided(score) ? beta : score;
    }
  }
  if (tuning_.internal_reduction != 0 && depth >= 4 && !known && !singular && (pv || expect_cut)) --depth;

  const int alpha_before = alpha;
  int best = -kInfinite;
  Move best_move;
  MoveList quiets;
  MoveList captures;
  int tried = 0;
  bool any_taint = false;
  bool best_taint = false;
  Picker picker(*this, watch, first, ply, Only::kAll);
  while (const Move move = picker.next()) {
    if (move == f.excluded) continue;
    if (ply == 0) {
      const auto allowed = [&](const RootLine& line) { return line.moves[0] == move; };
      if (std::none_of(root_moves_.begin() + static_cast<std::ptrdiff_t>(line_), root_moves_.end(), allowed)) continue;
    }
    ++tried;
    const bool is_capture = position_.occupied(move.to());
    const int history = is_capture ? 0 : picker.rank();
    const bool checks = gives_check(position_, move);
    const int plain_reduction = late_reduction(tuning_, depth, tried);
    if (ply > 0 && best > -kRepetitionScore + 2 * kMaxPly) {
      const int left = std::max(0, depth - plain_reduction);
      bool hopeless = false;
      if (!is_capture) {
        const bool late = tuning_.late_move_pruning != 0 && !watch.check && depth <= 8 &&
                          tried > (tuning_.late_move_pruning + depth * depth) / (improving ? 1 : 2);
        const bool futile = tuning_.futility != 0 && !watch.check && left <= 6 &&
                            f.eval + tuning_.futility_base + tuning_.futility * left <= alpha && history < 800'000;
        const bool bad_before = tuning_.history_pruning != 0 && depth <= 4 && history < -tuning_.history_pruning * depth;
        hopeless = late || futile || bad_before ||
                   (tuning_.exchange_pruning != 0 && left <= 7 &&
                    !exchange_gains(position_, move, -tuning_.exchange_pruning * left));
      } else {
        hopeless = tuning_.capture_pruning != 0 && depth <= 6 && picker.rank() < 0 &&
                   !exchange_gains(position_, move, -tuning_.capture_pruning * depth);
      }
      if (hopeless && (tuning_.keep_checks == 0 || !checks)) continue;
    }
    if (out_of_time()) return best == -kInfinite ? 0 : best;

    int extension = 0;
    // A move without equal deserves a deeper look.
    if (tuning_.singular != 0 && ply > 0 && depth >= 7 && move == first && !singular && known && entry.depth >= depth - 3 &&
        (entry.bound() == Bound::kLower || entry.bound() == Bound::kExact) && !is_decided(stored)) {
      const int bar = stored - tuning_.singular * depth;
      f.excluded = move;
      const int rival = search(bar - 1, bar, (depth - 1) / 2, ply, expect_cut);
      f.excluded = Move();
      f.check = watch.check;
      if (out_of_time()) return best == -kInfinite ? 0 : best;
      if (rival < bar) {
        extension = 1;
      } else if (bar >= beta && !tainted_) {
        return bar;
      } else if (stored >= beta) {
        extension = -1;
      }
    }
    // Checks that lose the checking man are not worth a ply more.
    if (tuning_.check_extension != 0 && checks && extension == 0 && ply < 2 * 32 && exchange_gains(position_, move, 0)) {
      extension = 1;
    }
    step(move, ply);
    const int deeper = depth - 1 + extension;
    if (tuning_.reductions != 0 && tried > 1 && depth >= 3 && (!is_capture || picker.rank() < 0)) {
      int reduction = plain_reduction;
      if (!pv) ++reduction;
      if (!improving) ++reduction;
      if (expect_cut) ++reduction;
      if (checks || watch.check) --reduction;
      if (history >= 800'000) reduction -= 1;
      if (!is_capture && history < 800'000) reduction -= std::clamp(history / std::max(1, tuning_.reduction_history), -2, 2);
      const int reduced = std::clamp(deeper - reduction, 1, std::max(deeper, 1));
      score = -search(-alpha - 1, -alpha, reduced, ply + 1, true);
      if (score > alpha && reduced < deeper && !halted_) score = -search(-alpha - 1, -alpha, deeper, ply + 1, !expect_cut);
    } else if (tried > 1 || !pv) {
      score = -search(-alpha - 1, -alpha, deeper, ply + 1, !expect_cut);
    }
    if (pv && (tried == 1 || (score > alpha && !halted_))) score = -search(-beta, -alpha, deeper, ply + 1, false);
    take_back();
    if (halted_) return best == -kInfinite ? 0 : best;
    any_taint = any_taint || tainted_;
    if (ply == 0 && score < -kMateBound) refuted_.push_back(move);
    if (ply == 0 && (tried == 1 || score > alpha)) {
      keep_line(0, move);
      auto line = std::find_if(root_moves_.begin(), root_moves_.end(), [&](const RootLine& l) { return l.moves[0] == move; });
      line->score = score;
      line->moves.assign(f.pv, f.pv + f.pv_length);
      std::rotate(root_moves_.begin() + static_cast<std::ptrdiff_t>(line_), line, line + 1);
    }
    if (score > best) {
      best = score;
      best_taint = tainted_;
      if (score > alpha) {
        best_move = move;
        if (pv && ply > 0) keep_line(ply, move);
        if (score >= beta) break;
        alpha = score;
      }
    }
    if (is_capture) {
      captures.add(move);
    } else {
      quiets.add(move);
    }
  }
  if (picker.given() == 0) return -kMateScore + ply;
  if (tried == 0) return alpha;
  if (best >= beta) reward(ply, best_move, quiets, captures, depth);
  // A bound from above rests on every move, a cut only on the one that made it.
  tainted_ = best >= beta ? best_taint : any_taint;
  if (!tainted_ && !singular && (ply > 0 || line_ == 0)) {
    const Bound bound = best >= beta ? Bound::kLower : best > alpha_before ? Bound::kExact : Bound::kUpper;
    table_.store(position_.key(), best_move, to_table(best, ply), f.eval, depth, bound);
  }
  return best;
}

}  // namespace qiyou
