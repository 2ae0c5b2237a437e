#include "tt.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace qiyou {
namespace {

static_assert(sizeof(Entry) == sizeof(std::uint64_t));

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::size_t kLargePage = 2UL * 1024 * 1024;

}  // namespace

// Large pages where the system has them: the table is read at random, and each read of a small page
// would miss the page cache, too.
Table::Bucket* Table::allocate(std::size_t count) {
  const std::size_t bytes = count * sizeof(Bucket);
  const std::size_t page = bytes < kLargePage ? alignof(Bucket) : kLargePage;
  void* memory = std::aligned_alloc(page, (bytes + page - 1) / page * page);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  if (page == kLargePage) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  auto* buckets = static_cast<Bucket*>(memory);
  std::uninitialized_value_construct_n(buckets, count);
  return buckets;
}

void Table::resize(std::size_t megabytes) {
  buckets_.reset();  // never both at once
  size_ = std::max<std::size_t>(1, megabytes * 1024 * 1024 / sizeof(Bucket));
  buckets_.reset(allocate(size_));
  age_ = 0;
}

void Table::clear() {
  std::uninitialized_value_construct_n(buckets_.get(), size_);
  age_ = 0;
}

bool Table::probe(Key key, Entry& entry) const {
  for (const Slot& slot : buckets_[index(key)].slots) {
    const std::uint64_t data = slot.data.load(kRelaxed);
    if ((slot.check.load(kRelaxed) ^ data) != key) continue;
    const auto found = std::bit_cast<Entry>(data);
    if (found.bound() == Bound::kNone) continue;
    entry = found;
    return true;
  }
  return false;
}

void Table::store(Key key, Move move, int score, int eval, int depth, Bound bound, bool pv) {
  Slot* place = nullptr;
  Entry old;
  int least = 0;
  bool same = false;
  for (Slot& slot : buckets_[index(key)].slots) {
    const std::uint64_t data = slot.data.load(kRelaxed);
    const auto entry = std::bit_cast<Entry>(data);
    const bool empty = entry.bound() == Bound::kNone;
    same = !empty && (slot.check.load(kRelaxed) ^ data) == key;
    // Entries of earlier searches lose eight plies of depth for each search since.
    const int searches_ago = static_cast<std::uint8_t>(age_ - (entry.age_and_bound & Entry::kAge)) / static_cast<int>(kSearch);
    const int worth = empty ? -1000 : entry.depth - 8 * searches_ago;
    if (same || place == nullptr || worth < least) {
      place = &slot;
      old = entry;
      least = worth;
    }
    if (same) break;
  }
  Entry made{move, static_cast<std::int16_t>(score), static_cast<std::int16_t>(eval), static_cast<std::int8_t>(depth),
             static_cast<std::uint8_t>(age_ | (pv ? Entry::kPv : 0U) | static_cast<std::uint8_t>(bound))};
  if (same) {
    if (!move) made.move = old.move;
    // A shallower bound does not replace a much deeper one of the same search.
    if (bound != Bound::kExact && (old.age_and_bound & Entry::kAge) == age_ && depth + 4 < old.depth) {
      const Move better = made.move;
      made = old;
      made.move = better;
    }
  }
  const auto data = std::bit_cast<std::uint64_t>(made);
  place->check.store(key ^ data, kRelaxed);
  place->data.store(data, kRelaxed);
}

int Table::permille_used() const {
  const std::size_t sample = std::min<std::size_t>(250, size_);
  int used = 0;
  for (std::size_t i = 0; i < sample; ++i) {
    for (const Slot& slot : buckets_[i].slots) {
      const auto entry = std::bit_cast<Entry>(slot.data.load(kRelaxed));
      used += entry.bound() != Bound::kNone && (entry.age_and_bound & Entry::kAge) == age_ ? 1 : 0;
    }
  }
  return used * 1000 / static_cast<int>(sample * 4);
}

}  // namespace qiyou
