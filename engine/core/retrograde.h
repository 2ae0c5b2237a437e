// Endings of few men solved backward from every lost position: what theory is, proven. Repetition and the
// natural limit are left aside: a side wins when it can force mate or stalemate against every defence.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

#include "movegen.h"
#include "position.h"

namespace qiyou {

// An ending with more positions than was allowed, or with a man where no game brings it.
struct EndingError : std::length_error {
  using std::length_error::length_error;
};

// The value for the side to move: lost or won in so many plies, or neither.
struct EndingValue {
  int outcome = 0;  // 1 won, -1 lost
  int plies = 0;
};

class EndingTables {
 public:
  explicit EndingTables(std::size_t most_states) : most_states_(most_states) {}
  EndingTables(const EndingTables&) = delete;
  EndingTables& operator=(const EndingTables&) = delete;

  // Solves the ending and every ending that captures lead to, once each. Throws EndingError.
  EndingValue value(const Position& position);
  std::size_t states() const { return states_; }

 private:
  using Material = std::array<std::uint8_t, 2 * kKinds>;
  struct Table {
    std::vector<Man> men;                       // red first; one kind together
    std::vector<std::vector<Square>> squares;   // where each may stand
    std::vector<std::array<std::uint8_t, kSquares>> number;  // of a square among them; kNowhere
    std::size_t size = 0;
    std::vector<std::uint8_t> plies;            // kUnknown, kUnlawful, or plies + 1: odd plies win, even lose
    std::vector<std::uint8_t> open;             // moves that are not yet known to lose
  };

  static Material material_of(const Position& position);
  Table& table_of(const Material& material);
  void solve(Table& table);
  void begin(Table& table, std::size_t index);
  void spread(Table& table, std::size_t index, int plies);
  void settle(Table& table, std::size_t index, Position& before, int plies);
  EndingValue look_up(const Position& position);
  // False when men share a point, or stand in another order than the one that counts.
  static bool place(const Table& table, std::size_t index, Position& position);
  static std::size_t index_of(const Table& table, const Position& position);

  std::size_t most_states_;
  std::size_t states_ = 0;
  std::map<Material, std::unique_ptr<Table>> tables_;
};

}  // namespace qiyou
