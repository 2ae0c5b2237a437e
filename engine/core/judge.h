// Who, if anybody, repeats the position by forbidden moves; and when a game is over.
#pragma once

#include <span>
#include <vector>

#include "position.h"

namespace qiyou {

enum class Rules : int { kWxf, kCxa };

enum class State : int { kOngoing, kRedWins, kBlackWins, kDraw };
enum class Reason : int {
  kNone,
  kCheckmate,
  kStalemate,
  kPerpetualCheck,
  kPerpetualChase,
  kRepetition,
  kNaturalLimit,
  kInsufficientMaterial
};

// Plies without capture after which the game is drawn: 60 rounds in both sets of rules.
constexpr int kNaturalLimit = 120;
// wxf: who checked more often than this within them may not claim the draw.
// cxa: of each side's checks no more than this count.
constexpr int kCountedChecks = 10;

// Judgement on a stretch of moves that leads back to its first position.
struct Cycle {
  bool offends[2] = {false, false};
  Reason reason = Reason::kRepetition;
};

// `position` is the end of the cycle; the moves are taken back and made again.
Cycle judge_cycle(Position& position, std::span<const Undo> moves, Rules rules);

// Neither side has a man that can cross the river.
bool insufficient_material(const Position& position);

enum class Act : int { kCheck, kChase, kMateThreat };

// What an offender's ply did: the captures it threatened (of the general, of the chased man) or
// the move that would mate.
struct Offence {
  int ply = 0;
  Act act = Act::kCheck;
  std::vector<Move> threats;
};

struct Verdict {
  State state = State::kOngoing;
  Reason reason = Reason::kNone;
  bool offends[2] = {false, false};
  std::vector<Offence> offences;  // in the order of the plies
};

// A position and the moves that led to it.
class Game {
 public:
  explicit Game(const Position& start, Rules rules = Rules::kWxf) : position_(start), rules_(rules) {}

  const Position& position() const { return position_; }
  Rules rules() const { return rules_; }
  const std::vector<Undo>& past() const { return past_; }
  // The move must be legal in position().
  void push(Move move) { past_.push_back(position_.make(move)); }
  void pop();
  Verdict verdict() const;

 private:
  // Index of the first of three standings of the present position, or -1.
  int third_standing() const;
  bool natural_limit_reached() const;
  void note_offences(int first, Verdict& verdict) const;

  Position position_;
  Rules rules_;
  std::vector<Undo> past_;
};

}  // namespace qiyou
