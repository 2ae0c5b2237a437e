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

// 256ths of plies that a late move is searched less, before anything is known about it.
int late_reduction(const Tuning& tuning, int depth, int number) {
  const int grown = kLogarithms.of[std::min(depth, 63)] * kLogarithms.of[std::min(number, 63)];
  return tuning.reduction_base + grown * tuning.reduction_slope / 256;
}

}  // namespace

// The evaluation of the node's position, kept in its frame, and the best guess at its score.
int Tree::judge(Node& n) {
  Frame& f = frame(n.ply);
  if (n.watch.check) return f.eval = 0;
  if (!n.singular) {
    f.eval = n.known ? n.entry.eval : evaluation();
    reward_swing(n.ply);
  }
  n.improving = n.ply >= 2 && !frame(n.ply - 2).check && f.eval > frame(n.ply - 2).eval;
  return n.known && tells_more(n.entry.bound(), n.stored, f.eval) ? n.stored : f.eval;
}

int Tree::search(int alpha, int beta, int depth, int ply, bool expect_cut) {
  if (depth <= 0) return quiesce(alpha, beta, ply, 0);
  Frame& f = frame(ply);
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
  Node n;
  n.alpha = alpha;
  n.beta = beta;
  n.depth = depth;
  n.ply = ply;
  n.pv = beta - alpha > 1;
  n.expect_cut = expect_cut;
  n.watch = watch_general(position_);
  f.check = n.watch.check;
  if (ply > 0 && position_.halfmove() >= natural_limit_) return has_legal_move(position_) ? 0 : -kMateScore + ply;
  if (ply >= kMaxPly) return n.watch.check ? 0 : evaluation();

  n.singular = static_cast<bool>(f.excluded);
  n.known = !n.singular && table_.probe(position_.key(), n.entry);
  n.stored = from_table(n.entry.score, ply);
  const Move first = ply == 0 ? root_moves_[line_].moves[0] : n.entry.move;
  // Near the natural limit what was found with more plies left no longer holds.
  if (n.known && !n.pv && ply > 0 && n.entry.depth >= depth && position_.halfmove() < natural_limit_ - 20 &&
      settles(n.entry.bound(), n.stored, alpha, beta)) {
    return n.stored;
  }
  if (!n.singular) f.was_pv = n.pv || (n.known && n.entry.pv());
  n.eval = judge(n);
  frame(ply + 1).excluded = Move();
  if (ply + 2 <= kMaxPly) frame(ply + 2).killers[0] = frame(ply + 2).killers[1] = Move();
  if (const std::optional<int> settled = settle_early(n)) return *settled;
  // Where no move is known, a shallower search finds one for the next time.
  if (tuning_.internal_reduction != 0 && depth >= 4 && !n.entry.move && !n.singular && (n.pv || expect_cut)) n.depth = --depth;
  if (const std::optional<int> taken = try_captures(n)) return *taken;

  int best = -kInfinite;
  Move best_move;
  MoveList quiets;
  MoveList captures;
  int tried = 0;
  bool any_taint = false;
  bool best_taint = false;
  const Checks node_checks = checks_of(position_);
  Picker picker(*this, n.watch, first, ply, Only::kAll);
  while (const Move move = picker.next()) {
    if (move == f.excluded) continue;
    if (ply == 0) {
      const auto allowed = [&](const RootLine& line) { return line.moves[0] == move; };
      if (std::none_of(root_moves_.begin() + static_cast<std::ptrdiff_t>(line_), root_moves_.end(), allowed)) continue;
    }
    ++tried;
    n.alpha = alpha;
    const bool is_capture = position_.occupied(move.to());
    const bool checks = gives_check(position_, node_checks, move);
    const int plain_reduction = late_reduction(tuning_, depth, tried);
    if (ply > 0 && best > -kRepetitionScore + 2 * kMaxPly && (tuning_.keep_checks == 0 || !checks) &&
        hopeless(n, move, picker, tried, plain_reduction)) {
      continue;
    }
    if (out_of_time()) return best == -kInfinite ? 0 : best;
    table_.prefetch(position_.key_after(move));

    int extension = 0;
    // A move without equal deserves a deeper look.
    if (tuning_.singular != 0 && ply > 0 && depth >= 7 && move == first && !n.singular && n.known &&
        n.entry.depth >= depth - 3 && (n.entry.bound() == Bound::kLower || n.entry.bound() == Bound::kExact) &&
        !is_decided(n.stored)) {
      const int bar = n.stored - tuning_.singular * depth;
      f.excluded = move;
      const int rival = search(bar - 1, bar, (depth - 1) / 2, ply, expect_cut);
      f.excluded = Move();
      f.check = n.watch.check;
      if (out_of_time()) return best == -kInfinite ? 0 : best;
      if (rival < bar) {
        extension = 1;
      } else if (bar >= beta && !tainted_) {
        return bar;
      } else if (n.stored >= beta) {
        extension = -1;
      }
    }
    // Checks that lose the checking man are not worth a ply more.
    if (tuning_.check_extension != 0 && depth >= tuning_.check_extension && checks && extension == 0 && ply < 2 * 32 &&
        exchange_gains(position_, move, 0)) {
      extension = 1;
    }
    const int deeper = depth - 1 + extension;
    const bool is_late = tuning_.reductions != 0 && tried > 1 && depth >= 3 && (!is_capture || picker.rank() < 0);
    const int reduction = is_late ? reduction_of(n, move, picker, plain_reduction, checks) / 256 : 0;
    f.quiet = !is_capture;
    step(move, ply);
    if (is_late) {
      const int reduced = std::clamp(deeper - reduction, 1, std::max(deeper, 1));
      score = -search(-alpha - 1, -alpha, reduced, ply + 1, true);
      if (score > alpha && reduced < deeper && !halted_) {
        // A surprise deserves more than was spared, what is hardly better less.
        const int surprise = tuning_.surprise == 0 ? 0 : (score > best + tuning_.surprise ? 1 : 0) - (score < best + 8 ? 1 : 0);
        if (deeper + surprise > reduced) score = -search(-alpha - 1, -alpha, deeper + surprise, ply + 1, !expect_cut);
      }
    } else if (tried > 1 || !n.pv) {
      score = -search(-alpha - 1, -alpha, deeper, ply + 1, !expect_cut);
    }
    if (n.pv && (tried == 1 || (score > alpha && !halted_))) score = -search(-beta, -alpha, deeper, ply + 1, false);
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
        if (n.pv && ply > 0) keep_line(ply, move);
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
  if (best >= beta) {
    reward(ply, best_move, quiets, captures, depth);
  } else if (!best_move) {
    reward_before(ply, depth);
  }
  // A bound from above rests on every move, a cut only on the one that made it.
  tainted_ = best >= beta ? best_taint : any_taint;
  if (!tainted_ && !n.singular && (ply > 0 || line_ == 0)) {
    const Bound bound = best >= beta ? Bound::kLower : best_move ? Bound::kExact : Bound::kUpper;
    table_.store(position_.key(), best_move, to_table(best, ply), f.eval, depth, bound, f.was_pv);
  }
  return best;
}

}  // namespace qiyou
