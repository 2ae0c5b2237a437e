#include "tt.h"

#include <algorithm>

namespace qiyou {

void Table::resize(std::size_t megabytes) {
  buckets_.assign(std::max<std::size_t>(1, megabytes * 1024 * 1024 / sizeof(Bucket)), Bucket{});
  buckets_.shrink_to_fit();
  age_ = 0;
}

void Table::clear() {
  std::fill(buckets_.begin(), buckets_.end(), Bucket{});
  age_ = 0;
}

const Entry* Table::probe(Key key) const {
  for (const Entry& entry : buckets_[index(key)].entries) {
    if (entry.key == key && entry.bound() != Bound::kNone) return &entry;
  }
  return nullptr;
}

void Table::store(Key key, Move move, int score, int eval, int depth, Bound bound) {
  auto& entries = buckets_[index(key)].entries;
  Entry* place = &entries[0];
  const auto keep = [&](const Entry& e) {
    if (e.bound() == Bound::kNone) return -1000;
    // Entries of earlier searches lose eight plies of depth for each search since.
    const int searches_ago = static_cast<std::uint8_t>(age_ - (e.age_and_bound & 0xFCU)) / 4;
    return e.depth - 8 * searches_ago;
  };
  for (Entry& entry : entries) {
    if (entry.key == key) {
      place = &entry;
      break;
    }
    if (keep(entry) < keep(*place)) place = &entry;
  }
  if (place->key == key && place->bound() != Bound::kNone) {
    if (!move) move = place->move;
    // A shallower bound does not replace a much deeper one of the same search.
    const bool same_search = (place->age_and_bound & 0xFCU) == age_;
    if (bound != Bound::kExact && same_search && depth + 4 < place->depth) {
      place->move = move;
      return;
    }
  }
  *place = {key,
            move,
            static_cast<std::int16_t>(score),
            static_cast<std::int16_t>(eval),
            static_cast<std::int8_t>(depth),
            static_cast<std::uint8_t>(age_ | static_cast<std::uint8_t>(bound))};
}

int Table::permille_used() const {
  const std::size_t sample = std::min<std::size_t>(250, buckets_.size());
  int used = 0;
  for (std::size_t i = 0; i < sample; ++i) {
    for (const Entry& e : buckets_[i].entries) {
      used += e.bound() != Bound::kNone && (e.age_and_bound & 0xFCU) == age_ ? 1 : 0;
    }
  }
  return used * 1000 / static_cast<int>(sample * 4);
}

}  // namespace qiyou
