#include "mate_search.h"

#include <algorithm>

#include "judge.h"

namespace qiyou {
namespace {

constexpr int kDeepest = 30;                 // moves of the attacker
constexpr std::uint32_t kQuiet = 8;          // a quiet attempt counts like a check with so many ways out
constexpr std::uint32_t kThreat = 16;        // what a threat costs more than the mate it threatens
constexpr std::uint64_t kTurn = 500;         // nodes
constexpr std::uint64_t kAgain = 20000;      // nodes to find a lost part of a line again
constexpr std::size_t kFirstSize = 1U << 12;  // entries; a power of two
constexpr std::size_t kLastSize = 1U << 20;   // so that hours of thinking take no more than 32 MB

std::uint32_t sum(std::uint32_t a, std::uint32_t b, std::uint32_t most) { return std::min(a + b, most); }

}  // namespace

MateSearch::MateSearch(const Position& position, std::span<const Undo> past)
    : position_(position), path_(past.begin(), past.end()) {
  path_.reserve(path_.size() + kDeepest + 2);
}

bool MateSearch::spent() const { return nodes_ >= until_ || ((nodes_ & 255U) == 0 && stop_->load(std::memory_order_relaxed)); }

bool MateSearch::work(std::uint64_t nodes, const std::atomic<bool>& stop) {
  if (proven_) return true;
  if (table_.empty()) table_.resize(kFirstSize);
  stop_ = &stop;
  const std::uint64_t enough = nodes_ + nodes;
  while (nodes_ < enough && !stop.load(std::memory_order_relaxed)) {
    // Checks alone and all attempts take turns; whoever had less is next.
    const bool checks = checks_.most <= kDeepest && (checks_.nodes <= all_.nodes || all_.most > kDeepest);
    if (!checks && all_.most > kDeepest) return false;
    stage_ = checks ? &checks_ : &all_;
    quiet_ = !checks;
    const std::uint64_t before = nodes_;
    until_ = std::min(enough, nodes_ + kTurn);
    const Numbers found = attack({kNever, kNever, 0}, stage_->most);
    stage_->nodes += nodes_ - before + 1;
    if (found.proof == 0) return proven_ = true;
    if (found.disproof == 0) stage_->most += checks ? 1 + stage_->most / 4 : 1;
  }
  return false;
}

void MateSearch::keep(Key at, const Numbers& numbers, Move best) {
  if (nodes_ > table_.size() && table_.size() < kLastSize) {
    std::vector<Entry> old(table_.size() * 4);
    old.swap(table_);
    for (const Entry& entry : old) {
      if (entry.key != 0) slot(entry.key) = entry;
    }
  }
  Entry& entry = slot(at);
  // What is proven stays: lines are read from it.
  if (entry.key != at && entry.key != 0 && entry.numbers.proof == 0 && numbers.proof != 0) return;
  entry = {at, numbers, best};
}

// Whether the position stood before on the way here or in the game; beyond a capture nothing can.
bool MateSearch::stood_before() const {
  for (std::size_t i = path_.size(); i-- > 0;) {
    if (path_[i].captured != kNobody) return false;
    if (path_[i].key == position_.key()) return true;
  }
  return false;
}

void MateSearch::step(const Child& child) {
  ++nodes_;
  if (child.move) {
    path_.push_back(position_.make(child.move));
  } else {
    path_.push_back({position_.key(), Move(), kNobody, position_.halfmove()});
    position_.make_null();
  }
}

void MateSearch::take_back(const Child& child) {
  if (child.move) {
    position_.unmake(path_.back());
  } else {
    position_.make_null();
  }
  path_.pop_back();
}

void MateSearch::attempts(std::vector<Child>& children, int left) {
  const Checks checks = checks_of(position_);
  for (const Move move : legal_moves(position_)) {
    Child child{move, {}, gives_check(position_, checks, move)};
    if (!child.check && (!quiet_ || left <= 1)) continue;
    if (const Entry* entry = known(key(position_.key_after(move), left - 1))) {
      child.numbers = entry->numbers;
    } else if (child.check) {
      const Undo undo = position_.make(move);
      const auto ways = static_cast<std::uint32_t>(count_legal_moves(position_));
      position_.unmake(undo);
      child.numbers = ways == 0 ? Numbers{0, kNever, 0} : left == 1 ? Numbers{kNever, 0, 0} : Numbers{ways, 1, 0};
    } else {
      child.numbers = {kQuiet, 1, 0};
    }
    children.push_back(child);
  }
}

void MateSearch::replies(std::vector<Child>& children, bool checked, int left) {
  const MoveList moves = legal_moves(position_);
  if (moves.empty()) return;
  const auto add = [&](Move move) {
    Child child{move, {}, false};
    const Key after = move ? position_.key_after(move) : position_.key_after_null();
    if (const Entry* entry = known(key(after, left))) child.numbers = entry->numbers;
    children.push_back(child);
  };
  if (!checked) add(Move());
  for (const Move move : moves) add(move);
}

MateSearch::Numbers MateSearch::attack(Numbers limit, int left) {
  std::vector<Child> children;
  attempts(children, left);
  while (true) {
    Numbers now{kNever, 0, 0};
    std::uint32_t second = kNever;
    std::uint32_t open = 0;
    Child* best = nullptr;
    for (Child& child : children) {
      const Numbers& n = child.numbers;
      if (n.disproof == 0) continue;
      ++open;
      now.disproof = std::max(now.disproof, n.disproof);
      if (best == nullptr || n.proof < now.proof || (n.proof == now.proof && n.disproof > best->numbers.disproof)) {
        second = now.proof;
        now.proof = n.proof;
        best = &child;
      } else {
        second = std::min(second, n.proof);
      }
    }
    if (now.proof == 0) {
      now.plies = kNever;
      for (Child& child : children) {
        if (child.numbers.proof == 0 && child.numbers.plies + 1 < now.plies) {
          now.plies = child.numbers.plies + 1;
          best = &child;
        }
      }
      now.disproof = kNever;
    }
    if (open == 0) {
      now.proof = kNever;
    } else if (now.proof != 0) {
      now.disproof = sum(now.disproof, open - 1, kNever);
    }
    if (now.proof == 0 || now.disproof == 0 || now.proof >= limit.proof || now.disproof >= limit.disproof || spent()) {
      keep(key(position_.key(), left), now, best == nullptr ? Move() : best->move);
      return now;
    }
    const Numbers room{std::min(limit.proof, sum(second, second / 4 + 1, kNever)),
                       sum(limit.disproof - now.disproof, best->numbers.disproof, kNever), 0};
    step(*best);
    if (left <= 0 || stood_before() || position_.halfmove() >= kNaturalLimit || insufficient_material(position_)) {
      best->numbers = {kNever, 0, 0};
    } else {
      best->numbers = defend(room, left - 1, best->check);
    }
    take_back(*best);
  }
}

MateSearch::Numbers MateSearch::defend(Numbers limit, int left, bool checked) {
  std::vector<Child> children;
  replies(children, checked, left);
  while (true) {
    Numbers now{0, kNever, 0};
    std::uint32_t second = kNever;
    Child* best = nullptr;
    std::uint32_t open = 0;
    for (Child& child : children) {
      const Numbers& n = child.numbers;
      if (n.proof == 0) {
        threatened_ = threatened_ || (!child.move && left == stage_->most - 1);
        if (child.move) now.plies = std::max(now.plies, n.plies + 1);
        continue;
      }
      ++open;
      now.proof = std::max(now.proof, n.proof);
      if (best == nullptr || n.disproof < now.disproof || (n.disproof == now.disproof && n.proof > best->numbers.proof)) {
        second = now.disproof;
        now.disproof = n.disproof;
        best = &child;
      } else {
        second = std::min(second, n.disproof);
      }
      if (!child.move) break;  // nothing is threatened yet: other replies can wait
    }
    const bool pass = best != nullptr && !best->move;
    if (now.disproof == 0) {
      now.proof = kNever;
    } else if (open > 0) {
      now.proof = sum(now.proof, pass ? kThreat : open - 1, kNever);
    }
    if (open == 0 || now.disproof == 0 || now.proof >= limit.proof || now.disproof >= limit.disproof || spent()) {
      keep(key(position_.key(), left), now, best == nullptr ? Move() : best->move);
      return now;
    }
    const std::uint32_t others = now.proof - best->numbers.proof;
    const Numbers room{limit.proof - std::min(others, limit.proof - 1),
                       std::min(limit.disproof, sum(second, second / 4 + 1, kNever)), 0};
    step(*best);
    if (left <= 0 || stood_before() || position_.halfmove() >= kNaturalLimit || insufficient_material(position_)) {
      best->numbers = {kNever, 0, 0};
    } else {
      best->numbers = attack(room, left);
    }
    take_back(*best);
  }
}

// The winner's move, or the loser's that holds out longest. Entries that gave way to others are found
// again: each is a small proof.
Move MateSearch::next_of_line(int left, bool winner) {
  until_ = nodes_ + kAgain;
  if (winner) {
    if (attack({kNever, kNever, 0}, left).proof != 0) return {};
    return known(key(position_.key(), left))->best;
  }
  std::vector<Child> children;
  replies(children, true, left);
  Move best;
  int longest = -1;
  for (Child& child : children) {
    if (child.numbers.proof != 0) {
      step(child);
      child.numbers = attack({kNever, kNever, 0}, left);
      take_back(child);
    }
    if (child.numbers.proof == 0 && child.numbers.plies > longest) {
      longest = child.numbers.plies;
      best = child.move;
    }
  }
  return best;
}

std::vector<Move> MateSearch::line() {
  std::vector<Move> found;
  if (!proven_) return found;
  const std::size_t root = path_.size();
  int left = stage_->most;
  while (has_legal_move(position_)) {
    const bool winner = found.size() % 2 == 0;
    const Move next = next_of_line(left, winner);
    if (!next) break;
    found.push_back(next);
    step({next, {}, false});
    if (winner) --left;
  }
  while (path_.size() > root) take_back({path_.back().move, {}, false});
  return found;
}

}  // namespace qiyou
