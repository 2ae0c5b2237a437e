// What a net of places cannot know: how free the men are, whom they attack, how near the generals are to danger.
//
// A position is said in features: small numbers, some of them more than once, counted for each side. They are
// worked out anew where a position is judged: they depend on it alone, not on the line of play that led there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "position.h"

namespace qiyou {

constexpr int kTacticalKinds = 237;  // features of one side
constexpr int kMostTactics = 128;    // above what one side can have at once

struct TacticalList {
  std::array<std::uint8_t, kMostTactics> of;
  int size = 0;
  void add(int feature) { of[static_cast<std::size_t>(size++)] = static_cast<std::uint8_t>(feature); }
};

// How often a side has each feature; places beyond the last one stay empty.
struct alignas(64) TacticalCounts {
  static constexpr std::size_t kPlaces = 256;
  std::array<std::uint8_t, kPlaces> of{};
  void add(int feature) { ++of[static_cast<std::size_t>(feature)]; }
};

// Of red and of black, in one fixed order or counted.
std::array<TacticalList, 2> tactics_of(const Position& position);
void count_tactics(const Position& position, std::array<TacticalCounts, 2>& counts);

}  // namespace qiyou
