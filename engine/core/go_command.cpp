#include "go_command.h"

#include <algorithm>
#include <type_traits>

#include "timing.h"

namespace qiyou {
namespace {

constexpr std::int64_t kDay = 86'400'000;
constexpr int kDeepest = 100;
constexpr int kLongestMate = 40;
// A selective search sees a mate a little later than its length.
constexpr int kMateMargin = 8;

class Parser {
 public:
  Parser(const Words& words, Side side, std::int64_t overhead_ms, bool milliseconds)
      : words_(words), side_(side), overhead_ms_(overhead_ms), unit_(milliseconds ? 1 : 1000) {}

  GoCommand parse() {
    for (at_ = 1; at_ < words_.size(); ++at_) word(words_[at_]);
    share_clock();
    if (go_.mate > 0 && go_.limits.depth == 0) go_.limits.depth = std::min(2 * go_.mate + kMateMargin, kDeepest);
    return std::move(go_);
  }

 private:
  void word(std::string_view word);
  void share_clock();

  // Takes the next word as a whole number; false, with a complaint, when it is none.
  template <typename Number>
  bool take(std::int64_t lowest, std::int64_t highest, Number& target) {
    const std::string_view name = words_[at_];
    const std::string_view text = at_ + 1 < words_.size() ? words_[at_ + 1] : std::string_view();
    const auto value = number_in(text, lowest, highest);
    ++at_;
    if (value) {
      target = static_cast<Number>(*value);
    } else {
      go_.complaints.push_back("go " + shown(name) + " needs a whole number from " + std::to_string(lowest) + " to " +
                               std::to_string(highest) + ", not '" + shown(text) + "'");
    }
    return value.has_value();
  }
  template <typename Number>
  void bound(std::int64_t lowest, std::int64_t highest, Number& target) {
    if (take(lowest, highest, target)) go_.bounded = true;
  }
  void take_moves() {
    for (; at_ + 1 < words_.size(); ++at_) {
      const auto move = move_from(words_[at_ + 1]);
      if (!move) break;
      go_.only.push_back(*move);
    }
    if (go_.only.empty()) go_.complaints.emplace_back("go searchmoves needs moves such as b2e2");
  }

  const Words& words_;
  Side side_;
  std::int64_t overhead_ms_;
  std::int64_t unit_;
  std::size_t at_ = 0;
  GoCommand go_;
  std::int64_t clock_[2] = {0, 0};
  std::int64_t increment_[2] = {0, 0};
  bool has_clock_[2] = {false, false};
  int moves_to_go_ = 0;
};

void Parser::word(std::string_view word) {
  const auto clock = [&](Side side) {
    if (take(-kDay, kDay, clock_[side])) has_clock_[side] = go_.bounded = true;
  };
  std::int64_t ignored = 0;
  if (word == "infinite") {
    go_.infinite = true;
  } else if (word == "ponder") {
    go_.ponder = true;
  } else if (word == "searchmoves") {
    take_moves();
  } else if (word == "depth") {
    // UCCI writes "depth infinite" for an endless search.
    if (at_ + 1 < words_.size() && words_[at_ + 1] == "infinite") return;
    bound(1, kDeepest, go_.limits.depth);
  } else if (word == "nodes") {
    bound(1, std::int64_t{1} << 62, go_.limits.nodes);
  } else if (word == "mate") {
    bound(1, kLongestMate, go_.mate);
  } else if (word == "movetime") {
    std::int64_t ms = 0;
    if (!take(1, kDay, ms)) return;
    go_.limits.movetime_ms = std::max<std::int64_t>(1, ms - std::min(overhead_ms_, ms / 50));
    go_.bounded = true;
  } else if (word == "wtime" || word == "btime") {
    clock(word == "wtime" ? kRed : kBlack);
  } else if (word == "time") {
    clock(side_);
  } else if (word == "winc" || word == "binc") {
    take(0, kDay, increment_[word == "winc" ? kRed : kBlack]);
  } else if (word == "increment") {
    take(0, kDay, increment_[side_]);
  } else if (word == "movestogo") {
    take(1, 1000, moves_to_go_);
  } else if (word == "opptime" || word == "oppincrement" || word == "oppmovestogo") {
    take(-kDay, kDay, ignored);
  } else if (word != "draw") {
    go_.complaints.push_back("the word '" + shown(word) + "' is no limit that go knows");
  }
}

void Parser::share_clock() {
  if (go_.limits.movetime_ms != 0 || !has_clock_[side_]) return;
  const std::int64_t left = std::max<std::int64_t>(1, clock_[side_] * unit_);
  const ClockShare share = share_of_clock(left, increment_[side_] * unit_, moves_to_go_, overhead_ms_);
  go_.limits.soft_ms = share.soft_ms;
  go_.limits.movetime_ms = share.hard_ms;
}

}  // namespace

GoCommand parse_go(const Words& words, Side side, std::int64_t overhead_ms, bool milliseconds) {
  return Parser(words, side, overhead_ms, milliseconds).parse();
}

}  // namespace qiyou
