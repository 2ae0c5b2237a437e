// The evaluation net: one wide layer that is updated as men move, what tactics.h says added to it where a
// position is judged, one linear layer on top.
//
// Scalar, AVX2 and NEON code give the same score bit for bit; which one runs is decided once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "position.h"
#include "tactics.h"

namespace qiyou {

// A net that cannot be used; what() says why and what to do.
struct NetError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

constexpr int kNetWidth = 128;
constexpr int kPlainInputs = 2 * kKinds * kSquares;
constexpr int kNetInputs = 6 * kPlainInputs;
constexpr int kNetTactics = 2 * kTacticalKinds;  // of the own side, then of the other
constexpr int kNetOutputs = 8;
constexpr std::size_t kMostPushes = 500;  // beyond any line of play that a search follows

struct alignas(64) Half {
  std::array<std::int16_t, kNetWidth> sum;
};

// What one tactical feature adds to the sums of the side that has it and to those of the other.
struct TacticalRow {
  Half own;
  Half other;
};

class Net {
 public:
  // The file that `tools/train_net/export.py` describes. Throws NetError.
  explicit Net(std::span<const std::uint8_t> file);

  const std::string& digest() const { return digest_; }  // SHA-256 in hex

 private:
  friend class Accumulators;

  Half bias_;
  std::vector<Half> inputs_;
  std::vector<TacticalRow> tactics_;
  std::array<std::array<Half, 2>, kNetOutputs> outputs_;
  std::array<std::int32_t, kNetOutputs> output_bias_;
  int scale_;
  std::string digest_;
};

// Reads a file of bounded size. Throws NetError, which names the file.
std::shared_ptr<const Net> read_net(const std::string& path);

// The net that is compiled in. Throws NetError when it was damaged before the build.
std::shared_ptr<const Net> builtin_net();

// How the arithmetic is done; kBest is what this machine can.
enum class Arithmetic : int { kBest, kScalar };

// The inner loops of the net, all for one kind of machine.
struct Loops {
  void (*add_subtract)(Half& to, const Half& from, const Half* const* plus, int pluses, const Half* const* minus, int minuses);
  void (*add_rows)(Half& own, Half& other, const TacticalRow* const* plus, int pluses, const TacticalRow* const* minus,
                   int minuses);
  // Sum over own and other of clamp(x, 0, 255)^2 * weight, where x is what the two halves of each give together.
  // With weights of at most 127 the product of one factor and the weight fits 16 bits and the whole sum 31 bits,
  // so the order of adding is free.
  std::int32_t (*output)(const std::array<const Half*, 2>& own, const std::array<const Half*, 2>& other,
                         const std::array<Half, 2>& weights);
};

// The wide layer along a line of play, computed where it is asked for.
class Accumulators {
 public:
  explicit Accumulators(const Net& net, Arithmetic arithmetic = Arithmetic::kBest);

  void start(const Position& position);
  // To be called after `make`, with what it returned; and `pop` before or after `unmake`.
  void push(const Position& after, const Undo& undo);
  void pop() { --top_; }

  // Centipawns for the side to move. `position` is the one the pushes led to.
  int evaluate(const Position& position);

 private:
  struct Ply {
    std::array<Half, 2> half;
    std::array<bool, 2> known;
    Move move;
    Man man;
    Man captured;
  };
  struct Judged {
    Key key = 0;
    std::int32_t score = 0;
  };
  // What the tactics of the last judged position add to the sums of each view: those of the next differ little.
  struct Tactical {
    std::array<std::array<TacticalCounts, 2>, 2> counts;  // of that one and of the one before, by turns
    std::array<Half, 2> half{};
    std::size_t last = 0;
  };

  int judge(const Position& position);
  const Half& column(Side view, Square general, Man man, Square s) const;
  void follow_tactics(const Position& position);
  void refresh(const Position& position, Side view);
  void bring_up_to_date(const Position& position, Side view);

  const Net& net_;
  Loops loops_;
  std::vector<Ply> plies_;
  Tactical tactical_;
  std::vector<Judged> judged_;  // by the end of the key: the same position often comes again soon
  std::size_t top_ = 0;
};

}  // namespace qiyou
