// Games of two configurations of the engine against each other, played in this process.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "judge.h"
#include "nnue.h"
#include "tuning.h"

namespace qiyou {

struct Contestant {
  std::shared_ptr<const Net> net;  // null for the hand-written evaluation
  Tuning tuning;
  std::uint64_t nodes = 0;       // of each search; with a node limit alone games are repeatable
  std::int64_t movetime_ms = 0;  // 0 for none
  std::size_t hash_megabytes = 4;
};

struct PlayedGame {
  int points = 0;  // of the first contestant: 2 win, 1 draw, 0 loss
  Reason reason = Reason::kNone;  // the referee's; none when a clear lead or the length ended it
  int plies = 0;
  std::array<std::uint64_t, 2> nodes{};  // made moves of each contestant's searches
  std::array<std::int64_t, 2> micros{};  // and their duration
};

// Both contestants from the same opening, the first one red, then black. A game of 400 plies is
// drawn; one in which both sides, five plies in a row, see the same side more than 2,500 ahead is
// over.
std::array<PlayedGame, 2> play_pair(const Contestant& first, const Contestant& second, const Game& opening);

}  // namespace qiyou
