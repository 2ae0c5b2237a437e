// The order in which moves are tried, and what is learnt from the ones that cut.
#include <algorithm>

#include "danger.h"
#include "evaluate.h"
#include "exchange.h"
#include "oversight.h"
#include "search_tree.h"

namespace qiyou {
namespace {

constexpr int kFirstRank = 10'000'000;   // the move that was best before
constexpr int kCaptureRank = 1'000'000;  // captures; as far below nought when they lose material

}  // namespace

// What has been learnt about answers to the move `back` plies ago; null when there is none.
const ToHistory* Tree::followers(int ply, int back) const {
  if (tuning_.continuation == 0 || ply < back) return nullptr;
  const Frame& before = frame(ply - back);
  return before.null ? nullptr : &history_.follow[before.piece][before.to];
}

bool Picker::first_fits() const {
  const Position& position = tree_.position_;
  return first_ && (only_ == Only::kAll || position.occupied(first_.to())) && pseudo_legal(position, first_) && safe_after(position, watch_, first_) &&
         (ply_ == 0 || !overlooked(position, first_, tree_.limits_.oversight));
}

void Picker::generate() {
  const Position& position = tree_.position_;
  const History& history = tree_.history_;
  const Tuning& tuning = tree_.tuning_;
  MoveList list = legal_moves(position, watch_, only_);
  if (ply_ > 0) tree_.forget_unseen(list, only_ == Only::kAll);
  const Frame& f = tree_.frame(ply_);
  const Frame& before = tree_.frame(ply_ - 1);
  const Move answer = ply_ >= 1 && !before.null ? history.answer[before.piece][before.to] : Move();
  const ToHistory* const one_back = tree_.followers(ply_, 1);
  const ToHistory* const two_back = tree_.followers(ply_, 2);
  const Danger danger = tuning.danger != 0 && only_ == Only::kAll ? danger_of(position) : Danger{};
  for (const Move move : list) {
    if (move == first_ && first_given_) continue;
    const Man victim = position.man_at(move.to());
    const int piece = piece_index(position.man_at(move.from()));
    int rank = 0;
    if (move == first_) {
      rank = kFirstRank;
    } else if (victim != kNobody) {
      const int learnt = tuning.capture_history != 0 ? history.capture[piece][move.to()][kind_of(victim)] : 0;
      rank = kCaptureRank + 16 * kWorth[kind_of(victim)] + learnt;
    } else if (tuning.killers != 0 && move == f.killers[0]) {
      rank = 900'000;
    } else if (tuning.killers != 0 && move == f.killers[1]) {
      rank = 890'000;
    } else if (tuning.counter_moves != 0 && move == answer) {
      rank = 880'000;
    } else {
      rank = 2 * history.quiet[piece][move.to()];
      if (one_back != nullptr) rank += 2 * (*one_back)[piece][move.to()];
      if (two_back != nullptr) rank += (*two_back)[piece][move.to()];
      const Kind kind = kind_of(position.man_at(move.from()));
      const int safer = (danger.threatens(kind, move.from()) ? 1 : 0) - (danger.threatens(kind, move.to()) ? 1 : 0);
      rank += safer * (kind == kChariot ? 2 : 1) * tuning.danger;
    }
    ranks_[size_] = ranked(rank, size_);
    moves_[size_++] = move.bits;
  }
}

Move Picker::next() {
  if (!generated_) {
    if (!first_given_ && first_fits()) {
      first_given_ = true;
      ++given_;
      rank_ = kFirstRank;
      return first_;
    }
    generate();
    generated_ = true;
  }
  while (at_ < size_) {
    std::int32_t highest = ranks_[at_];
    for (std::size_t i = at_ + 1; i < size_; ++i) highest = std::max(highest, ranks_[i]);
    const auto best = static_cast<std::size_t>(kPlaces - 1 - (highest & (kPlaces - 1)));
    const int rank = highest >> 7;
    const Move move = Move::of_bits(moves_[best]);
    // Whether a capture loses material is asked when its turn comes: most never have one.
    const bool asked = !tree_.position_.occupied(move.to()) || rank == kFirstRank || rank < 0;
    if (!asked && !exchange_gains(tree_.position_, move, 0)) {
      ranks_[best] -= 2 * kCaptureRank * kPlaces;
      continue;
    }
    ranks_[best] = ranked(ranks_[at_] >> 7, best);
    moves_[best] = moves_[at_];
    rank_ = rank;
    ++given_;
    ++at_;
    return move;
  }
  return Move();
}

void Tree::reward_follow(int ply, int piece, Square to, int bonus) {
  for (const int back : {1, 2}) {
    if (ply < back || frame(ply - back).null) continue;
    nudge(history_.follow[frame(ply - back).piece][frame(ply - back).to][piece][to], bonus);
  }
}

// What a cut so deep teaches.
int Tree::lesson(int depth) const {
  return std::min(1600, tuning_.learning_square * depth * depth + tuning_.learning_line * depth);
}

// The enemy's quiet move before was good when it made the position better for him, as both evaluations say.
void Tree::reward_swing(int ply) {
  const Frame& before = frame(ply - 1);
  if (tuning_.learning_swing == 0 || ply == 0 || before.null || before.check || !before.quiet) return;
  const int gain = -(frame(ply).eval + before.eval);
  nudge(history_.quiet[before.piece][before.to], std::clamp(gain * tuning_.learning_swing / 16, -600, 600));
}

// Nothing was found against the enemy's quiet move before.
void Tree::reward_before(int ply, int depth) {
  const Frame& before = frame(ply - 1);
  if (ply == 0 || before.null || !before.quiet) return;
  const int bonus = lesson(depth) * tuning_.learning_before / 256;
  nudge(history_.quiet[before.piece][before.to], bonus);
  reward_follow(ply - 1, before.piece, before.to, bonus);
}

void Tree::reward(int ply, Move best, const MoveList& quiets, const MoveList& captures, int depth) {
  const int bonus = lesson(depth);
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
