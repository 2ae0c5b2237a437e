#include "search_tree.h"

#include <algorithm>
#include <span>

#include "evaluate.h"
#include "exchange.h"
#include "judge.h"

namespace qiyou {
namespace {

constexpr std::uint64_t kNodesBetweenLooks = 1024;  // at the clock and at other threads
constexpr int kUnpromising = 4;                     // a mate that nothing speaks for gets so many times less
constexpr std::uint64_t kMateSlice = 256;           // a proof is not taken up for less

}  // namespace

void Tree::make(Move move) {
  path_.push_back(position_.make(move));
  if (accumulators_ != nullptr) accumulators_->push(position_, path_.back());
}

// Drops the moves that the player does not see, down to one where there has to be a move.
void Tree::forget_unseen(MoveList& list, bool keep_one) const {
  if (!limits_.oversight.any() || list.empty()) return;
  MoveList seen;
  for (const Move move : list) {
    if (!overlooked(position_, move, limits_.oversight)) seen.add(move);
  }
  if (seen.empty() && keep_one) seen.add(list[0]);
  list = seen;
}

void Tree::step(Move move, int ply) {
  Frame& f = frame(ply);
  f.piece = piece_index(position_.man_at(move.from()));
  f.to = move.to();
  f.null = false;
  ++nodes_;
  table_.prefetch(position_.key_after(move));
  make(move);
}

void Tree::take_back() {
  if (accumulators_ != nullptr) accumulators_->pop();
  position_.unmake(path_.back());
  path_.pop_back();
}

std::uint64_t Tree::all_nodes() const {
  const std::uint64_t untold = own_nodes() - told_;
  return together_ != nullptr ? untold + together_->load(std::memory_order_relaxed) : untold;
}

// Gives the proof of a mate its share of the nodes; once it stands, nothing is left to search for.
void Tree::look_for_mate() {
  const int rarely = mates_->promising() ? 1 : kUnpromising;
  const std::uint64_t due = nodes_ / static_cast<std::uint64_t>(tuning_.mate_share * rarely);
  if (due < mates_->nodes() + kMateSlice) return;
  if (mates_->work(std::min(due - mates_->nodes(), kNodesBetweenLooks), stop_)) halted_ = true;
}

// A proven mate is played, unless the search has found a shorter one.
bool Tree::take_proven_mate() {
  if (!mates_ || !mates_->proven()) return false;
  std::vector<Move> line = mates_->line();
  const int score = kMateScore - static_cast<int>(line.size());
  if (line.empty() || score <= root_moves_[0].score) return false;
  const auto found = std::find_if(root_moves_.begin(), root_moves_.end(), [&](const RootLine& l) { return l.moves[0] == line[0]; });
  if (found == root_moves_.end()) return false;
  found->score = score;
  found->depth = std::max(1, root_moves_[0].depth);
  found->moves = std::move(line);
  std::rotate(root_moves_.begin(), found, found + 1);
  return true;
}

void Tree::tell_nodes() {
  if (together_ == nullptr) return;
  const std::uint64_t own = own_nodes();
  together_->fetch_add(own - told_, std::memory_order_relaxed);
  told_ = own;
}

bool Tree::out_of_time() {
  if (halted_) return true;
  if (limits_.nodes != 0 && own_nodes() >= limits_.nodes) {
    halted_ = true;
  } else if ((nodes_ & (kNodesBetweenLooks - 1)) == 0) {
    tell_nodes();
    halted_ = stop_.load(std::memory_order_relaxed) ||
              (limits_.movetime_ms != 0 && elapsed_ms() >= limits_.movetime_ms) ||
              (limits_.nodes != 0 && all_nodes() >= limits_.nodes);
    if (!halted_ && mates_) look_for_mate();
  }
  return halted_;
}

int Tree::evaluation() {
  const int value = accumulators_ != nullptr ? accumulators_->evaluate(position_) : evaluate(position_);
  return std::clamp(value, -20000, 20000);
}

// The verdict when the present position stood before: at once when both standings lie inside the
// tree, at the third standing when the earlier ones were played in the game.
bool Tree::recurrence(int ply, int& score) {
  const int now = static_cast<int>(path_.size());
  const int oldest = std::max(0, now - position_.halfmove());
  int played = 0;
  for (int i = now - 2; i >= oldest; i -= 2) {
    const Undo& past = path_[static_cast<std::size_t>(i)];
    // Before a null move nothing is comparable.
    if (!path_[static_cast<std::size_t>(i + 1)].move || !past.move) return false;
    if (past.key != position_.key()) continue;
    if (i < root_ && ++played < 2) continue;
    const Cycle cycle = judge_cycle(position_, std::span(path_).subspan(static_cast<std::size_t>(i)), rules_);
    const Side side = position_.side();
    if (cycle.offends[side] == cycle.offends[other(side)]) {
      score = 0;
    } else {
      score = cycle.offends[side] ? -kRepetitionScore + ply : kRepetitionScore - ply;
      tainted_ = true;
    }
    return true;
  }
  return false;
}

void Tree::keep_line(int ply, Move move) {
  Frame& f = frame(ply);
  const Frame& next = frame(ply + 1);
  f.pv[0] = move;
  std::copy(next.pv, next.pv + next.pv_length, f.pv + 1);
  f.pv_length = next.pv_length + 1;
}

}  // namespace qiyou
