#include "search.h"

#include <utility>

#include "search_tree.h"

namespace qiyou {

Searcher::Searcher(std::size_t hash_megabytes) : table_(hash_megabytes), history_(std::make_unique<History>()) {
  history_->clear();
}
Searcher::~Searcher() = default;

void Searcher::resize_hash(std::size_t megabytes) { table_.resize(megabytes); }

void Searcher::new_game() {
  table_.clear();
  history_->clear();
}

void Searcher::set_net(std::shared_ptr<const Net> net) {
  net_ = std::move(net);
  accumulators_ = net_ ? std::make_unique<Accumulators>(*net_) : nullptr;
  new_game();
}

SearchResult Searcher::think(const Game& game, const Limits& limits, const std::atomic<bool>& stop, const Report& report) {
  table_.new_search();
  Tree tree(table_, *history_, accumulators_.get(), tuning_, game, limits, stop);
  return tree.run(report);
}

}  // namespace qiyou
