// Static exchange evaluation: what a capture wins when both sides go on taking on that point.
#pragma once

#include "position.h"

namespace qiyou {

// Whether `move` followed by the best exchanges on its target gains at least `threshold`
// centipawns for the mover. Pins are not looked at.
bool exchange_gains(const Position& position, Move move, int threshold);

}  // namespace qiyou
