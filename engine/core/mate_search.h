// Proving a forced mate by proof numbers: which moves leave the other side the fewest ways out.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "movegen.h"
#include "position.h"

namespace qiyou {

// One proof, worked at in slices. Sound, not complete: what it proves is mate however the other side
// defends, without any position standing twice on the way; what it does not prove may be mate all the same.
class MateSearch {
 public:
  // `past` leads to `position`: no line goes back to one of its positions.
  MateSearch(const Position& position, std::span<const Undo> past);

  // Spends about `nodes` more made moves. True once the mate is proven.
  bool work(std::uint64_t nodes, const std::atomic<bool>& stop);

  bool proven() const { return proven_; }
  std::uint64_t nodes() const { return nodes_; }
  // Whether a mate looks possible: some move threatens one, or not even short ones are done with.
  bool promising() const { return threatened_ || all_.most <= kShort; }
  // The mate against the longest defence found, the winner's move first.
  std::vector<Move> line();

 private:
  // How much is left to do at least: `proof` for the attacker, `disproof` for the defender; no more than
  // kNever. `plies` to mate once proven.
  struct Numbers {
    std::uint32_t proof = 1;
    std::uint32_t disproof = 1;
    int plies = 0;
  };
  struct Entry {
    Key key = 0;
    Numbers numbers;
    Move best;
  };
  struct Child {
    Move move;  // none: the defender passes, to see whether anything is threatened
    Numbers numbers;
    bool check = false;
  };
  static constexpr int kShort = 2;  // moves
  static constexpr std::uint32_t kNever = 1'000'000'000;

  Numbers attack(Numbers limit, int left);
  Numbers defend(Numbers limit, int left, bool checked);
  void replies(std::vector<Child>& children, bool checked, int left);
  void attempts(std::vector<Child>& children, int left);
  void step(const Child& child);
  void take_back(const Child& child);
  bool stood_before() const;
  bool spent() const;
  Move next_of_line(int left, bool winner);
  // What is known belongs to the position, the moves left and whether all or only checks are tried.
  Key key(Key position, int left) const {
    return position ^ static_cast<Key>(2 * left + (quiet_ ? 1 : 0)) * 0x9E3779B97F4A7C15U;
  }
  Entry& slot(Key key) { return table_[static_cast<std::size_t>(key) & (table_.size() - 1)]; }
  const Entry* known(Key key) { return slot(key).key == key ? &slot(key) : nullptr; }
  void keep(Key key, const Numbers& numbers, Move best);

  Position position_;
  std::vector<Undo> path_;
  std::vector<Entry> table_;
  std::uint64_t nodes_ = 0;
  std::uint64_t until_ = 0;
  const std::atomic<bool>* stop_ = nullptr;
  struct Stage {
    int most = 1;  // moves of the attacker
    std::uint64_t nodes = 0;
  };
  Stage checks_;  // only checks are tried
  Stage all_{2, 0};
  Stage* stage_ = nullptr;
  bool quiet_ = false;  // whether the attacker may also move without giving check
  bool threatened_ = false;
  bool proven_ = false;
};

}  // namespace qiyou
