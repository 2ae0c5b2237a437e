#include "search.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "search_tree.h"

namespace qiyou {

// What one thread has for itself.
struct Searcher::Worker {
  History history{};
  std::unique_ptr<Accumulators> accumulators;  // null without a net
};

Searcher::Searcher(std::size_t hash_megabytes) : table_(hash_megabytes) { set_threads(1); }
Searcher::~Searcher() = default;

void Searcher::resize_hash(std::size_t megabytes) { table_.resize(megabytes); }

void Searcher::new_game() {
  table_.clear();
  for (const auto& worker : workers_) worker->history.clear();
}

void Searcher::set_threads(int threads) {
  workers_.resize(static_cast<std::size_t>(std::clamp(threads, 1, kMostThreads)));
  for (auto& worker : workers_) {
    if (!worker) worker = std::make_unique<Worker>();
    if (net_ && !worker->accumulators) worker->accumulators = std::make_unique<Accumulators>(*net_);
  }
}

void Searcher::set_net(std::shared_ptr<const Net> net) {
  for (const auto& worker : workers_) worker->accumulators = net ? std::make_unique<Accumulators>(*net) : nullptr;
  net_ = std::move(net);
  new_game();
}

// Lazy SMP: the others search the same position and help only by what they leave in the table. The
// first thread alone decides; with no others, nothing of this touches it.
SearchResult Searcher::think(const Game& game, const Limits& limits, const std::atomic<bool>& stop, const Report& report) {
  table_.new_search();
  Worker& first = *workers_[0];
  if (workers_.size() == 1) {
    return Tree(table_, first.history, first.accumulators.get(), tuning_, game, limits, stop, nullptr, 0).run(report);
  }
  Limits open = limits;
  open.depth = 0;
  open.movetime_ms = open.soft_ms = 0;
  std::atomic<bool> enough{false};
  std::atomic<std::uint64_t> together{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    threads.emplace_back([&, i] {
      Worker& worker = *workers_[i];
      Tree(table_, worker.history, worker.accumulators.get(), tuning_, game, open, enough, &together, static_cast<int>(i)).run({});
    });
  }
  SearchResult result =
      Tree(table_, first.history, first.accumulators.get(), tuning_, game, limits, stop, &together, 0).run(report);
  enough = true;
  for (std::thread& thread : threads) thread.join();
  result.nodes = together;
  return result;
}

}  // namespace qiyou
