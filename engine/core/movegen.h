// Legal moves. Most moves are known to be legal without trying them: only men that shield the own
// general, and every man when in check, are tested on the occupancy after their move.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "position.h"

namespace qiyou {

// What the enemy's men do around the general of the side to move.
struct Watch {
  bool check = false;
  bool empty_cannon_line = false;  // then `closed` is not empty
  std::uint32_t shields = 0;       // slots of own men whose moves may expose the general
  Bits closed = 0;                 // empty points where any own man would become a cannon's screen
};

Watch watch_general(const Position& position);

// Whether the general of `side` is attacked (by the flying general, too).
bool in_check(const Position& position, Side side);

// Whether the general of the side to move is safe after the pseudo-legal move.
bool safe_after(const Position& position, Move move);

// The same, where it is known what is around the general.
inline bool safe_after(const Position& position, const Watch& watch, Move move) {
  const int slot = position.man_at(move.from()) & 15;
  if (watch.check || slot == 0 || (watch.shields >> slot & 1U) != 0) return safe_after(position, move);
  return !has(watch.closed, move.to());
}

// Whether the pseudo-legal move attacks the enemy general, itself or by what it opens.
bool gives_check(const Position& position, Move move);

// From where the enemy general would be attacked: found once, it answers for every legal move of a node.
struct Checks {
  Bits points[kKinds];  // where a man of the kind gives check, or becomes the screen of a cannon that does
  Bits openers;         // own men that stand in the way of others; their moves have to be tried
};

Checks checks_of(const Position& position);
inline bool gives_check(const Position& position, const Checks& checks, Move move) {
  if (has(checks.openers, move.from())) return gives_check(position, move);
  return has(checks.points[kind_of(position.man_at(move.from()))], move.to());
}

// Whether a man of the right kind could go there, checks aside. Any 14-bit move may be asked.
bool pseudo_legal(const Position& position, Move move);
inline bool legal(const Position& position, Move move) {
  return pseudo_legal(position, move) && safe_after(position, move);
}

// Above any possible count: 4 line men 17 each, 2 horses 8, 5 soldiers 3, and 14 for the guard are 113.
constexpr std::size_t kMaxMoves = 160;

class MoveList {
 public:
  void add(Move move) { moves_[size_++] = move; }
  const Move* begin() const { return moves_.data(); }
  const Move* end() const { return moves_.data() + size_; }
  Move* begin() { return moves_.data(); }
  Move* end() { return moves_.data() + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Move operator[](std::size_t i) const { return moves_[i]; }
  bool contains(Move move) const { return std::find(begin(), end(), move) != end(); }

 private:
  std::array<Move, kMaxMoves> moves_;
  std::size_t size_ = 0;
};

enum class Only : int { kAll, kCaptures };

MoveList legal_moves(const Position& position, Only only = Only::kAll);
MoveList legal_moves(const Position& position, const Watch& watch, Only only);
int count_legal_moves(const Position& position);
bool has_legal_move(const Position& position);

}  // namespace qiyou
