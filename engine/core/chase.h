// What a side threatens to capture, as the chase rules count threats. See docs/rules.md.
#pragma once

#include <cstdint>

#include "position.h"

namespace qiyou {

// Enemy men by slot (bit 0-15) that `hunter` could take next ply and whose loss would count.
using Prey = std::uint16_t;

// Whose turn it is in `position` does not matter; it is changed and restored.
Prey prey_of(Position& position, Side hunter);

// Whether `hunter`, were it to move, could mate at once. The other side must not be in check.
bool threatens_mate(Position& position, Side hunter);

}  // namespace qiyou
