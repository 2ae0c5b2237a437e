// The root: which moves may be played, and deeper and deeper searches of them.
#include <algorithm>

#include "search_tree.h"

namespace qiyou {

// All legal moves but those that lose at once by the repetition rules, unless there are no others.
void Tree::allow_root_moves() {
  std::vector<RootLine> losing;
  for (const Move move : legal_moves(position_)) {
    if (!limits_.only.empty() && std::find(limits_.only.begin(), limits_.only.end(), move) == limits_.only.end()) continue;
    make(move);
    int score = 0;
    const bool loses = recurrence(1, score) && score > 0;
    take_back();
    (loses ? losing : root_moves_).push_back({loses ? -kRepetitionScore : 0, 0, {move}});
  }
  if (root_moves_.empty()) root_moves_ = std::move(losing);
}

void Tree::aspirate(std::size_t line, int depth) {
  line_ = line;
  const int guess = root_moves_[line].score;
  int margin = depth < 5 || tuning_.aspiration == 0 || is_decided(guess) ? 2 * kInfinite : tuning_.aspiration;
  int alpha = std::max(guess - margin, -kInfinite);
  int beta = std::min(guess + margin, kInfinite);
  refuted_.clear();
  while (true) {
    const int score = search(alpha, beta, depth, 0, false);
    if (halted_) return;
    if (score <= alpha) {
      if (is_decided(score)) margin = 2 * kInfinite;
      beta = (alpha + beta) / 2;
      alpha = std::max(score - margin, -kInfinite);
    } else if (score >= beta) {
      beta = std::min(score + margin, kInfinite);
    } else {
      return;
    }
    margin = margin > 400 ? 2 * kInfinite : margin * 2;
  }
}

// An iteration that was broken off while its first move turned out to lose by force, before the
// others were looked at, must not play that move.
void Tree::prefer_open_move() {
  if (root_moves_[0].score >= -kMateBound) return;
  const auto open = std::find_if(root_moves_.begin(), root_moves_.end(), [&](const RootLine& line) {
    return std::find(refuted_.begin(), refuted_.end(), line.moves[0]) == refuted_.end();
  });
  if (open != root_moves_.end()) std::rotate(root_moves_.begin(), open, open + 1);
}

SearchResult Tree::run(const Report& report) {
  SearchResult result;
  allow_root_moves();
  if (root_moves_.empty()) return result;
  const std::size_t lines = std::min(root_moves_.size(), static_cast<std::size_t>(std::max(1, limits_.lines)));
  // Whatever the limits, there is a move to play.
  result.lines.assign(root_moves_.begin(), root_moves_.begin() + static_cast<std::ptrdiff_t>(lines));
  const int deepest = limits_.depth > 0 ? std::min(limits_.depth, kMaxPly - 20) : kMaxPly - 20;
  // Threads that go different ways help each other most: every other one begins a ply deeper.
  for (int depth = 1 + (number_ & 1); depth <= deepest && !halted_; ++depth) {
    for (std::size_t line = 0; line < lines && !halted_; ++line) {
      aspirate(line, depth);
      if (halted_ && line > 0) break;
      root_moves_[line].depth = depth;
      if (report && !halted_) {
        report(root_moves_[line], static_cast<int>(line) + 1, all_nodes(), elapsed_ms(), table_.permille_used());
      }
    }
    const auto end = root_moves_.begin() + static_cast<std::ptrdiff_t>(lines);
    std::stable_sort(root_moves_.begin(), end, [](const RootLine& a, const RootLine& b) { return a.score > b.score; });
    if (!halted_) result.depth = depth;
    if (halted_ && lines == 1) prefer_open_move();
    if (take_proven_mate() && report) {
      report(root_moves_[0], 1, all_nodes(), elapsed_ms(), table_.permille_used());
    }
    // A broken iteration still counts: the best line is either confirmed or replaced by a better.
    result.lines.assign(root_moves_.begin(), end);
    if (limits_.soft_ms != 0 && elapsed_ms() >= limits_.soft_ms) break;
    if (stop_.load(std::memory_order_relaxed)) break;
    const int score = root_moves_[0].score;
    if (is_mate(score) && kMateScore - std::abs(score) <= depth && lines == 1) break;
  }
  tell_nodes();
  result.nodes = all_nodes();
  return result;
}

}  // namespace qiyou
