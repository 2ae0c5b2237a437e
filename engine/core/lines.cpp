#include "lines.h"

namespace qiyou {
namespace {

constexpr std::array<std::uint64_t, 32> make_spread() {
  std::array<std::uint64_t, 32> spread{};
  for (unsigned line = 0; line < 32; ++line) {
    for (int rank = 0; rank < 5; ++rank) {
      if ((line >> rank & 1U) != 0) spread[line] |= 1ULL << square_at(0, rank);
    }
  }
  return spread;
}

using Sources = std::array<std::array<Bits, 16>, kSquares>;
constexpr Sources make_sources() {
  constexpr int kStep[8][3] = {{-1, -2, 0}, {-2, -1, 0}, {1, -2, 1}, {2, -1, 1}, {-1, 2, 2}, {-2, 1, 2}, {1, 2, 3}, {2, 1, 3}};
  Sources sources{};
  for (Square s = 0; s < kSquares; ++s) {
    for (unsigned occupied = 0; occupied < 16; ++occupied) {
      for (const auto& step : kStep) {
        const int file = file_of(s) + step[0];
        const int rank = rank_of(s) + step[1];
        if (on_board(file, rank) && (occupied >> step[2] & 1U) == 0) {
          sources[static_cast<std::size_t>(s)][occupied] |= bit(square_at(file, rank));
        }
      }
    }
  }
  return sources;
}
constexpr std::array<Bits, kSquares> make_corners() {
  std::array<Bits, kSquares> corners{};
  for (Square s = 0; s < kSquares; ++s) {
    for (const int right : {-1, 1}) {
      for (const int up : {-1, 1}) {
        const int file = file_of(s) + right;
        const int rank = rank_of(s) + up;
        if (on_board(file, rank)) corners[static_cast<std::size_t>(s)] |= bit(square_at(file, rank));
      }
    }
  }
  return corners;
}

}  // namespace

constinit const std::array<Bits, kSquares> corners = make_corners();
constinit const std::array<std::uint64_t, 32> spread_file = make_spread();
constinit const Sources horse_sources = make_sources();

}  // namespace qiyou
