// Games of the engine against itself, as material for training the evaluation net.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "nnue.h"
#include "position.h"

namespace qiyou {

struct SelfplayOptions {
  std::uint64_t seed = 0;   // decides everything: the same seed gives the same bytes on every machine
  int games = 1;
  std::uint64_t nodes = 2000;  // of each search
  int shortest_opening = 6;    // random plies at the start of a game, from ... to
  int longest_opening = 10;
  int endings = 0;             // of a thousand games, how many start with few men instead
  std::shared_ptr<const Net> net;  // judges positions; null for the hand-written evaluation
};

// One quiet position: 40 bytes, little-endian.
//   32 x u8   square of each man (red general, advisors ... soldiers, then black), 127 when captured
//   i16       score of the search for the side to move, centipawns
//   i8        what the game brought the side to move: 1 win, 0 draw, -1 loss
//   u8        side to move, 0 red
//   u32       number of the game within this call
constexpr int kRecordBytes = 40;

// The position of a record of that many bytes. Throws std::invalid_argument when it holds none.
Position position_of_record(const std::uint8_t* record);

std::vector<std::uint8_t> selfplay(const SelfplayOptions& options);

}  // namespace qiyou
