// What a player of a level does not see: a fixed set of moves of both sides for one choice, likelier
// among the kinds that people overlook.
#pragma once

#include <cstdint>

#include "position.h"

namespace qiyou {

// Chances in thousandths; those of `far` and `backward` are added to the kind's own.
struct Oversight {
  int captures = 0;
  int quiet = 0;
  int far = 0;       // slides of four points and more
  int backward = 0;  // towards the mover's own side
  std::uint64_t salt = 0;

  bool any() const { return (captures | quiet | far | backward) != 0; }
};

// Whether `move` of the side to move goes unseen. With the same salt the same move always does.
bool overlooked(const Position& position, Move move, const Oversight& oversight);

// A well-spread number from a seed; every bit of it depends on every bit of `z`.
std::uint64_t mixed(std::uint64_t z);

}  // namespace qiyou
