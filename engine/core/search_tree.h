// One search: the tree that is walked from a root position. Its functions are spread over
// search_tree.cpp (moving about), ordering.cpp, quiescence.cpp, alpha_beta.cpp and root.cpp.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "history.h"
#include "mate_search.h"
#include "movegen.h"
#include "nnue.h"
#include "score.h"
#include "search.h"
#include "tt.h"

namespace qiyou {

struct Frame {
  Move pv[kMaxPly + 2];
  int pv_length = 0;
  Move killers[2];
  Move excluded;
  int eval = 0;
  bool check = false;
  bool was_pv = false;  // the position stands in a principal variation, or has stood in one
  bool null = false;
  bool quiet = false;  // the move made here takes nothing
  int piece = 0;       // of the move made here
  Square to = 0;
};

// What a node knows before its moves are looked at.
struct Node {
  int alpha = 0;
  int beta = 0;
  int depth = 0;
  int ply = 0;
  bool pv = false;
  bool expect_cut = false;
  bool singular = false;  // one move is left out to see what the others are worth
  Watch watch;
  Entry entry;
  bool known = false;  // whether `entry` is of this position
  int stored = 0;      // its score, as seen from the root
  int eval = 0;        // the best guess without a move
  bool improving = false;
};

class Tree;

// The moves of one node, best first. The move known from before comes before any are generated:
// often no other is needed.
class Picker {
 public:
  Picker(const Tree& tree, const Watch& watch, Move first, int ply, Only only)
      : tree_(tree), watch_(watch), first_(first), ply_(ply), only_(only) {}
  // The next move; none when all were given.
  Move next();
  // Of the last move given: beyond all others for the move known from before, below nought for
  // captures that lose material, by what has been learnt for quiet moves.
  int rank() const { return rank_; }
  std::size_t given() const { return given_; }
  // Whether a rank is that of the move known from before, a winning capture, a killer or an answer.
  static bool is_special(int rank) { return rank >= kSpecialRank; }

 private:
  static constexpr int kSpecialRank = 800'000;
  static constexpr int kPlaces = 128;  // above any possible count of moves
  static std::int32_t ranked(int rank, std::size_t place) { return rank * kPlaces + (kPlaces - 1 - static_cast<int>(place)); }

  bool first_fits() const;
  void generate();

  const Tree& tree_;
  const Watch& watch_;
  Move first_;
  int ply_;
  Only only_;
  bool generated_ = false;
  bool first_given_ = false;
  int rank_ = 0;
  std::size_t given_ = 0;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  // Left as they are found: a node can have many and uses few. Ranks stand apart, each with its place in
  // the last bits, so that the first of the highest is found by one pass over several at a time.
  std::int32_t ranks_[kMaxMoves];
  std::uint16_t moves_[kMaxMoves];
};

class Tree {
 public:
  Tree(Table& table, History& history, Accumulators* accumulators, const Tuning& tuning, const Game& game,
       const Limits& limits, const std::atomic<bool>& stop, std::atomic<std::uint64_t>* together, int number)
      : table_(table), history_(history), accumulators_(accumulators), tuning_(tuning), position_(game.position()),
        rules_(game.rules()), limits_(limits), stop_(stop), together_(together), number_(number), path_(game.past()),
        root_(static_cast<int>(game.past().size())),
        natural_limit_(position_.halfmove() < kNaturalLimit ? kNaturalLimit : kPassed), start_(std::chrono::steady_clock::now()),
        frames_(kMaxPly + 4) {
    path_.reserve(path_.size() + kMaxPly + 4);
    if (accumulators_ != nullptr) accumulators_->start(position_);
    // A player who overlooks moves or weighs several does not see mates that the search does not see.
    if (number == 0 && tuning.mate_share != 0 && limits.lines <= 1 && limits.only.empty() && !limits.oversight.any()) {
      mates_ = std::make_unique<MateSearch>(position_, path_);
    }
  }

  SearchResult run(const Report& report);

 private:
  friend class Picker;
  using Clock = std::chrono::steady_clock;
  static constexpr int kPassed = 1'000'000;

  int search(int alpha, int beta, int depth, int ply, bool expect_cut);
  // A score that settles the node before all its moves are looked at.
  std::optional<int> settle_early(const Node& node);
  std::optional<int> pass(const Node& node);
  std::optional<int> try_captures(const Node& node);
  int judge(Node& node);
  bool hopeless(const Node& node, Move move, const Picker& picker, int tried, int plain_reduction);
  int reduction_of(const Node& node, Move move, const Picker& picker, int plain_reduction, bool checks) const;
  int quiesce(int alpha, int beta, int ply, int deep);
  void allow_root_moves();
  void aspirate(std::size_t line, int depth);
  void prefer_open_move();
  bool recurrence(int ply, int& score);
  int evaluation();
  const ToHistory* followers(int ply, int back) const;
  int lesson(int depth) const;
  void reward_swing(int ply);
  void reward_before(int ply, int depth);
  void reward(int ply, Move best, const MoveList& quiets, const MoveList& captures, int depth);
  void reward_follow(int ply, int piece, Square to, int bonus);
  void make(Move move);
  void forget_unseen(MoveList& list, bool keep_one) const;
  void step(Move move, int ply);
  void take_back();
  void keep_line(int ply, Move move);
  bool out_of_time();
  void look_for_mate();
  bool take_proven_mate();
  std::uint64_t own_nodes() const { return mates_ ? nodes_ + mates_->nodes() : nodes_; }
  std::uint64_t all_nodes() const;
  void tell_nodes();
  std::int64_t elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_).count();
  }
  Frame& frame(int ply) { return frames_[static_cast<std::size_t>(ply + 2)]; }
  const Frame& frame(int ply) const { return frames_[static_cast<std::size_t>(ply + 2)]; }

  Table& table_;
  History& history_;
  Accumulators* accumulators_;  // null when positions are judged by hand-written rules
  const Tuning& tuning_;
  Position position_;
  Rules rules_;
  const Limits& limits_;
  const std::atomic<bool>& stop_;
  std::atomic<std::uint64_t>* together_;  // made moves that all threads told of; null when there is one
  int number_;                          // of this thread; 0 is the first
  std::vector<Undo> path_;
  int root_;
  // A game that goes on beyond the limit, because both sides checked too often to claim it, has none until a capture.
  int natural_limit_;
  Clock::time_point start_;
  std::vector<Frame> frames_;  // two empty ones before the root
  std::vector<RootLine> root_moves_;
  std::vector<Move> refuted_;  // root moves that this iteration has found to lose by force
  std::size_t line_ = 0;  // root moves before this one belong to better lines
  std::uint64_t nodes_ = 0;
  std::uint64_t told_ = 0;  // of the own nodes, to the other threads
  std::unique_ptr<MateSearch> mates_;  // null where no mate is looked for
  bool halted_ = false;
  bool may_pass_ = true;  // not below a pass that is being verified
  // Set by a decision of the repetition rules below the last searched move: such a score belongs
  // to the path, not to the position, and stays out of the table.
  bool tainted_ = false;
};

}  // namespace qiyou
