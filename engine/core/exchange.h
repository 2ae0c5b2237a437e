// Static exchange evaluation: what a capture wins when both sides go on taking on that point.
#pragma once

#include "position.h"

namespace qiyou {

// Whether `move` followed by the best exchanges on its target gains at least `threshold`
// centipawns for the mover. Pins are not looked at.
bool exchange_gains(const Position& position, Move move, int threshold);

// The most the side to move wins by one legal capture and the exchanges after it, centipawns; 0 when
// no capture gains.
int best_exchange(const Position& position);

}  // namespace qiyou
