// The transposition table: what earlier searches found out about positions.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "position.h"

namespace qiyou {

enum class Bound : std::uint8_t { kNone, kUpper, kLower, kExact };

// What one search found out about one position.
struct Entry {
  Move move;
  std::int16_t score = 0;
  std::int16_t eval = 0;
  std::int8_t depth = 0;
  std::uint8_t age_and_bound = 0;  // five bits, a bit for principal variations, two

  Bound bound() const { return static_cast<Bound>(age_and_bound & 3U); }
  // Whether the position has stood in a principal variation.
  bool pv() const { return (age_and_bound & kPv) != 0; }

  static constexpr std::uint8_t kPv = 4;
  static constexpr std::uint8_t kAge = 0xF8;
};

// May be read and written by several searches at once, without locks: an entry that two of them
// tore apart fits no key and is not found.
class Table {
 public:
  explicit Table(std::size_t megabytes) { resize(megabytes); }
  void resize(std::size_t megabytes);
  void clear();
  void new_search() { age_ = static_cast<std::uint8_t>((age_ + kSearch) & Entry::kAge); }

  // Starts fetching what probe(key) will read; a miss costs more than making a move.
  void prefetch(Key key) const { __builtin_prefetch(&buckets_[index(key)]); }
  // False when nothing is known.
  bool probe(Key key, Entry& entry) const;
  void store(Key key, Move move, int score, int eval, int depth, Bound bound, bool pv);
  int permille_used() const;

 private:
  struct Slot {
    std::atomic<std::uint64_t> check{0};  // key ^ data
    std::atomic<std::uint64_t> data{0};
  };
  struct alignas(64) Bucket {
    std::array<Slot, 4> slots;
  };
  // Multiplication spreads keys over any number of buckets.
  std::size_t index(Key key) const {
    __extension__ typedef unsigned __int128 Wide;
    return static_cast<std::size_t>((static_cast<Wide>(key) * size_) >> 64);
  }

  struct Release {
    void operator()(Bucket* buckets) const { std::free(buckets); }
  };
  static Bucket* allocate(std::size_t count);

  static constexpr unsigned kSearch = 8;  // what the age grows by

  std::unique_ptr<Bucket[], Release> buckets_;
  std::size_t size_ = 0;
  std::uint8_t age_ = 0;
};

}  // namespace qiyou
