// Choosing a move: iterative deepening over a principal variation search.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "judge.h"
#include "nnue.h"
#include "oversight.h"
#include "score.h"
#include "tt.h"
#include "tuning.h"

namespace qiyou {

constexpr int kMostThreads = 16;

// Unlimited where zero.
struct Limits {
  std::uint64_t nodes = 0;
  int depth = 0;
  std::int64_t movetime_ms = 0;  // hard bound
  std::int64_t soft_ms = 0;      // no new iteration after this
  int lines = 1;                 // how many best root moves to report
  Oversight oversight;           // moves below the root that are not seen
  std::vector<Move> only;        // restrict the root to these; empty means all
};

struct RootLine {
  int score = 0;
  int depth = 0;
  std::vector<Move> moves;
};

struct SearchResult {
  std::vector<RootLine> lines;  // best first; empty when there is no legal move
  int depth = 0;
  std::uint64_t nodes = 0;
};

// Called after each finished iteration and line, with the line's number from 1.
using Report = std::function<void(const RootLine&, int line, std::uint64_t nodes, std::int64_t ms, int permille)>;

class Searcher {
 public:
  explicit Searcher(std::size_t hash_megabytes);
  ~Searcher();
  void resize_hash(std::size_t megabytes);
  void new_game();
  // Judges positions with `net`, or by the hand-written evaluation when it is null. Forgets what
  // was learnt, because scores of different judges do not mix.
  void set_net(std::shared_ptr<const Net> net);
  // 1 to kMostThreads. With one, searches with a node or depth limit are repeatable.
  void set_threads(int threads);
  void set_tuning(const Tuning& tuning) { tuning_ = tuning; }
  // One search at a time. `stop` may be set from any thread.
  SearchResult think(const Game& game, const Limits& limits, const std::atomic<bool>& stop,
                     const Report& report = nullptr);

 private:
  struct Worker;

  Table table_;
  std::shared_ptr<const Net> net_;
  std::vector<std::unique_ptr<Worker>> workers_;  // one a thread
  Tuning tuning_;
};

}  // namespace qiyou
