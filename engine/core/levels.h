// The 26 levels of play: how far each looks and how much it misjudges.
#pragma once

#include <cstdint>

namespace qiyou {

constexpr int kLevels = 26;

struct Level {
  std::uint64_t nodes;
  int blunder;  // amplitude of the noise on every evaluation, centipawns
};

// Nodes grow by half from level to level (20 to about 500,000); the noise fades out by level 20.
constexpr Level level(int number) {
  std::uint64_t nodes = 20;
  for (int i = 1; i < number; ++i) nodes += nodes / 2;
  const int left = 20 - number;
  return {nodes, left > 0 ? left * left : 0};
}

}  // namespace qiyou
