// What is seen from a point along its rank and file and by a horse's jumps, as sets of squares.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "position.h"

namespace qiyou {

// [five points of a file]: the same points on file a. Small, so that it stays in the first cache.
extern const std::array<std::uint64_t, 32> spread_file;

// [point][occupied diagonal neighbours]: from where a horse would strike at the point. Seen from there the legs
// are the diagonal neighbours; the index comes from Position::cornered.
extern const std::array<std::array<Bits, 16>, kSquares> horse_sources;

// The diagonal neighbours of a point.
extern const std::array<Bits, kSquares> corners;

inline Bits on_lines(Square s, unsigned row, unsigned col) {
  const Bits on_file_a = static_cast<Bits>(spread_file[col >> 6]) << (5 * kFiles) | spread_file[col >> 1 & 31];
  return static_cast<Bits>(row >> 1) << (rank_of(s) * kFiles) | on_file_a << (file_of(s) & 15);  // seen to be less than a word
}

inline Bits slides(const Position& p, Square s) {
  return on_lines(s, attacks.row_slide[static_cast<std::size_t>(file_of(s))][static_cast<std::size_t>(p.row(rank_of(s))) >> 1],
                  attacks.col_slide[static_cast<std::size_t>(rank_of(s))][static_cast<std::size_t>(p.col(file_of(s))) >> 1]);
}

inline Bits hops(const Position& p, Square s) {
  return on_lines(s, attacks.row_hop[static_cast<std::size_t>(file_of(s))][static_cast<std::size_t>(p.row(rank_of(s))) >> 1],
                  attacks.col_hop[static_cast<std::size_t>(rank_of(s))][static_cast<std::size_t>(p.col(file_of(s))) >> 1]);
}

// Points with exactly one man between them and `s`.
inline Bits beyond_screens(const Position& p, Square s) {
  const unsigned row = p.row(rank_of(s));
  const unsigned col = p.col(file_of(s));
  const auto& row_slide = attacks.row_slide[static_cast<std::size_t>(file_of(s))];
  const auto& col_slide = attacks.col_slide[static_cast<std::size_t>(rank_of(s))];
  const unsigned near_row = row_slide[row >> 1];
  const unsigned near_col = col_slide[col >> 1];
  return on_lines(s, row_slide[(row & ~near_row) >> 1] & ~near_row, col_slide[(col & ~near_col) >> 1] & ~near_col);
}

}  // namespace qiyou
