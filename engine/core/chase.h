// What a side threatens to capture, as the chase rules count threats. See docs/rules.md.
#pragma once

#include <cstdint>

#include "position.h"

namespace qiyou {

// Men of the side to move that the side which has just moved by `last` now attacks anew and could
// take next ply, as bits by slot. Only a new attack chases: uncovering a man attacked all along
// does not. `position` is changed and restored.
using Prey = std::uint16_t;
Prey chased_by(Position& position, const Undo& last);

// Whether `hunter`, were it to move, could mate at once. The other side must not be in check.
bool threatens_mate(Position& position, Side hunter);

}  // namespace qiyou
