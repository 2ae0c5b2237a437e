// What a side threatens to capture, as the chase rules count threats. See docs/rules.md.
#pragma once

#include <cstdint>

#include "movegen.h"
#include "position.h"

namespace qiyou {

// Captures that the side which has just moved by `last` now threatens anew, each with profit.
// Only a new attack chases: uncovering a man attacked all along does not. `position` is changed
// and restored.
MoveList chases(Position& position, const Undo& last);

// The men of the side to move that those captures would take, as bits by slot.
using Prey = std::uint16_t;
Prey chased_by(Position& position, const Undo& last);

// The move with which `hunter`, were it to move, mates at once; none if it cannot. The other side
// must not be in check.
Move mating_move(Position& position, Side hunter);
inline bool threatens_mate(Position& position, Side hunter) { return static_cast<bool>(mating_move(position, hunter)); }

// The ways in which `hunter` attacks the enemy general.
MoveList checks(Position& position, Side hunter);

}  // namespace qiyou
