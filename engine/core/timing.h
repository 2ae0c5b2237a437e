// How much of the clock one move may take.
#pragma once

#include <algorithm>
#include <cstdint>

namespace qiyou {

struct ClockShare {
  std::int64_t soft_ms;  // no new iteration after this
  std::int64_t hard_ms;  // the move is sent by then
};

// `overhead_ms` is kept back for the way to the other program.
constexpr ClockShare share_of_clock(std::int64_t left_ms, std::int64_t increment_ms, int moves_to_go,
                                    std::int64_t overhead_ms) {
  const std::int64_t usable = std::max<std::int64_t>(1, left_ms - overhead_ms);
  if (moves_to_go == 1) return {usable, usable};
  const std::int64_t moves = moves_to_go > 0 ? std::min(moves_to_go, 40) : 30;
  const std::int64_t even = usable / moves + increment_ms * 3 / 4;
  return {std::min(usable, std::max<std::int64_t>(1, even * 6 / 10)), std::min(usable, std::max<std::int64_t>(1, even * 3))};
}

}  // namespace qiyou
