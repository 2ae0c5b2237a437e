// The board, whose turn it is and the clocks; moves are made and taken back in place.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "attacks.h"
#include "types.h"

namespace qiyou {

using Key = std::uint64_t;

struct Undo {
  Key key = 0;
  Move move;
  Man captured = kNobody;
  int halfmove = 0;
};

class Position {
 public:
  // An empty board; men are put on it by fen.cpp, which sees to the laws.
  Position();
  void put(Man man, Square s);
  void set_turn(Side side, int halfmove, int fullmove);

  // `move` must be pseudo-legal: nothing is checked here.
  Undo make(Move move);
  void unmake(const Undo& undo);
  // What key() will be after the move, or after none.
  Key key_after(Move move) const;
  Key key_after_null() const { return key_ ^ turn_key(); }
  void make_null() { key_ ^= turn_key(), side_ = other(side_); }

  Side side() const { return side_; }
  Key key() const { return key_; }
  int halfmove() const { return halfmove_; }
  int fullmove() const { return fullmove_; }
  Man man_at(Square s) const { return man_at_[static_cast<std::size_t>(s)]; }
  bool occupied(Square s) const { return man_at(s) != kNobody; }
  Square square_of(Man man) const { return square_of_[static_cast<std::size_t>(man)]; }
  Square general(Side side) const { return square_of(man_of(side, 0)); }
  bool alive(Man man) const { return (alive_ >> man & 1U) != 0; }
  std::uint32_t men(Side side) const { return alive_ >> (16 * side) & 0xFFFFU; }  // by slot
  Bits occupancy(Side side) const { return occupancy_[side]; }
  Line row(Side side, int rank) const { return rows_[side][static_cast<std::size_t>(rank + 1)]; }
  Line col(Side side, int file) const { return cols_[side][static_cast<std::size_t>(file)]; }
  Line row(int rank) const { return static_cast<Line>(row(kRed, rank) | row(kBlack, rank)); }
  Line col(int file) const { return static_cast<Line>(col(kRed, file) | col(kBlack, file)); }

  // Occupied orthogonal neighbours (a horse's legs): bits left, below, right, above.
  unsigned beside(Square s) const {
    const int rank = rank_of(s);
    const int file = file_of(s);
    return (static_cast<unsigned>(row(rank)) >> file & 5U) | (static_cast<unsigned>(col(file)) >> rank & 5U) << 1;
  }
  // Occupied diagonal neighbours (an elephant's eyes): bits below left, below right, above left,
  // above right.
  unsigned cornered(Square s) const {
    const int rank = rank_of(s);
    const int file = file_of(s);
    const unsigned below = static_cast<unsigned>(row(rank - 1)) >> file & 5U;
    const unsigned above = static_cast<unsigned>(row(rank + 1)) >> file & 5U;
    return (below & 1U) | (below >> 1) | (above & 1U) << 2 | (above >> 1) << 2;
  }

  char letter_at(Square s) const;
  // Same men on the same squares with the same side to move; clocks do not count.
  bool same_board(const Position& that) const;

 private:
  static Key turn_key();
  void toggle(Man man, Square s);

  std::array<std::uint8_t, kSquares> man_at_;
  std::array<std::uint8_t, kMen> square_of_;
  std::array<std::array<Line, kRanks + 2>, 2> rows_;  // one empty rank beyond each edge
  std::array<std::array<Line, kFiles>, 2> cols_;
  std::array<Bits, 2> occupancy_;
  std::uint32_t alive_;
  Side side_;
  int halfmove_;
  int fullmove_;
  Key key_;
};

}  // namespace qiyou
